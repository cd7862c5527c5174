"""``batchctl sync`` on this machine: from its options to a run, which is recorded and shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.checking import prepared_job
from batchctl.cli.executors import setup_of
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.output_options import JunitCases
from batchctl.cli.reports import require_junit_cases, write_reports
from batchctl.cli.resuming import all_inputs, as_begun
from batchctl.cli.run_output import require_places
from batchctl.cli.signals import end_as_interrupt
from batchctl.cli.sync_output import write_run
from batchctl.cli.sync_settings import settings_of
from batchctl.cli.watching import watched
from batchctl.config.credentials import DEFAULT_API_URL
from batchctl.config.user import user_store
from batchctl.definition.sync_job import IGNORE
from batchctl.engine.observe.progress import LiveView, Progress
from batchctl.engine.observe.timeline import Timeline
from batchctl.errors import ExitCode, UsageError
from batchctl.execution.idle_destinations import idle_destinations
from batchctl.execution.sync import plan_sync, require_error_handling
from batchctl.execution.sync_here import run_here
from batchctl.execution.sync_record import BegunSync, about_sync, open_record, require_resumable
from batchctl.files.places import require_apart
from batchctl.launch.read_files import inputs_read
from batchctl.render.notices import remark_line, unsaid
from batchctl.render.report.json import Report
from batchctl.render.result.tree import RunView
from batchctl.structs import replace

if TYPE_CHECKING:
    from batchctl.cli.run_options import CommandLine
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.history import OpenRun
    from batchctl.execution.notices import Notify
    from batchctl.execution.sync import SyncPlan, SyncResult
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.launch.sync import SyncOptions
    from batchctl.store.facts import RunFacts


def sync_here(file: str | None, asked: SyncOptions, line: CommandLine, terminal: Terminal) -> NoReturn:
    """Run the sync job in ``file`` on this machine, or resume a run; show how it ended, and end the command.

    ``file`` is None for the job of the run that is resumed. With ``--each`` the rows are run. Reports are written. It
    ends with ``typer.Exit``: 0 succeeded, 3 something failed, 130 interrupted. Raises ``UsageError``,
    ``DefinitionError``, ``CredentialsError`` and ``StoreError`` before anything is sent, later ``RunUnderWay`` for the
    job's mutex, ``RunStopped`` where a webhook asks for it, ``Interrupted``, ``FixtureError`` and ``ServiceError``.
    """
    require_places(line.output)
    require_junit_cases(line.output, "sync")
    line.rows.require_sense(file)
    line.rows.require_workers()
    read = inputs_read([file], line.inputs, each=line.rows.file, context=line.engine.context)
    require_apart(read, written := line.output.written | ({"--state": asked.state} if asked.state else {}))
    store = user_store(os.environ)
    resumed = None if asked.resume is None else store.get(asked.resume)
    if resumed is not None:
        require_resumable(resumed)
        asked = _as_before(asked, resumed)
        line = as_begun(file, line, resumed)
    if line.rows.each is not None or asked.rows:
        from batchctl.cli.sync_each import sync_each

        sync_each(file, asked, line, terminal, store, resumed)
    line.rows.require_rows()
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl sync FILE, or - for stdin; --resume RUN needs none")
    given = all_inputs(file, line, resumed)
    prepared = prepared_job(given, terminal, written)
    planned = plan_sync(prepared)
    require_error_handling(planned, asked.error_handling)
    notify = speaker(terminal, how_to_resume=resume_command(line.connection, command="sync"))
    setup = setup_of("direct" if asked.direct else "local", line, given, terminal, store, notify=speaker(terminal))
    settings = settings_of(setup, planned, asked, terminal, wait_for(idle_destinations(planned.plan)))
    if asked.direct:
        terminal.note(f"sending to {setup.target().described(planned.plan)}")
    about = about_sync(planned, settings, given.shown, setup.kept(planned.plan))
    run = open_record(store, about, resumed, notify)
    timeline = Timeline()
    end_as_interrupt()
    result = wait_for(_watched(planned, settings, run, timeline, terminal, notify))
    output, plan, where = line.output, planned.plan, settings.where
    if output.reports:
        cases = output.junit_cases or JunitCases.RESOURCES
        api_url = setup.base_url or DEFAULT_API_URL
        report = Report(result.ended(), plan, timeline, where, given.shown, api_url, cases.value)
        write_reports(report, output, terminal)
    redact = terminal.redactor.text
    view = RunView(planned.job.label, where, redact, rows=0, verbose=output.verbose, file=given.shown)
    write_run(result, plan, view, output, terminal)
    for remark in unsaid(result.result.remarks, prepared.diagnostics):
        terminal.note(remark_line(remark))
    if result.result.interrupted:
        raise typer.Exit(ExitCode.INTERRUPTED)
    raise typer.Exit(ExitCode.OK if result.ok else ExitCode.FAILURES)


async def _watched(
    planned: SyncPlan,
    settings: SyncSettings,
    run: OpenRun | None,
    timeline: Timeline,
    terminal: Terminal,
    notify: Notify,
) -> SyncResult:
    view = LiveView(planned.job.label, settings.where, terminal.redactor.text)
    progress = Progress(planned.plan)
    return await watched(
        lambda observe: run_here(planned, settings, run, observe, notify), progress, timeline, view, terminal
    )


def _as_before(asked: SyncOptions, resumed: RunFacts) -> SyncOptions:
    """The options that the run had; where records go is said again where it held a password."""
    begun = BegunSync.of(resumed, asked.to)
    is_default = asked.error_handling == IGNORE and begun.error_handling is not None
    return replace(
        asked,
        direct=asked.direct or begun.direct,
        to=begun.to,
        state=asked.state or begun.state,
        error_handling=str(begun.error_handling) if is_default else asked.error_handling,
        ignore_previous_run=asked.ignore_previous_run or begun.ignore_previous_run,
        force=asked.force or begun.force,
        rows=begun.rows,
    )
