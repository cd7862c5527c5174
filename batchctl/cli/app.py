"""The command line's root: its commands, ``--version`` and ``--help``."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from batchctl import __version__
from batchctl.cli.command import Command, Group

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
# Commands that hand options which they don't know on to another one.
HANDING_ON = frozenset({"watch"})
_HANDS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
_STYLE: dict[str, Any] = {
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


class _Commands(dict[str, Any]):
    """Command names to commands that are built when they are asked for."""

    def get(self, name: str, default: Any = None) -> Any:
        """The command, or ``default`` when there is none of that name."""
        if name not in self:
            return default
        module, _, function = COMMANDS[name].partition(":")
        target = getattr(import_module(module), function)
        if isinstance(target, typer.Typer):
            command = get_command(target)
        else:
            alone = typer.Typer(**_STYLE)
            made = getattr(target, "command_class", Command)
            alone.command(name, cls=made, context_settings=_HANDS_ON if name in HANDING_ON else None)(target)
            command = get_command(alone)
        if isinstance(command, Command):
            command.groups = getattr(target, "option_groups", {})
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
    **_STYLE,
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
