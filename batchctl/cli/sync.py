"""``batchctl sync``: a sync job, run on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.groups import grouped
from batchctl.cli.options import OptionalFileArgument  # noqa: TC001 - typer reads it at run time
from batchctl.cli.output_options import Output
from batchctl.cli.row_options import RunRowOptions  # noqa: TC001 - as above
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

if TYPE_CHECKING:
    from batchctl.launch.inputs import Inputs

COMMAND_CLASS = SyncCommand


@grouped
def sync(  # noqa: PLR0913 - the options of a command
    file: OptionalFileArgument = None,
    *,
    executor: SyncExecutorOptions,
    deliver: SyncDeliveryOptions,
    how: SyncRunOptions,
    truto: TrutoOptions,
    reports: SyncReportOptions,
    rows: RunRowOptions,
    output: Annotated[
        Output | None, typer.Option("--output", "-o", help="How to show the run, or to write it with --out.")
    ] = None,
    inputs: InputOptions,
    connection: ConnectionOptions,
    engine: EngineOptions,
    screen: ScreenOptions,
) -> None:
    """Run a sync job on this machine and deliver its records."""
    from batchctl.cli.sync_here import end, sync_here
    from batchctl.launch.sync import SyncOptions

    executor.require_one()
    if engine.run_timeout_s is not None:
        raise UsageError("--run-timeout is for batchctl run --direct", hint="stop it with Ctrl-C, and sync --resume it")
    terminal = screen.terminal()
    if executor.on_truto:
        from batchctl.cli.sync_on_truto import sync_on_truto

        here: dict[str, object] = {"--to": deliver.to, "--state": deliver.state, "--fixtures": executor.fixtures}
        here |= {"--context": engine.context, "--each": rows.each, **reports.output().written}
        run_options = {**how.run_options(), **truto.run_options()}
        given = _given_to_truto(file, how.resume, inputs, engine)
        sync_on_truto(given, here, truto, run_options, connection, screen, terminal, as_json=_as_json(output))
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
        ModeOptions(local=executor.local, direct=executor.direct, fixtures=executor.fixtures, resume=how.resume),
        rows,
        inputs,
        connection=connection,
        engine=engine,
        output=reports.output(output),
        screen=screen,
    )
    end(sync_here(file, asked, line, terminal))


def _given_to_truto(file: str | None, resume: str | None, inputs: InputOptions, engine: EngineOptions) -> Inputs:
    if file is None or resume is not None:
        raise UsageError("a run on Truto needs a file", hint="--resume is for runs on this machine")
    return inputs.of(file, engine.context)


def _as_json(output: Output | None) -> bool:
    """Whether a run in Truto is shown as JSON. Raises ``UsageError`` for another format of data."""
    if output not in (None, Output.TREE, Output.JSON):
        raise UsageError(f"--on-truto shows a run as tree or json, not as {output.value}")
    return output is Output.JSON
