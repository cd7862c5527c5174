"""``batchctl receive``: the other side of a webhook, on this machine."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads it at run time
from typing import Annotated

import typer

from batchctl.cli.deliver_options import SECRET_VARIABLE


def receive(
    *,
    secret: Annotated[
        str | None, typer.Option("--secret", envvar=SECRET_VARIABLE, help="Refuse what is not signed with it.")
    ] = None,
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 8790,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write each event to a file.")] = None,
    stop: Annotated[
        bool, typer.Option("--stop", help="Answer 400 to sync_job_run:started, which stops the run.")
    ] = False,
) -> None:
    """Receive the events of sync jobs: verify, print, keep."""
    from functools import partial

    from batchctl.destinations.receiver import Receiving, receiver

    server = receiver(host, port, Receiving(typer.echo, partial(typer.echo, err=True), secret, out, stop))
    typer.echo(f"receiving on http://{host}:{server.server_port}", err=True)
    try:
        server.serve_forever()
    finally:
        server.server_close()
