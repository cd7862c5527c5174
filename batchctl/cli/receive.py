"""``batchctl receive``: the other side of a webhook, on this machine."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path  # noqa: TC003 - typer reads it at run time
from threading import Lock
from typing import TYPE_CHECKING, Annotated

import typer

from batchctl.cli.deliver_options import SECRET_VARIABLE
from batchctl.destinations.envelope import is_signed
from batchctl.errors import BatchctlError
from batchctl.files import reason_of, write_whole
from batchctl.plain import clean

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BYTES = 64 * 2**20


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
    try:
        server = ThreadingHTTPServer((host, port), _handler(secret, out, stop=stop))
    except OSError as error:
        raise BatchctlError(f"can't listen on {host}:{port}: {reason_of(error)}") from error
    typer.echo(f"receiving on http://{host}:{server.server_port}", err=True)
    try:
        server.serve_forever()
    finally:
        server.server_close()


def _handler(secret: str | None, out: Path | None, *, stop: bool) -> type[BaseHTTPRequestHandler]:
    keep = _keeper(out)

    class Handler(BaseHTTPRequestHandler):
        """Answers posts."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Verify, keep and print one event."""
            length = self.headers.get("Content-Length", "")
            if not length.isdigit() or int(length) > MAX_BYTES:
                self._answer(413 if length.isdigit() else 411, "the body has no length, or is too long")
                return
            body = self.rfile.read(int(length))
            if secret is not None and not is_signed(body, dict(self.headers.items()), secret):
                self._answer(401, "the signature is missing or wrong")
                return
            try:
                event = json.loads(body)
            except ValueError:
                self._answer(400, "the body is not JSON")
                return
            name = str(event.get("event")) if isinstance(event, dict) else "?"
            if stop and name == "sync_job_run:started":
                self._answer(400, "stopped")
                return
            keep(event, name)
            self._answer(200, "ok")

        def _answer(self, status: int, message: str) -> None:
            text = json.dumps({"message": message}).encode()
            if status != 200:
                typer.echo(f"{status} {message}", err=True)
                self.close_connection = True
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            """Say nothing of its own."""

    return Handler


def _keeper(out: Path | None) -> Callable[[object, str], None]:
    lock, count = Lock(), [0]

    def keep(event: object, name: str) -> None:
        with lock:
            count[0] += 1
            if out is not None:
                out.mkdir(parents=True, exist_ok=True)
                write_whole(out / f"{count[0]:05}.json", [json.dumps(event, ensure_ascii=False, indent=2), "\n"])
            payload = event.get("payload") if isinstance(event, dict) else None
            records = payload.get("records") if isinstance(payload, dict) else None
            many = f" {payload.get('resource')} {len(records)}" if isinstance(records, list) and payload else ""
            typer.echo(clean(f"{name}{many}", 200))

    return keep
