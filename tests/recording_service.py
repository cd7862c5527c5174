"""A service on this machine that remembers what it was sent."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import uvicorn

from batchctl.server.app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.backends.base import Backend

TOKEN = "tok-of-the-tests-1234"


@dataclass(frozen=True)
class Received:
    """One request as it came in: ``target`` is the path with its query, undecoded."""

    method: str
    target: str
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    url: str
    received: list[Received] = field(default_factory=list)


class Recorder:
    """Passes a request on to ``app`` once it has all of it, and keeps a copy."""

    def __init__(self, app: Any, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        query = scope["query_string"].decode()
        target = scope["raw_path"].decode() + (f"?{query}" if query else "")
        self._service.received.append(Received(scope["method"], target, body))

        async def again() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


@contextmanager
def served(backend: Backend) -> Iterator[Service]:
    """Answers from ``backend`` on a free port, to those who bring ``TOKEN``."""
    listening = socket.create_server(("127.0.0.1", 0))
    service = Service(f"http://127.0.0.1:{listening.getsockname()[1]}")
    app = Recorder(make_app(backend, token=TOKEN), service)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", http="h11"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield service
    finally:
        server.should_exit = True
        thread.join()
