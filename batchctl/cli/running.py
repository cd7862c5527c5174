"""``run``, once its options are read: check the file, choose the executor, execute it, show what came back."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NoReturn

import typer

from batchctl.blocking import wait_for
from batchctl.cli.command import GIVEN
from batchctl.cli.consent import checked_plan, confirm_deletes
from batchctl.cli.delivering import deliver, prepared_delivery
from batchctl.cli.executors import kind_of, setup_of, speaker_of
from batchctl.cli.exits import exit_code
from batchctl.cli.notices import resume_command, speaker
from batchctl.cli.query import query_of
from batchctl.cli.reports import require_junit_cases
from batchctl.cli.resuming import all_inputs, as_begun
from batchctl.cli.run_output import RunOutput, require_places
from batchctl.cli.signals import end_as_interrupt
from batchctl.cli.watching import watched
from batchctl.config.user import user_store
from batchctl.diagnostics import Severity
from batchctl.engine.events import ignore
from batchctl.engine.observe.progress import LiveView, Progress
from batchctl.errors import ExitCode, UsageError
from batchctl.execution.capabilities import refuse_blocked
from batchctl.execution.resume import require_whole
from batchctl.files.places import require_apart, require_different
from batchctl.launch.read_files import inputs_read, parts_read
from batchctl.plain import counted
from batchctl.render.notices import remark_line, unsaid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchctl.cli.output_options import OutputOptions
    from batchctl.cli.run_options import CommandLine
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


def run_files(files: Sequence[str], line: CommandLine) -> NoReturn:
    """Run the definitions in ``files``, several side by side; with none, the run that ``line`` resumes.

    It ends the command with ``typer.Exit``: 0 succeeded, 3 resources failed, 4 could not run, 130 interrupted. Raises
    ``BatchctlError`` before anything is sent, and where a run can't be carried out.
    """
    line.require_one_run(len(files))
    require_different(files)
    if len(files) > 1:
        _run_several(files, line)
    _run(files[0] if files else None, line)


def _run_several(files: Sequence[str], line: CommandLine) -> NoReturn:
    from batchctl.cli.several import run_several

    end_as_interrupt()
    terminal = line.screen.terminal(line.connection.token)
    query = query_of(line.output, terminal)
    require_places(line.output)
    for file in files:
        require_apart(_read(file, line), line.output.written)
    run_several(files, line, terminal, user_store(os.environ), query)


def _run(file: str | None, line: CommandLine) -> NoReturn:
    terminal, store = line.screen.terminal(line.connection.token), user_store(os.environ)
    query = query_of(line.output, terminal)
    line.rows.require_sense(file)
    line.rows.require_workers()
    require_places(line.output, rows=line.rows.each is not None)
    read = _read(file, line)
    require_apart(read, line.output.written)
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
    _run_one(all_inputs(file, line, resumed), line, terminal, store, resumed, query, read)


def _run_one(
    inputs: Inputs,
    line: CommandLine,
    terminal: Terminal,
    store: RunStore,
    resumed: RunFacts | None,
    query: Query | None,
    read: Mapping[str, Path],
) -> NoReturn:
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
    if kind != "local":
        confirm_deletes(plan, terminal, yes=line.checks.yes)
        terminal.note(f"sending to {executor.where}")
    elif inputs.account:
        terminal.note(f"account {plan.definition.integrated_account_id}, from {GIVEN.named('--account')}")
    output = RunOutput(plan, line.output, terminal, executor.where, inputs.shown, setup.base_url, query)
    also = prepared_delivery(plan, line.deliver, terminal)
    end_as_interrupt()
    heard = notify if also is None else also.named_after(notify)
    result = wait_for(_watched(executor, output, heard))
    delivered = True
    try:
        if also is not None:
            delivered = deliver(also, result, terminal)
        output.write(result)
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
    return inputs_read([file], line.inputs, each=line.rows.file, context=line.engine.context)


async def _watched(executor: Executor, output: RunOutput, notify: Notify) -> RunResult:
    plan, terminal = output.plan, output.terminal
    sent = f"{counted(len(plan.steps), 'resource')} ({_size(plan.definition.payload)}) sent"
    view = LiveView(output.title, executor.where, terminal.redactor.text, sent)
    also = output.timeline if output.asked.reports else ignore
    return await watched(lambda observe: executor.run(observe, notify), Progress(plan), also, view, terminal)


def _size(payload: JsonObject) -> str:
    """About what goes over the wire."""
    size = len(json.dumps(payload))
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1000:,.0f} kB"
