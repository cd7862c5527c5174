"""``batchctl serve``: the service's routes on this machine, over a fixtures folder."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Annotated

import typer

from batchctl.cli.options import Color, ColorOption, DebugOption, QuietOption
from batchctl.errors import UsageError
from batchctl.files import reason_of

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
    quiet: QuietOption = False,
    color: ColorOption = Color.AUTO,
    debug: DebugOption = False,  # noqa: ARG001 - read by __main__ when something breaks
) -> None:
    """Answer POST /batch-request, /unified/… and /proxy/… from a fixtures folder."""
    import uvicorn

    from batchctl.cli.terminal import Terminal
    from batchctl.engine.backends.fixtures import FixtureBackend
    from batchctl.server.app import make_app

    terminal = Terminal(color, quiet=quiet, secrets=[token] if token else [])
    if host not in _LOOPBACK and not token:
        raise UsageError(f"{host} can be reached by others", hint="set a token with --token or BATCHCTL_SERVE_TOKEN")
    app = make_app(FixtureBackend(fixtures), token=token)
    listening = _listen(host, port)
    address = listening.getsockname()
    shown = f"[{address[0]}]" if ":" in address[0] else address[0]
    terminal.note(f"serving {fixtures} on http://{shown}:{address[1]} (Ctrl-C stops it)")
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    server.run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        reason = reason_of(error)
        raise UsageError(f"can't listen on {host}:{port}: {reason}", hint="choose another --port") from error
    return listening
