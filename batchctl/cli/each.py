"""``run --each``: one batch, once per row, side by side; what came back is tagged by row."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.consent import confirm_deletes
from batchctl.cli.delivering import prepared_rows, show_delivered
from batchctl.cli.each_delivery import RowsDelivery
from batchctl.cli.each_sources import checked_rows
from batchctl.cli.executors import Setup, absolute, kind_of
from batchctl.cli.exits import exit_code
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.output_options import JunitCases, Output
from batchctl.cli.reports import require_junit_cases
from batchctl.cli.resuming import all_inputs
from batchctl.cli.signals import end_as_interrupt
from batchctl.errors import ExitCode, UsageError
from batchctl.execution.making import Key, key_for
from batchctl.execution.notices import KeyChosen
from batchctl.execution.resume import SavedInputs, engine_options
from batchctl.execution.row_journal import RowJournal
from batchctl.execution.row_remarks import RowRemarks
from batchctl.execution.row_resume import RowsMode, about_rows, destinations_as_before, reopen_rows
from batchctl.execution.rows import row_jobs, run_rows
from batchctl.outputs.beside import Beside
from batchctl.outputs.recordings import RowRecordings
from batchctl.plain import counted
from batchctl.render.notices import remark_line
from batchctl.store.facts import RunInfo
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from batchctl.cli.query import Query
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import Settings
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.execution.rows import RowsResult
    from batchctl.fleet.running import RowsBeside
    from batchctl.store.facts import RunFacts, RunInfo
    from batchctl.store.runs import RunStore


def run_each(
    file: str | None,
    line: CommandLine,
    terminal: Terminal,
    store: RunStore,
    resumed: RunFacts | None,
    query: Query | None = None,
) -> NoReturn:
    """Run a batch once per row: those of ``--each``, or of the run that is resumed; then show the results and end.

    ``file`` is the definition, None to take that of ``resumed``; ``query`` picks what is shown of each row. Every row
    is checked before the first starts. It always ends with ``typer.Exit``: 0 all rows succeeded, 3 some have errors, 4
    some could not run, 130 interrupted. Raises ``BatchctlError`` before anything is sent (``UsageError``,
    ``CredentialsError``, ``FixtureError`` …).
    """
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl run FILE --each ROWS, or - for stdin")
    if line.output.output is Output.TREE and line.output.out:
        raise UsageError("a tree of rows goes to the screen, not to --out", hint="write them with --out rows.ndjson")
    if resumed is not None:
        before = destinations_as_before(line.deliver.to or (), resumed)
        line = replace(line, deliver=replace(line.deliver, to=list(before)))
    saved = SavedInputs.of(resumed) if resumed and (file is None or line.rows.each is None) else None
    line, inputs = _as_before(line, saved), all_inputs(file, line, resumed)
    line.require_one_run()
    setup = Setup(
        kind_of(line.mode, rows=line.rows.each is not None),
        line,
        inputs,
        terminal,
        speaker(terminal),
        store,
        resumed,
    )
    require_junit_cases(line.output, setup.kind)
    rows = checked_rows(setup, saved)
    beside = Beside(
        listed=line.output.report_json is not None,
        cases=line.output.junit_cases is JunitCases.CALLS,
        api_url=setup.base_url,
        kind=setup.kind,
    )
    recordings = RowRecordings.of(line.output.record, line.output.trace, beside, terminal.redactor, len(rows.table))
    began = time.monotonic()
    run = _RowsRun(rows, setup, recordings)
    result = run.run()
    if run.deliveries is not None:
        names = [key for key, step in rows.plan.steps.items() if step.node.in_result]
        show_delivered(run.deliveries.counts, names, terminal)
    delivery = RowsDelivery(rows.plan, line.output, terminal, run.where, inputs.shown, query)
    try:
        delivery.deliver(result, time.monotonic() - began)
    finally:
        recordings.end(setup.notify)
    for remark in run.remarks.all:
        terminal.note(remark_line(remark))
    raise typer.Exit(exit_code_of(result))


class _RowsRun(Struct):
    """One command's rows on their way through the executors."""

    rows: CheckedRows
    setup: Setup
    recordings: RowRecordings
    where: str = ""
    remarks: RowRemarks = field(default_factory=RowRemarks)
    deliveries: RowDeliveries | None = None

    def run(self) -> RowsResult:
        """Run them, watched on a terminal."""
        setup, rows = self.setup, self.rows
        settings = setup.settings(rows.plan)
        local = setup.kind == "local"
        key = Key() if local else key_for(rows.plan, setup.line.connection.idempotency_key)
        to = setup.line.deliver.to or ()
        about = about_rows(rows, setup.inputs.shown, settings.host, key.text, _saved(rows, setup), to)
        if not local:
            confirm_deletes(rows.plan, setup.terminal, yes=setup.line.checks.yes)
        end_as_interrupt()
        on_workers = setup.line.rows.on is not None
        record = reopen_rows(setup.store, setup.resumed, about, on_workers=on_workers) if setup.resumed else None
        journal = RowJournal(setup.store, about, setup.terminal.redactor, rows.plan_of, resumed=record)
        self.deliveries = prepared_rows(rows.plan, setup.line.deliver, setup.terminal)
        self.where = settings.where
        if setup.line.rows.on:
            self.where += f" · on {setup.line.rows.on}"
        setup.terminal.note(f"{counted(len(rows.table), 'row')} · {self.where}")
        if key.is_new and key.text and record is None:
            setup.notify(KeyChosen(key.text, rows=True))
        return wait_for(self._watched(settings, journal, about))

    async def _watched(self, settings: Settings, journal: RowJournal, about: RunInfo) -> RowsResult:
        from batchctl.cli.each_watching import row_watch, watching_rows

        setup, rows = self.setup, self.rows
        title = rows.plan.definition.name or setup.inputs.shown
        notify = self.remarks.heard_by(_notify(setup, about))
        async with watching_rows(len(rows.table), title, self.where, setup.terminal) as progress:
            if setup.line.rows.on is not None:
                from batchctl.fleet.running import RowsBeside

                recordings = self.recordings
                beside = RowsBeside(recordings.beside, recordings.take, self.deliveries, progress)
                return await on_workers(setup, rows, settings, journal, notify, beside)
            return await run_rows(
                rows.table,
                rows.plan.steps,
                row_jobs(rows.plan_of, settings, journal, setup.inputs.shown, records=self.recordings.beside.records),
                journal,
                parallel=setup.line.rows.parallel,
                notify=notify,
                watch=row_watch(progress, self.recordings, setup.terminal),
                deliver=None if self.deliveries is None else self.deliveries.deliver,
            )


async def on_workers(
    setup: Setup, rows: CheckedRows, settings: Settings, journal: RowJournal, notify: Notify, beside: RowsBeside
) -> RowsResult:
    """Run the rows on the workers that ``--on`` names, and return how each ended.

    ``journal`` records the rows; ``beside`` has what becomes of each row's calls and records. Raises ``UsageError``,
    ``ConnectionFailed`` where no worker can be reached, ``StoreError`` where the rows can't be stored.
    """
    from batchctl.cli.inputs import read_environment
    from batchctl.fleet.running import Workers, batch_of, run_on_workers

    inputs, asked = setup.inputs, setup.line.rows
    batch = batch_of(
        rows.plan,
        inputs.shown,
        read_environment(inputs.env_file),
        inputs.given(),
        only=inputs.only,
        tolerated=inputs.tolerated,
        allow_unresolved=setup.line.checks.allow_unresolved,
        is_job=beside.sync is not None,
    )
    # What was hidden since they were made is hidden here, too.
    settings = replace(settings, redactor=setup.terminal.redactor)
    workers, resumed = Workers(str(asked.on), asked.store, asked.parallel), setup.resumed is not None
    return await run_on_workers(rows, batch, settings, journal, workers, notify=notify, beside=beside, resumed=resumed)


def _notify(setup: Setup, about: RunInfo) -> Notify:
    """How to resume depends on whether the definition and the rows could be kept."""
    asked, rows = setup.line.output, setup.line.rows
    # Each row is said once: by the tree of all rows, by the live view, or one by one.
    spoken = asked.output not in (None, Output.TREE) and not setup.terminal.is_live()
    if about.inputs is not None or rows.each is None:
        return speaker(setup.terminal, rows=spoken, how_to_resume=resume_command(setup.line.connection))
    files = shlex.join([setup.inputs.file, "--each", str(rows.each)])
    return speaker(
        setup.terminal, rows=spoken, how_to_resume=f"batchctl run {files} --resume {{}}, with the same options"
    )


def _as_before(line: CommandLine, saved: SavedInputs | None) -> CommandLine:
    """The executor that ran the rows runs the rest of them, unless the command line says otherwise."""
    if saved is None or line.mode.local or line.mode.direct:
        return line
    before = RowsMode("truto", line.mode.fixtures, line.rows.on, line.rows.store).as_before(saved)
    local, direct = before.kind == "local", before.kind == "direct"
    mode = replace(line.mode, local=local, direct=direct, resume=None, fixtures=before.fixtures)
    return replace(line, mode=mode, rows=replace(line.rows, on=before.on, store=before.store))


def _saved(rows: CheckedRows, setup: Setup) -> SavedInputs:
    inputs, asked = setup.inputs, setup.line
    return SavedInputs(
        text=rows.plan.source.standalone(),
        account=inputs.account,
        args=inputs.arguments(),
        only=tuple(inputs.only),
        env_file=absolute(inputs.env_file),
        executor=setup.kind,
        fixtures=absolute(asked.mode.fixtures),
        fleet=None if asked.rows.on is None else {"on": asked.rows.on, "store": asked.rows.store},
        accept=tuple(inputs.accept),
        context=inputs.account_context(),
        allow_unresolved=asked.checks.allow_unresolved,
        engine=engine_options(asked.engine.chosen(), asked.engine.rate_limit),
    )


def exit_code_of(result: RowsResult) -> ExitCode:
    """The exit code of a run of rows: 4 when a row could not run, else that of a single run with this status."""
    if result.status == "failed" and result.ends.table.counts().refused:
        return ExitCode.NOT_RUN
    return exit_code(result.status)
