"""The command line's root: its commands, ``--version`` and ``--help``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from batchctl import __version__
from batchctl.cli.command import STYLE, Group, LazyCommands

# Where each command lives: a module is imported when its command is called, or the help is.
COMMANDS = {
    "validate": "batchctl.cli.validate:validate",
    "fmt": "batchctl.cli.fmt:fmt",
    "dry-run": "batchctl.cli.dry_run:dry_run",
    "graph": "batchctl.cli.graph:graph",
    "eval": "batchctl.cli.eval:evaluate",
    "run": "batchctl.cli.run:run",
    "runs": "batchctl.cli.runs:runs",
    "sync": "batchctl.cli.sync:sync",
    "receive": "batchctl.cli.receive:receive",
    "test": "batchctl.cli.tested:run_definition_tests",
    "serve": "batchctl.cli.serve:serve",
    "lsp": "batchctl.cli.lsp:lsp",
    "watch": "batchctl.cli.watch:watch",
    "completion": "batchctl.cli.completion:completion",
    "new": "batchctl.cli.new:new",
    "rules": "batchctl.cli.rules:rules",
    "explain": "batchctl.cli.rules:explain",
    "schema": "batchctl.cli.schema:schema",
    "docs": "batchctl.cli.docs:docs",
    "login": "batchctl.cli.login:login",
    "logout": "batchctl.cli.login:logout",
    "whoami": "batchctl.cli.whoami:whoami",
    "capabilities": "batchctl.cli.capabilities:capabilities",
}


class _Commands(LazyCommands):
    """The commands below ``batchctl``, with what settings and variables give to their options."""

    def build(self, name: str) -> Any:
        """The command, which is imported now. Raises ``UsageError`` for settings that can't be used."""
        command = super().build(name)
        from batchctl.cli.defaults import set_defaults

        set_defaults(command, name, COMMANDS)
        return command


class _Root(Group):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = _Commands(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands, without importing those whose summary is known."""
        from batchctl.cli.summaries import SUMMARIES

        rows = [(name, SUMMARIES.get(name) or self._summary(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def _summary(self, ctx: Any, name: str) -> str:
        command = self.get_command(ctx, name)
        return command.get_short_help_str(limit=1_000) if command is not None else ""


app = typer.Typer(
    name="batchctl",
    cls=_Root,
    help="Check, preview and run batch definitions for Truto's POST /batch-request.",
    no_args_is_help=True,
    **STYLE,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"batchctl {__version__}")
        raise typer.Exit


@app.callback(
    epilog="Exit codes: 0 success, 1 the definition has errors, 2 usage or unreadable input, 3 resources failed, "
    "4 could not run, 70 a bug in batchctl, 130 interrupted."
)
def root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Check, preview and run batch definitions for Truto's POST /batch-request."""
