"""A small API that makes contacts: it knows each idempotency key, counts what it made, and may be slow."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


class Contacts:
    """``made`` counts writes that were carried out, by what they made; ``keys`` are those that came, ``sent`` all."""

    def __init__(self) -> None:
        self.made: Counter[tuple[str, str]] = Counter()
        self.keys: dict[str, tuple[str, str]] = {}
        self.sent: list[tuple[float, str, str]] = []
        self.tokens: set[str] = set()
        self.slow_s = 0.0
        self.busy: set[str] = set()
        self.url = ""
        self._lock = threading.Lock()

    def create(self, account: str, key: str, name: str) -> None:
        """Carry a write out, unless its key came before."""
        with self._lock:
            if key in self.keys:
                return
            self.keys[key] = (account, name)
            self.made[account, name] += 1

    def came(self, account: str, path: str) -> bool:
        """Take note of a request; whether the account was just told to wait, which happens once to each in ``busy``."""
        with self._lock:
            self.sent.append((time.monotonic(), account, path))
            if account in self.busy:
                self.busy.remove(account)
                return True
            return False


@contextmanager
def contacts(port: int = 0) -> Iterator[Contacts]:
    """The API, on a port of this machine."""
    state = Contacts()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["content-length"] or 0))))

        def _answer(self, body: dict[str, str] | None) -> None:
            url = urlsplit(self.path)
            account = parse_qs(url.query)["integrated_account_id"][0]
            state.tokens.add(self.headers["authorization"] or "")
            if state.came(account, url.path):
                self._send(429, {"statusCode": 429, "message": "slow down"}, {"retry-after": "8"})
                return
            time.sleep(state.slow_s)
            if body is None:
                self._send(200, {"result": [{"id": account, "name": f"of {account}"}]})
                return
            state.create(account, self.headers["idempotency-key"] or "", body["name"])
            time.sleep(state.slow_s)
            self._send(200, {"result": {"id": body["name"], "name": body["name"]}})

        def _send(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                # A worker that was killed does not read its answer.
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> None:
    """Answer on a port of this machine until stdin ends; then tell what was made, as JSON."""
    with contacts(int(sys.argv[1])) as state:
        sys.stdin.read()
        sys.stdout.write(json.dumps({f"{account} {name}": count for (account, name), count in state.made.items()}))


if __name__ == "__main__":
    main()
