"""``batchctl run``: check the file, choose the way, execute it, deliver what came back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from batchctl.blocking import wait_for
from batchctl.cli.groups import grouped
from batchctl.cli.options import OptionalFileArgument  # noqa: TC001 - typer reads it at run time
from batchctl.cli.run_options import (
    CheckOptions,
    CommandLine,
    ConnectionOptions,
    EngineOptions,
    InputOptions,
    OutputOptions,
    ScreenOptions,
    WayOptions,
)
from batchctl.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from batchctl.cli.delivery import Delivery
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.cli.ways import Way
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject


@grouped
def run(
    file: OptionalFileArgument = None,
    *,
    way: WayOptions,
    inputs: InputOptions,
    connection: ConnectionOptions,
    engine: EngineOptions,
    checks: CheckOptions,
    output: OutputOptions,
    screen: ScreenOptions,
) -> None:
    """Run a batch and show what came back, resource by resource."""
    _run(file, CommandLine(inputs, way, connection, engine, checks, output, screen))


def _run(file: str | None, line: CommandLine) -> None:
    from batchctl.cli.consent import checked_plan, confirm_deletes
    from batchctl.cli.delivery import Delivery, require_places
    from batchctl.cli.ways import choose_way

    terminal, inputs = _terminal(line), _inputs(file, line)
    require_places(line.output)
    if line.way.each:
        from batchctl.cli.each import run_each

        run_each(inputs, line, terminal)
    plan = checked_plan(inputs.prepare(), line.checks, terminal)
    way = choose_way(plan, inputs, line, terminal)
    if not line.way.local:
        confirm_deletes(plan, terminal, yes=line.checks.yes)
        terminal.note(f"sending to {way.where}")
    delivery = Delivery(plan, line, terminal, way.where, inputs.shown)
    result = wait_for(_watched(way, delivery))
    delivery.deliver(result)
    raise typer.Exit(exit_code(result))


def _terminal(line: CommandLine) -> Terminal:
    from batchctl.cli.terminal import Terminal

    screen, token = line.screen, line.connection.token
    return Terminal(screen.color, quiet=screen.quiet, secrets=[token] if token else [], ascii_only=screen.ascii_only)


def _inputs(file: str | None, line: CommandLine) -> Inputs:
    """What is in the batch; without a file, what was in the run that is gone on with."""
    from batchctl.cli.consent import UNRESOLVED_RULE
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.resuming import inputs_of

    given = line.inputs
    if file is None and (line.way.each or not line.way.resume):
        raise UsageError("no file is named", hint="batchctl run FILE, or - for stdin; --resume RUN needs none")
    before = inputs_of(line.way.resume) if file is None and line.way.resume else Inputs(file or "")
    return replace(
        before,
        account=given.account or before.account,
        arg=given.arg or (),
        args_file=given.args_file or (),
        env_file=given.env_file or before.env_file,
        only=given.only or before.only,
        tolerated=(UNRESOLVED_RULE,) if line.checks.allow_unresolved else (),
    )


async def _watched(way: Way, delivery: Delivery) -> RunResult:
    from batchctl.cli.watching import watched
    from batchctl.engine.events import ignore
    from batchctl.engine.observe.progress import LiveView, Progress
    from batchctl.plain import counted

    plan, terminal = delivery.plan, delivery.terminal
    sent = f"{counted(len(plan.steps), 'resource')} ({_size(plan.definition.payload)}) sent"
    view = LiveView(delivery.title, way.where, sent, terminal.redactor.text)
    also = delivery.timeline if delivery.line.output.reports else ignore
    return await watched(way, Progress(plan), also, view, terminal)


def _size(payload: JsonObject) -> str:
    """About what goes over the wire."""
    size = len(json.dumps(payload))
    return f"{size:,} bytes" if size < 10_000 else f"{size / 1000:,.0f} kB"


def exit_code(result: RunResult) -> ExitCode:
    """130 when interrupted, 3 when a resource has errors, else 0."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.OK if result.ok else ExitCode.FAILURES
