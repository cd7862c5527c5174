"""An HTTP server on this machine that answers byte for byte what a test has written down."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@dataclass(frozen=True)
class Asked:
    """One request as it came in; names of ``headers`` are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Closed:
    """``data`` is sent, then the connection is closed."""

    data: bytes = b""


@dataclass(frozen=True)
class Silent:
    """``data`` is sent, then nothing more until the test is over."""

    data: bytes = b""


Answer: TypeAlias = "bytes | Closed | Silent"


def answer(body: object = None, status: int = 200, *, raw: bytes | None = None, **headers: str) -> bytes:
    """A whole response: ``body`` as JSON, or ``raw`` bytes."""
    data = raw if raw is not None else json.dumps(body).encode()
    names = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    lines = [f"HTTP/1.1 {status} Whatever", f"content-length: {len(data)}", *(f"{k}: {v}" for k, v in names.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data


@dataclass
class Api:
    url: str
    asked: list[Asked] = field(default_factory=list)


class _Server:
    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = list(answers)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.api = Api(f"http://127.0.0.1:{self._listening.getsockname()[1]}")
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def close(self) -> None:
        self._over.set()
        # What waits for a connection or for more of a request goes on once its socket is shut.
        socket.create_connection(self._listening.getsockname()).close()
        self._threads[0].join()
        for each in self._open:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        for thread in self._threads:
            thread.join()
        for each in [*self._open, self._listening]:
            each.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            self._open.append(connection)
            if self._over.is_set():
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection.makefile("rb") as file:
                while self._one(connection, file):
                    pass
        except OSError:
            return

    def _one(self, connection: socket.socket, file: Any) -> bool:
        first = file.readline().decode("latin-1").split()
        if len(first) != 3:
            return False
        headers = {}
        while (line := file.readline().strip()) and b":" in line:
            name, _, text = line.decode("latin-1").partition(":")
            headers[name.lower()] = text.strip()
        body = file.read(int(headers.get("content-length", 0)))
        with self._lock:
            self.api.asked.append(Asked(first[0], first[1], headers, body))
            chosen = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        connection.sendall(chosen if isinstance(chosen, bytes) else chosen.data)
        if isinstance(chosen, Silent):
            self._over.wait()
        if isinstance(chosen, Closed):
            connection.shutdown(socket.SHUT_RDWR)
        return isinstance(chosen, bytes)


@contextmanager
def scripted(*answers: Answer) -> Iterator[Api]:
    """Gives the answers in turn, the last one again and again."""
    server = _Server(answers)
    try:
        yield server.api
    finally:
        server.close()
