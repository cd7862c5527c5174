"""``run --each``: one batch, once per row, side by side; what came back is tagged by row."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.consent import confirm_deletes
from batchctl.cli.delivering import as_before, prepared_rows, show_delivered
from batchctl.cli.each_delivery import RowsDelivery
from batchctl.cli.each_sources import checked_rows
from batchctl.cli.executors import Setup, absolute, kind_of
from batchctl.cli.exits import exit_code
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.output_options import JunitCases, Output
from batchctl.cli.reports import require_junit_cases
from batchctl.cli.resuming import all_inputs
from batchctl.cli.signals import end_as_interrupt
from batchctl.destinations.choosing import places_without_secrets
from batchctl.errors import ExitCode, UsageError
from batchctl.execution.making import Key, key_for
from batchctl.execution.notices import KeyChosen, RowFinished
from batchctl.execution.resume import SavedInputs, engine_options, reopen
from batchctl.execution.row_journal import RowJournal
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
    from batchctl.engine.remarks import RunRemark
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import Settings
    from batchctl.execution.notices import Notice, Notify
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.execution.rows import RowsResult
    from batchctl.json_types import JsonObject
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore

# Remarks of so many kinds are said: more are data.
_MAX_REMARKS = 50


def run_each(
    file: str | None,
    line: CommandLine,
    terminal: Terminal,
    store: RunStore,
    resumed: RunFacts | None,
    query: Query | None = None,
) -> NoReturn:
    """Run a batch once per row of ``--each``, or of the run that is resumed.

    Every row is checked before the first starts.

    It always ends with ``typer.Exit``: 0 all rows succeeded, 3 some have errors, 4 some could not run, 130 interrupted.
    Raises ``BatchctlError`` before anything is sent (``UsageError``, ``CredentialsError``, ``FixtureError`` …).
    """
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl run FILE --each ROWS, or - for stdin")
    if line.output.output is Output.TREE and line.output.out:
        raise UsageError("a tree of rows goes to the screen, not to --out", hint="write them with --out rows.ndjson")
    line = replace(line, deliver=as_before(line.deliver, resumed))
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
    for remark in run.remarks.values():
        terminal.note(remark_line(remark))
    raise typer.Exit(exit_code_of(result))


class _RowsRun(Struct):
    """One command's rows on their way through the executors."""

    rows: CheckedRows
    setup: Setup
    recordings: RowRecordings
    where: str = ""
    remarks: dict[tuple[str, str], RunRemark] = field(default_factory=dict)
    deliveries: RowDeliveries | None = None

    def run(self) -> RowsResult:
        """Run them, watched on a terminal."""
        setup, rows = self.setup, self.rows
        settings = setup.settings(rows.plan)
        local = setup.kind == "local"
        key = Key() if local else key_for(rows.plan, setup.line.connection.idempotency_key)
        about = _about(rows, setup, settings.host, key.text)
        if not local:
            confirm_deletes(rows.plan, setup.terminal, yes=setup.line.checks.yes)
        end_as_interrupt()
        record = reopen(setup.store, setup.resumed, about) if setup.resumed else None
        if record is not None and setup.line.rows.on is None and (kept := record.fact("fleet_store")) is not None:
            record.close()
            raise UsageError(
                f"run {record.id} was spread over workers, and its rows are kept in {kept}",
                hint="resume it with --on, for example --on local:4",
            )
        journal = RowJournal(setup.store, about, setup.terminal.redactor, rows.plan_of, resumed=record)
        self.deliveries = prepared_rows(rows.plan, setup.line.deliver, setup.terminal)
        self.where = _where(settings)
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
        notify = _gathering(_notify(setup, about), self.remarks)
        async with watching_rows(len(rows.table), title, self.where, setup.terminal) as progress:
            if setup.line.rows.on is not None:
                from batchctl.cli.each_fleet import RowsBeside, run_on_workers

                beside = RowsBeside(progress, self.deliveries, self.recordings)
                return await run_on_workers(setup, rows, settings, journal, notify, beside)
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


def _gathering(notify: Notify, remarks: dict[tuple[str, str], RunRemark]) -> Notify:
    """The same, but what the engine remarks of the rows is counted in ``remarks``."""

    def gather(notice: Notice, /) -> None:
        if isinstance(notice, RowFinished) and notice.end.result is not None:
            for each in notice.end.result.remarks:
                if (each.key, each.kind) in remarks or len(remarks) < _MAX_REMARKS:
                    known = remarks.setdefault((each.key, each.kind), replace(each, count=0))
                    known.count += each.count
        notify(notice)

    return gather


def _where(settings: Settings) -> str:
    """Who executes the rows: the host or folder, and whose token."""
    if settings.target is None:
        return f"embedded engine over {getattr(settings.answers, 'path', settings.answers)}"
    parts = [settings.target.connection.host, settings.target.environment or ""]
    return " · ".join([*filter(None, parts), f"token from {settings.target.token_source}"])


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
    fixtures = line.mode.fixtures or (Path(saved.fixtures) if saved.fixtures else None)
    if saved.fleet is not None and line.rows.on is None:
        # Only where the rows are kept it is known which of them wrote already.
        on, store = saved.fleet.get("on"), line.rows.store or saved.fleet.get("store")
        rows = replace(line.rows, on=str(on), store=None if store is None else str(store))
        line = replace(line, rows=rows)
    mode = replace(
        line.mode, local=saved.executor == "local", direct=saved.executor == "direct", resume=None, fixtures=fixtures
    )
    return replace(line, mode=mode)


def _about(rows: CheckedRows, setup: Setup, host: str, key: str | None) -> RunInfo:
    """What is recorded. The rows may grow from one run to the next; the batch itself must be the same."""
    definition, inputs = rows.plan.definition, setup.inputs
    to = tuple(places_without_secrets(setup.line.deliver.to or ()))
    saved = SavedInputs(
        text=rows.plan.source.standalone(),
        account=inputs.account,
        args=inputs.arguments(),
        only=tuple(inputs.only),
        env_file=absolute(inputs.env_file),
        executor=setup.kind,
        fixtures=absolute(setup.line.mode.fixtures),
        fleet=None if setup.line.rows.on is None else {"on": setup.line.rows.on, "store": setup.line.rows.store},
        to=to,
        to_whole=to == tuple(setup.line.deliver.to or ()),
        accept=tuple(inputs.accept),
        context=inputs.account_context(),
        allow_unresolved=setup.line.checks.allow_unresolved,
        engine=engine_options(setup.line.engine.chosen(), setup.line.engine.rate_limit),
    ).without_secrets(rows.secrets)
    content: JsonObject = {"resources": definition.payload["resources"], **({"to": list(to)} if to else {})}
    return RunInfo("each", inputs.shown, content, host, None if rows.hold_secrets else saved, key)


def exit_code_of(result: RowsResult) -> ExitCode:
    """As of a single run; 4 when a row could not run."""
    if result.status == "failed" and result.ends.table.counts().refused:
        return ExitCode.NOT_RUN
    return exit_code(result.status)
