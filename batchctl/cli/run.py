"""``batchctl run``: check the file, choose the way, execute it, deliver what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from batchctl.blocking import wait_for
from batchctl.cli.groups import grouped
from batchctl.cli.options import FileArgument  # noqa: TC001 - typer reads it at run time
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
from batchctl.errors import ExitCode

if TYPE_CHECKING:
    from batchctl.engine.result import RunResult


@grouped
def run(
    file: FileArgument,
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


def _run(file: str, line: CommandLine) -> None:
    from batchctl.cli.consent import UNRESOLVED_RULE, checked_plan, confirm_deletes
    from batchctl.cli.delivery import Delivery, require_places
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.cli.ways import choose_way
    from batchctl.engine.events import ignore

    token = line.connection.token
    terminal = Terminal(
        line.screen.color,
        quiet=line.screen.quiet,
        secrets=[token] if token else [],
        ascii_only=line.screen.ascii_only,
    )
    require_places(line.output)
    given = line.inputs
    inputs = Inputs(
        file,
        given.account,
        given.arg or (),
        given.args_file or (),
        given.env_file,
        given.only or (),
        (UNRESOLVED_RULE,) if line.checks.allow_unresolved else (),
    )
    if line.way.each:
        from batchctl.cli.each import run_each

        run_each(inputs, line, terminal)
    plan = checked_plan(inputs.prepare(), line.checks, terminal)
    way = choose_way(plan, inputs, line, terminal)
    if not line.way.local:
        confirm_deletes(plan, terminal, yes=line.checks.yes)
        terminal.note(f"sending to {way.where}")
    result = wait_for(way.run(ignore))
    Delivery(plan, line, terminal, way.where, inputs.shown).deliver(result)
    raise typer.Exit(exit_code(result))


def exit_code(result: RunResult) -> ExitCode:
    """130 when interrupted, 3 when a resource has errors, else 0."""
    if result.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.OK if result.ok else ExitCode.FAILURES
