"""``batchctl serve``: the service's routes on this machine, over a fixtures folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.options import Color, ColorOption, QuietOption
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.server.access import Access

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    *,
    fixtures: Annotated[Path, typer.Option("--fixtures", metavar="DIR", help="Folder of records.")] = Path("fixtures"),
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8080,
    token: Annotated[
        str | None,
        typer.Option("--token", envvar="BATCHCTL_SERVE_TOKEN", metavar="TOKEN", help="Bearer token to require."),
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", metavar="FILE", help="Keep changes in this SQLite file.")
    ] = None,
    rate_limit: Annotated[
        str | None,
        typer.Option("--rate-limit", metavar="ACCOUNT,TOKEN", help="Calls per 10 s, as 50,500; not limited without."),
    ] = None,
    quiet: QuietOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Answer POST /batch-request, /unified/…, /proxy/… and more from a fixtures folder."""
    from batchctl.cli.terminal import Terminal
    from batchctl.config.user import user_fixture_cache
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.backends.fixture_state import State
    from batchctl.server.app import make_app
    from batchctl.server.rate_limits import RateLimits
    from batchctl.server.serving import listen, make_server, url_of
    from batchctl.server.worlds import FixtureWorld

    # Where it listens is said in any case: nobody could use it otherwise.
    terminal = Terminal(color, secrets=[token] if token else [])
    if host not in _LOOPBACK and not token:
        raise UsageError(f"{host} can be reached by others", hint="set a token with --token or BATCHCTL_SERVE_TOKEN")
    limits = RateLimits.of(rate_limit) if rate_limit is not None else None
    folder = FixtureFolder(fixtures, cache=user_fixture_cache(os.environ), watch=True)
    kept = State(state) if state else None
    app = make_app(FixtureWorld(folder, kept), token=token, limits=limits, log=None if quiet else _log)
    listening = listen(host, port)
    terminal.note(f"serving {fixtures} on {url_of(listening)} (Ctrl-C stops it)")
    try:
        make_server(app).run(sockets=[listening])
    finally:
        if kept is not None:
            kept.close()


def _log(access: Access) -> None:
    # A line at a time and straight to the stream: it is said with every call.
    sys.stderr.write(access.line() + "\n")
    sys.stderr.flush()
