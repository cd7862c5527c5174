"""``batchctl capabilities pull``: what an account can do, as a file to keep beside its definitions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from batchctl.cli.command import STYLE, Command, Group
from batchctl.cli.options import (
    AllowHttpOption,
    Color,
    ColorOption,
    GivenUrlOption,
    ProfileOption,
    ReachTimeoutOption,
    TokenOption,
)

_ABOUT = "Save what an account can do in a file beside its definitions, for validate."
capabilities = typer.Typer(cls=Group, help=_ABOUT, no_args_is_help=True, **STYLE)


@capabilities.callback(help=_ABOUT)
def _root() -> None:
    """Without it typer would take the one command below for the whole."""


@capabilities.command("pull", cls=Command)
def pull(
    *,
    account: Annotated[str, typer.Option("--account", "-a", metavar="ID", help="The integrated account.")],
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="Where to write it.")] = Path(
        "capabilities.json"
    ),
    token: TokenOption = None,
    api_url: GivenUrlOption = None,
    profile: ProfileOption = None,
    allow_http: AllowHttpOption = False,
    timeout_s: ReachTimeoutOption = 30,
    color: ColorOption = Color.AUTO,
) -> None:
    """Ask the API what an account can do, and write it to a file to commit."""
    from batchctl.blocking import wait_for
    from batchctl.cli.connecting import connected
    from batchctl.cli.terminal import Terminal
    from batchctl.files import write_whole
    from batchctl.files.places import require_place
    from batchctl.json_types import write_json
    from batchctl.launch.api import ApiOptions
    from batchctl.service.capabilities import fetch_capabilities

    require_place(output, "--output")
    terminal = Terminal(color)
    connection, _ = connected(terminal, ApiOptions(token, profile, api_url, allow_http, timeout_s, timeout_s))
    snapshot = wait_for(fetch_capabilities(connection, account))
    write_whole(output, [write_json(snapshot, indent=2), "\n"])
    terminal.note(f"the capabilities of {account} are in {output}")
