"""The command line's root: its commands, ``--version`` and ``--help``."""

from __future__ import annotations

from typing import Annotated

import typer

from batchctl import __version__
from batchctl.cli import dry_run, graph, login, run, schema, serve, validate, whoami

app = typer.Typer(
    name="batchctl",
    help="Check, preview and run batch definitions for Truto's POST /batch-request.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("validate")(validate.validate)
app.command("dry-run")(dry_run.dry_run)
app.command("graph")(graph.graph)
app.command("run")(run.run)
app.command("serve")(serve.serve)
app.command("schema")(schema.schema)
app.command("login")(login.login)
app.command("logout")(login.logout)
app.command("whoami")(whoami.whoami)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"batchctl {__version__}")
        raise typer.Exit


@app.callback(
    epilog="Exit codes: 0 fine, 1 the definition has errors, 2 usage or unreadable input, 3 resources failed, "
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
