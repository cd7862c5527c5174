"""``batchctl sync``: a sync job, run on this machine."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.deliver_options import WebhookSecretOption  # noqa: TC001 - typer reads it at run time
from batchctl.cli.groups import grouped
from batchctl.cli.options import FixturesOption, OptionalFileArgument  # noqa: TC001 - typer reads them at run time
from batchctl.cli.run_options import (
    CommandLine,
    ConnectionOptions,
    EngineOptions,
    InputOptions,
    ModeOptions,
    ScreenOptions,
)
from batchctl.cli.sync_commands import SyncCommand
from batchctl.cli.sync_options import SyncReportOptions, TrutoOptions  # noqa: TC001 - typer reads them at run time
from batchctl.errors import UsageError
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from batchctl.cli.inputs import Inputs
    from batchctl.cli.terminal import Terminal
    from batchctl.execution.sync import SyncResult
    from batchctl.json_types import JsonObject


class SyncOutput(StrEnum):
    """How the run is shown."""

    TREE = "tree"
    JSON = "json"


ResumeOption = Annotated[
    str | None,
    typer.Option("--resume", metavar="RUN", help="Resume a run: its id, the beginning of it, or latest."),
]


class ErrorHandling(StrEnum):
    """What an error does to the run, in the API's words."""

    FAIL_FAST = "fail_fast"
    IGNORE = "ignore"
    BATCH = "batch"


@grouped
def sync(  # noqa: PLR0913 - the options of a command
    file: OptionalFileArgument = None,
    *,
    local: Annotated[bool, typer.Option("--local", help="Over fixtures: no token. This is the default.")] = False,
    direct: Annotated[bool, typer.Option("--direct", help="Over Truto's unified and proxy API.")] = False,
    on_truto: Annotated[
        bool, typer.Option("--on-truto", help="Push the job, start a run of it in Truto, and follow it.")
    ] = False,
    truto: TrutoOptions,
    fixtures: FixturesOption = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            metavar="[NAME=]URL",
            help="Where records go: dir:PATH, webhook:URL or a database [default: dir:sync-out].",
        ),
    ] = None,
    state: Annotated[Path | None, typer.Option("--state", metavar="FILE", help="The file of the job's state.")] = None,
    webhook_secret: WebhookSecretOption = None,
    error_handling: Annotated[
        ErrorHandling, typer.Option("--error-handling", help="fail_fast stops at the first error.")
    ] = ErrorHandling.IGNORE,
    ignore_previous_run: Annotated[
        bool, typer.Option("--ignore-previous-run", help="Take no date of an earlier run: everything is fetched.")
    ] = False,
    resume: ResumeOption = None,
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

    if local + direct + on_truto > 1:
        raise UsageError("--local, --direct and --on-truto can't be combined", hint="choose one")
    terminal = Terminal(screen.color, quiet=screen.quiet, ascii_only=screen.ascii_only)
    if on_truto:
        from batchctl.cli.sync_on_truto import sync_on_truto

        here = {"--to": to, "--state": state, "--fixtures": fixtures, "--context": engine.context}
        here |= reports.output().reports
        run_options: JsonObject = {"error_handling": error_handling.value, "ignore_previous_run": ignore_previous_run}
        run_options |= truto.run_options()
        given = _given_to_truto(file, resume, inputs, engine)
        sync_on_truto(given, here, truto, run_options, connection, screen, terminal, as_json=output is SyncOutput.JSON)
    truto.require_unused()
    fail_fast = error_handling is ErrorHandling.FAIL_FAST
    asked = SyncOptions(direct, to or (), state, webhook_secret, fail_fast, ignore_previous_run, truto.force, resume)
    line = CommandLine(
        inputs,
        ModeOptions(fixtures=fixtures),
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
