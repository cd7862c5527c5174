"""``batchctl sync``: a sync job, run on this machine."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.groups import grouped
from batchctl.cli.options import OptionalFileArgument  # noqa: TC001 - typer reads it at run time
from batchctl.cli.run_options import (
    CommandLine,
    ConnectionOptions,
    EngineOptions,
    InputOptions,
    ModeOptions,
    ScreenOptions,
)
from batchctl.cli.sync_commands import SyncCommand
from batchctl.cli.sync_options import (  # noqa: TC001 - typer reads them at run time
    SyncDeliveryOptions,
    SyncExecutorOptions,
    SyncReportOptions,
    SyncRunOptions,
    TrutoOptions,
)
from batchctl.errors import UsageError
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.sync import SyncResult


class SyncOutput(StrEnum):
    """How the run is shown."""

    TREE = "tree"
    JSON = "json"


@grouped
def sync(  # noqa: PLR0913 - the options of a command
    file: OptionalFileArgument = None,
    *,
    executor: SyncExecutorOptions,
    deliver: SyncDeliveryOptions,
    how: SyncRunOptions,
    truto: TrutoOptions,
    reports: SyncReportOptions,
    output: Annotated[SyncOutput, typer.Option("--output", "-o", help="How to show the run.")] = SyncOutput.TREE,
    inputs: InputOptions,
    connection: ConnectionOptions,
    engine: EngineOptions,
    screen: ScreenOptions,
) -> None:
    """Run a sync job on this machine and deliver its records."""
    from batchctl.cli.sync_here import SyncOptions, end, sync_here
    from batchctl.cli.terminal import Terminal

    executor.require_one()
    terminal = Terminal(screen.color, quiet=screen.quiet, ascii_only=screen.ascii_only)
    if executor.on_truto:
        from batchctl.cli.sync_on_truto import sync_on_truto

        here = {"--to": deliver.to, "--state": deliver.state, "--fixtures": executor.fixtures}
        here |= {"--context": engine.context, **reports.output().reports}
        run_options = {**how.run_options(), **truto.run_options()}
        given = _given_to_truto(file, how.resume, inputs, engine)
        sync_on_truto(given, here, truto, run_options, connection, screen, terminal, as_json=output is SyncOutput.JSON)
    truto.require_unused()
    asked = SyncOptions(
        executor.direct,
        deliver.to or (),
        deliver.state,
        deliver.webhook_secret,
        how.error_handling.value,
        how.ignore_previous_run,
        truto.force,
        how.resume,
    )
    line = CommandLine(
        inputs,
        ModeOptions(fixtures=executor.fixtures),
        connection=connection,
        engine=engine,
        output=reports.output(),
        screen=screen,
    )
    result = sync_here(file, asked, line, terminal)
    _show(result, output, terminal)
    end(result)


def _given_to_truto(file: str | None, resume: str | None, inputs: InputOptions, engine: EngineOptions) -> Inputs:
    from batchctl.cli.inputs import Inputs

    if file is None or resume is not None:
        raise UsageError("a run on Truto needs a file", hint="--resume is for runs on this machine")
    return Inputs.of(file, inputs, engine.context)


sync.command_class = SyncCommand  # type: ignore[attr-defined]  # what the root asks for


def _show(result: SyncResult, output: SyncOutput, terminal: Terminal) -> None:
    data = result.json()
    if output is SyncOutput.JSON:
        terminal.data([write_json(data, indent=2), "\n"])
        return
    from batchctl.render.result.sync import sync_lines

    terminal.result(line + "\n" for line in sync_lines(result))
