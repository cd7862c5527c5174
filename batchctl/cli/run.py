"""``batchctl run``: check the file, choose the executor, execute it, deliver what came back."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.command import GIVEN
from batchctl.cli.deliver_options import DeliveryOptions  # noqa: TC001 - typer reads it at run time
from batchctl.cli.exits import exit_code
from batchctl.cli.groups import grouped
from batchctl.cli.options import OptionalFilesArgument  # noqa: TC001 - typer reads it at run time
from batchctl.cli.output_options import OutputOptions  # noqa: TC001 - typer reads it at run time
from batchctl.cli.row_options import RunRowOptions  # noqa: TC001 - typer reads it at run time
from batchctl.cli.run_options import (
    CheckOptions,
    CommandLine,
    ConnectionOptions,
    EngineOptions,
    InputOptions,
    ModeOptions,
    ScreenOptions,
)
from batchctl.diagnostics import Severity
from batchctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batchctl.cli.delivery import Delivery
    from batchctl.cli.terminal import Terminal
    from batchctl.engine.result import RunResult
    from batchctl.execution.executor import Executor
    from batchctl.execution.making import ExecutorKind
    from batchctl.execution.notices import Notify
    from batchctl.json_types import JsonObject
    from batchctl.launch.inputs import Inputs
    from batchctl.outputs.recordings import Recording
    from batchctl.render.result.query import Query
    from batchctl.store.facts import RunFacts
    from batchctl.store.runs import RunStore


@grouped
def run(  # noqa: PLR0913 - a group of options each
    file: OptionalFilesArgument = None,
    *,
    mode: ModeOptions,
    rows: RunRowOptions,
    inputs: InputOptions,
    connection: ConnectionOptions,
    engine: EngineOptions,
    checks: CheckOptions,
    output: OutputOptions,
    screen: ScreenOptions,
    deliver: DeliveryOptions,
) -> None:
    """Run a batch and show what came back, resource by resource.

    Several files are run side by side, each as its own batch, and shown as one tree and one report.
    """
    from batchctl.files.places import require_different

    files = list(file or ())
    line = CommandLine(inputs, mode, rows, connection, engine, checks, output, screen, deliver)
    line.require_one_run(len(files))
    require_different(files)
    if len(files) > 1:
        _run_several(files, line)
    _run(files[0] if files else None, line)


def _run_several(files: list[str], line: CommandLine) -> NoReturn:
    from batchctl.cli.delivery import require_places
    from batchctl.cli.query import query_of
    from batchctl.cli.several import run_files
    from batchctl.cli.signals import end_as_interrupt
    from batchctl.config.user import user_store
    from batchctl.files.places import require_apart

    end_as_interrupt()
    terminal = line.screen.terminal(line.connection.token)
    query = query_of(line.output, terminal)
    require_places(line.output)
    for file in files:
        require_apart(_read(file, line), line.output.written)
    run_files(files, line, terminal, user_store(os.environ), query)


def _run(file: str | None, line: CommandLine) -> None:
    from batchctl.cli.delivery import require_places
    from batchctl.cli.query import query_of
    from batchctl.cli.resuming import all_inputs, as_begun
    from batchctl.config.user import user_store
    from batchctl.execution.resume import require_whole
    from batchctl.files.places import require_apart

    terminal, store = line.screen.terminal(line.connection.token), user_store(os.environ)
    query = query_of(line.output, terminal)
    line.rows.require_sense(file)
    line.rows.require_workers()
    require_places(line.output, rows=line.rows.each is not None)
    require_apart(_read(file, line), line.output.written)
    # Found once: another run may begin while this one is prepared, and would be "latest" then.
    resumed = store.get(line.mode.resume) if line.mode.resume else None
    if resumed:
        require_whole(resumed)
    line = as_begun(file, line, resumed)
    if line.rows.each or (resumed and resumed.kind == "each"):
        from batchctl.cli.each import run_each

        run_each(file, line, terminal, store, resumed, query)
    if file is None and resumed is None:
        raise UsageError("no file is named", hint="batchctl run FILE, or - for stdin; --resume RUN needs none")
    line.rows.require_rows()
    inputs = all_inputs(file, line, resumed)
    _run_one(inputs, line, terminal, store, resumed, query, _read(file, line))


def _run_one(
    inputs: Inputs,
    line: CommandLine,
    terminal: Terminal,
    store: RunStore,
    resumed: RunFacts | None,
    query: Query | None,
    read: Mapping[str, Path],
) -> None:
    from batchctl.cli.consent import checked_plan, confirm_deletes
    from batchctl.cli.delivering import deliver, prepared_delivery
    from batchctl.cli.delivery import Delivery
    from batchctl.cli.executors import kind_of, setup_of, speaker_of
    from batchctl.cli.notices import resume_command, speaker
    from batchctl.cli.reports import require_junit_cases
    from batchctl.cli.signals import end_as_interrupt
    from batchctl.execution.capabilities import refuse_blocked
    from batchctl.files.places import require_apart
    from batchctl.launch.read_files import parts_read
    from batchctl.render.notices import remark_line, unsaid

    notify = speaker(terminal, how_to_resume=resume_command(line.connection))
    prepared = inputs.prepare(required=Severity.ERROR)
    require_apart(parts_read(prepared.source), line.output.written)
    plan = checked_plan(prepared, line.checks, terminal, notify)
    if (place := line.output.place) is not None:
        place.require_apart(plan.steps, read)
    kind = kind_of(line.mode)
    require_junit_cases(line.output, kind)
    recording = _recording(line.output, kind)
    recorder = recording.recorder if recording else None
    setup = setup_of(kind, line, inputs, terminal, store, notify=notify, resumed=resumed, recorder=recorder)
    if kind != "local":
        refuse_blocked(inputs.capabilities(), plan.definition.integrated_account_id)
    executor = setup.executor(plan)
    notify = speaker_of(setup, plan, line, terminal)
    if setup.kind != "local":
        confirm_deletes(plan, terminal, yes=line.checks.yes)
        terminal.note(f"sending to {executor.where}")
    elif inputs.account:
        terminal.note(f"account {plan.definition.integrated_account_id}, from {GIVEN.named('--account')}")
    delivery = Delivery(plan, line, terminal, executor.where, inputs.shown, setup.base_url, query)
    also = prepared_delivery(plan, line.deliver, terminal)
    end_as_interrupt()
    heard = notify if also is None else also.named_after(notify)
    result = wait_for(_watched(executor, delivery, heard))
    delivered = True
    try:
        if also is not None:
            delivered = deliver(also, result, terminal)
        delivery.deliver(result)
    finally:
        if recording:
            recording.write(plan, result, setup.base_url, terminal.redactor, notify)
    for remark in unsaid(result.remarks, prepared.diagnostics):
        terminal.note(remark_line(remark))
    raise typer.Exit(exit_code(result.status) or (ExitCode.OK if delivered else ExitCode.FAILURES))


def _recording(output: OutputOptions, kind: ExecutorKind) -> Recording | None:
    if output.record is None and output.trace is None:
        return None
    from batchctl.outputs.recordings import Recording

    return Recording.of(output.record, output.trace, kind)


def _read(file: str | None, line: CommandLine) -> dict[str, Path]:
    from batchctl.launch.read_files import inputs_read

    return inputs_read([file], line.inputs, each=line.rows.file, context=line.engine.context)


async def _watched(executor: Executor, delivery: Delivery, notify: Notify) -> RunResult:
    from batchctl.cli.watching import watched
    from batchctl.engine.events import ignore
    from batchctl.engine.observe.progress import LiveView, Progress
    from batchctl.plain import counted

    plan, terminal = delivery.plan, delivery.terminal
    sent = f"{counted(len(plan.steps), 'resource')} ({_size(plan.definition.payload)}) sent"
    view = LiveView(delivery.title, executor.where, terminal.redactor.text, sent)
    also = delivery.timeline if delivery.line.output.reports else ignore
    return await watched(lambda observe: executor.run(observe, notify), Progress(plan), also, view, terminal)


def _size(payload: JsonObject) -> str:
    """About what goes over the wire."""
    size = len(json.dumps(payload))
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1000:,.0f} kB"
