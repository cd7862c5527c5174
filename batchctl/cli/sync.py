"""``batchctl sync``: a sync job, run on this machine or in Truto."""

from __future__ import annotations

from typing import Annotated

import typer

from batchctl.cli.groups import grouped
from batchctl.cli.options import OptionalFileArgument
from batchctl.cli.output_options import Output
from batchctl.cli.sync_commands import SyncCommand
from batchctl.cli.sync_options import SyncLine
from batchctl.errors import UsageError

COMMAND_CLASS = SyncCommand


@grouped
def sync(
    file: OptionalFileArgument = None,
    *,
    line: SyncLine,
    output: Annotated[
        Output | None, typer.Option("--output", "-o", help="How to show the run, or to write it with --out.")
    ] = None,
) -> None:
    """Run a sync job on this machine and deliver its records."""
    line.executor.require_one()
    if line.engine.run_timeout_s is not None:
        raise UsageError("--run-timeout is for batchctl run --direct", hint="stop it with Ctrl-C, and sync --resume it")
    terminal = line.screen.terminal()
    if line.executor.on_truto:
        from batchctl.cli.sync_on_truto import sync_on_truto

        sync_on_truto(file, line, terminal, output)
    from batchctl.cli.sync_here import sync_here

    line.truto.require_unused()
    sync_here(file, line.asked(), line.command_line(output), terminal)
