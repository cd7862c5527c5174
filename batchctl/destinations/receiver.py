"""The other side of a webhook, on this machine: verifies, keeps and tells the events of sync jobs."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

from batchctl.destinations.envelope import is_signed
from batchctl.errors import UsageError
from batchctl.files import reason_of, write_whole
from batchctl.plain import clean

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_BYTES = 64 * 2**20


class Receiving(NamedTuple):
    """What a local webhook receiver does with each event that is posted to it.

    ``tell`` gets a line about each event that is accepted (answer 200), ``complain`` a line about each that is refused:
    401 for a wrong signature, 400 for a body that is no JSON, 500 where it can't be stored. Events must be signed with
    ``secret`` (None: no signature is asked for). ``out`` is a folder that gets a JSON file for each event,
    ``00001.json`` first (None: nothing is stored). ``stop`` answers ``sync_job_run:started`` with 400, which stops the
    run.
    """

    tell: Callable[[str], None]
    complain: Callable[[str], None]
    secret: str | None = None
    out: Path | None = None
    stop: bool = False


def receiver(host: str, port: int, how: Receiving) -> ThreadingHTTPServer:
    """An HTTP server for webhook posts, bound to ``host`` and ``port`` (0: a free one), not yet serving.

    ``how`` says what is done with each event. ``serve_forever`` of the result serves, ``shutdown`` from another thread
    ends that. Raises ``UsageError`` where it can't listen there.
    """
    try:
        return ThreadingHTTPServer((host, port), _handler(how))
    except OSError as error:
        raise UsageError(f"can't listen on {host}:{port}: {reason_of(error)}", hint="choose another --port") from error


def _handler(how: Receiving) -> type[BaseHTTPRequestHandler]:
    keep = _keeper(how)

    class Handler(BaseHTTPRequestHandler):
        """Answers posts."""

        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Verify, keep and print one event."""
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit()):
                self._answer(411, "the body has no length")
                return
            # So many digits are too many, whatever they are; Python would refuse to read thousands.
            if len(length) > 20 or int(length) > MAX_BYTES:
                self._answer(413, "the body is too long")
                return
            body = self.rfile.read(int(length))
            if how.secret is not None and not is_signed(body, dict(self.headers.items()), how.secret):
                self._answer(401, "the signature is missing or wrong")
                return
            try:
                event = json.loads(body)
            except (ValueError, RecursionError):
                self._answer(400, "the body is not JSON, or nested too deeply")
                return
            name = str(event.get("event")) if isinstance(event, dict) else "?"
            if how.stop and name == "sync_job_run:started":
                self._answer(400, "stopped")
                return
            try:
                keep(event, name)
            except (OSError, UsageError, RecursionError) as error:
                # Whoever sent it does so again.
                self._answer(500, f"the event can't be kept: {_why(error)}")
                return
            self._answer(200, "ok")

        def _answer(self, status: int, message: str) -> None:
            text = json.dumps({"message": message}).encode()
            if status != 200:
                how.complain(f"{status} {message}")
                self.close_connection = True
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            """Say nothing of its own."""

    return Handler


def _why(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return reason_of(error) if isinstance(error, OSError) else str(error)


def _keeper(how: Receiving) -> Callable[[object, str], None]:
    lock, numbers = Lock(), count(1)

    def keep(event: object, name: str) -> None:
        with lock:
            number = next(numbers)
            if how.out is not None:
                how.out.mkdir(parents=True, exist_ok=True)
                write_whole(how.out / f"{number:05}.json", [json.dumps(event, ensure_ascii=False, indent=2), "\n"])
            payload = event.get("payload") if isinstance(event, dict) else None
            records = payload.get("records") if isinstance(payload, dict) else None
            many = f" {payload.get('resource')} {len(records)}" if isinstance(records, list) and payload else ""
            how.tell(clean(f"{name}{many}", 200))

    return keep
