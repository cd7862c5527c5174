"""Listens and serves: the one place that knows uvicorn."""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from batchctl.errors import UsageError
from batchctl.files import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import uvicorn

    from batchctl.server.app import App

# A connection without a whole request for this many seconds is closed; between two requests it may rest longer.
_PARTIAL_S = 30.0
_KEEP_ALIVE_S = 75


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ``UsageError`` where it can't listen there.

    ``host`` is the name or address of an interface of this machine.
    """
    listening = None
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # asyncio turns off Nagle's algorithm only for sockets that say that they are TCP's: without the protocol
        # every answer on a connection that is kept open waits 40 ms for the client's delayed acknowledgement.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(2048)
    except OSError as error:
        if listening is not None:
            listening.close()
        raise UsageError(f"can't listen on {host}:{port}: {reason_of(error)}", hint="choose another --port") from error
    return listening


def url_of(listening: socket.socket) -> str:
    """The URL of a listening socket: ``http://127.0.0.1:8080``."""
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def make_server(app: App, *, partial_s: float = _PARTIAL_S) -> uvicorn.Server:
    """A uvicorn server for ``app``, to be started with ``server.run(sockets=[…])``.

    It uses uvloop and httptools where they are installed. A connection without a whole request for ``partial_s``
    seconds is closed.
    """
    import uvicorn

    config = uvicorn.Config(
        app,
        http=_protocol(partial_s),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


@contextmanager
def running(app: App) -> Iterator[str]:
    """A context in which ``app`` is served in a thread, on a free port of this machine; it gives the URL.

    Raises ``UsageError`` where it can't listen.
    """
    listening = listen("127.0.0.1", 0)
    server = make_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield url_of(listening)
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def _protocol(partial_s: float) -> type[asyncio.Protocol]:
    """Uvicorn's protocol, closing connections that begin a request and do not go on."""
    base: Any
    if importlib.util.find_spec("httptools"):
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

        base = HttpToolsProtocol
    else:
        from uvicorn.protocols.http.h11_impl import H11Protocol

        base = H11Protocol

    class Protocol(base):  # type: ignore[misc]  # one of two classes
        """Has a deadline from the first byte (or the connection) to the end of a request's headers."""

        _deadline: asyncio.TimerHandle | None = None
        _last_cycle: object = None

        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._start()

        def data_received(self, data: bytes) -> None:
            if self._deadline is None:
                self._start()
            super().data_received(data)
            if self.cycle is not self._last_cycle:
                self._last_cycle = self.cycle
                self._stop()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop()
            super().connection_lost(exc)

        def _start(self) -> None:
            self._deadline = asyncio.get_running_loop().call_later(partial_s, self._expire)

        def _stop(self) -> None:
            if self._deadline is not None:
                self._deadline.cancel()
                self._deadline = None

        def _expire(self) -> None:
            self._deadline = None
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()

    return Protocol
