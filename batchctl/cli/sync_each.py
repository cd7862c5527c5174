"""``sync --each``: one sync job, once per row, each with its own state and deliveries."""

from __future__ import annotations

import asyncio
import shlex
import time
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.each import exit_code_of
from batchctl.cli.each_delivery import RowsDelivery
from batchctl.cli.each_sources import checked_job_rows
from batchctl.cli.executors import Setup, absolute
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.output_options import JunitCases, Output
from batchctl.cli.resuming import all_inputs, as_begun
from batchctl.cli.signals import end_as_interrupt
from batchctl.cli.sync_settings import settings_of
from batchctl.destinations.base import SyncRun
from batchctl.destinations.choosing import Places, places_without_secrets, with_default
from batchctl.errors import UsageError
from batchctl.execution.making import key_for
from batchctl.execution.resume import SavedInputs, engine_options
from batchctl.execution.row_journal import RowJournal
from batchctl.execution.row_resume import RowsMode, reopen_rows
from batchctl.execution.rows import run_rows
from batchctl.execution.sync import require_error_handling
from batchctl.execution.sync_record import KIND as OPTIONS
from batchctl.execution.sync_record import kept_options
from batchctl.execution.sync_rows import KIND, planned_row, sharing_note, sync_row_jobs
from batchctl.outputs.beside import Beside
from batchctl.outputs.recordings import RowRecordings
from batchctl.plain import counted
from batchctl.store.facts import RunInfo
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.sync_settings import SyncOptions
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.notices import Notify
    from batchctl.execution.rows import RowsResult
    from batchctl.execution.sync import SyncPlan
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.json_types import JsonObject
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore


def sync_each(
    file: str | None,
    asked: SyncOptions,
    line: CommandLine,
    terminal: Terminal,
    store: RunStore,
    resumed: RunFacts | None,
) -> NoReturn:
    """Run a sync job once per row: those of ``--each``, or of the run that is resumed; then show the results and end.

    ``file`` is the definition, None to take that of ``resumed``. Every row is checked before the first starts. It
    always ends with ``typer.Exit``: 0 all rows succeeded, 3 some have errors, 4 some could not run, 130 interrupted.
    Raises ``BatchctlError`` before anything is sent.
    """
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl sync FILE --each ROWS, or - for stdin")
    if line.output.output is Output.TREE and line.output.out:
        raise UsageError("a tree of rows goes to the screen, not to --out", hint="write them with --out rows.ndjson")
    line = as_begun(file, line, resumed)
    saved = SavedInputs.of(resumed) if resumed and (file is None or line.rows.each is None) else None
    line, inputs = _as_before(line, saved), all_inputs(file, line, resumed)
    line.rows.require_reachable(with_default(asked.to))
    setup = Setup("direct" if asked.direct else "local", line, inputs, terminal, speaker(terminal), store, resumed)
    rows = checked_job_rows(setup, saved, force=asked.force)
    first = planned_row(rows.plan)
    require_error_handling(first, asked.error_handling)
    settings = settings_of(first, asked, inputs, line, terminal)
    # Names and URLs are looked at before anything runs.
    Places(settings.to, settings.webhook_secret, str).destinations(first.destinations, SyncRun("", ""))
    if (note := sharing_note(first, rows.table.again)) is not None:
        terminal.warn(note)
    beside = Beside(
        listed=line.output.report_json is not None,
        cases=line.output.junit_cases is JunitCases.CALLS,
        api_url=setup.base_url,
        kind=setup.kind,
    )
    recordings = RowRecordings.of(None, None, beside, terminal.redactor, len(rows.table))
    run = _JobRows(rows, first, settings, setup, recordings)
    began = time.monotonic()
    result = run.run()
    delivery = RowsDelivery(rows.plan, line.output, terminal, run.where, inputs.shown)
    delivery.deliver(result, time.monotonic() - began)
    raise typer.Exit(exit_code_of(result))


def _as_before(line: CommandLine, saved: SavedInputs | None) -> CommandLine:
    """The workers and fixtures of the first run, where the command line names no others."""
    if saved is None:
        return line
    before = RowsMode("local", line.mode.fixtures, line.rows.on, line.rows.store).as_before(saved)
    mode = replace(line.mode, fixtures=before.fixtures)
    return replace(line, mode=mode, rows=replace(line.rows, on=before.on, store=before.store))


class _JobRows(Struct):
    """One command's rows on their way through the engine."""

    rows: CheckedRows
    first: SyncPlan
    settings: SyncSettings
    setup: Setup
    recordings: RowRecordings

    @property
    def where(self) -> str:
        """Who answers the calls, and where the rows run."""
        on = self.setup.line.rows.on
        return self.settings.where + (f" · on {on}" if on else "")

    def run(self) -> RowsResult:
        """Run them, watched on a terminal."""
        setup, rows = self.setup, self.rows
        key = key_for(rows.plan, setup.line.connection.idempotency_key).text if setup.kind == "direct" else None
        about = self._about(key)
        end_as_interrupt()
        on_workers = setup.line.rows.on is not None
        record = reopen_rows(setup.store, setup.resumed, about, on_workers=on_workers) if setup.resumed else None
        journal = RowJournal(setup.store, about, setup.terminal.redactor, rows.plan_of, resumed=record)
        setup.terminal.note(f"{counted(len(rows.table), 'row')} · {self.where}")
        return wait_for(self._watched(journal, about))

    async def _watched(self, journal: RowJournal, about: RunInfo) -> RowsResult:
        from batchctl.cli.each_watching import row_watch, watching_rows

        setup, rows = self.setup, self.rows
        notify = self._notify(about)
        async with watching_rows(len(rows.table), self.first.job.label, self.where, setup.terminal) as progress:
            if setup.line.rows.on is not None:
                from batchctl.cli.each import on_workers
                from batchctl.fleet.running import RowsBeside

                beside = RowsBeside(self.recordings.beside, self.recordings.take, None, progress, self.settings)
                return await on_workers(setup, rows, setup.settings(rows.plan), journal, notify, beside)
            return await run_rows(
                rows.table,
                rows.plan.steps,
                sync_row_jobs(rows.plan_of, self.settings, journal, setup.inputs.shown, asyncio.Lock()),
                journal,
                parallel=setup.line.rows.parallel,
                notify=notify,
                watch=row_watch(progress, self.recordings, setup.terminal),
            )

    def _notify(self, about: RunInfo) -> Notify:
        setup = self.setup
        asked, rows = setup.line.output, setup.line.rows
        spoken = asked.output not in (None, Output.TREE) and not setup.terminal.is_live()
        how = resume_command(setup.line.connection).replace("batchctl run", "batchctl sync", 1)
        if about.inputs is None and rows.each is not None:
            files = shlex.join([setup.inputs.file, "--each", str(rows.each)])
            how = f"batchctl sync {files} --resume {{}}, with the same options"
        return speaker(setup.terminal, rows=spoken, how_to_resume=how)

    def _about(self, key: str | None) -> RunInfo:
        """What is recorded. The rows may grow from one run to the next; the job itself must be the same."""
        rows, setup, settings = self.rows, self.setup, self.settings
        inputs, asked = setup.inputs, setup.line.rows
        saved = SavedInputs(
            text=rows.plan.source.standalone(),
            account=inputs.account,
            args=inputs.arguments(),
            only=tuple(inputs.only),
            env_file=absolute(inputs.env_file),
            executor=setup.kind,
            fixtures=absolute(setup.line.mode.fixtures),
            fleet=None if asked.on is None else {"on": asked.on, "store": asked.store},
            context=inputs.account_context(),
            engine=engine_options(setup.line.engine.chosen(), setup.line.engine.rate_limit),
        ).without_secrets(rows.secrets)
        content: JsonObject = {
            "job": rows.plan.definition.payload,
            "to": [*places_without_secrets(settings.to)],
        }
        kept = None if saved is None or rows.hold_secrets else {**saved, OPTIONS: kept_options(settings)}
        return RunInfo(KIND, inputs.shown, content, settings.host, kept, key)
