"""A webhook's receiver on a loopback port that ends the sender's process at the event it is asked to."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Receiver:
    """``events`` are all that came, in order. ``kill_at`` counts from 1; ``answered`` says whether before or after.

    While it ``is_down`` it hangs up without an answer; ``hung_up`` counts how often.
    """

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.url = ""
        self.victim: int | None = None
        self.kill_at = 0
        self.answered = False
        self.statuses: list[int] = []
        self.is_down = False
        self.hung_up = 0

    def kill(self) -> None:
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
            self.victim = None

    def once_each(self) -> list[tuple[str, Any]]:
        """Events and payloads without those that were repeated, as a receiver that looks at ``id`` has them."""
        seen: dict[str, tuple[str, Any]] = {}
        for event in self.events:
            payload = event["payload"]
            shown = payload["records"] if "records" in payload else payload["status"]
            seen.setdefault(event["id"], (event["event"], shown))
        return list(seen.values())


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if receiver.is_down:
                receiver.hung_up += 1
                self.close_connection = True
                return
            receiver.events.append(json.loads(body))
            due = len(receiver.events) == receiver.kill_at
            if due and not receiver.answered:
                receiver.kill()
            status = receiver.statuses.pop(0) if receiver.statuses else 200
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                self.wfile.flush()
            except OSError:
                return  # it is gone
            if due and receiver.answered:
                receiver.kill()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
