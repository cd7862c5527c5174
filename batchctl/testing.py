"""For the tests of programs that call Truto: transports for httpx, a running server, answers written by hand.

    import httpx
    from batchctl.testing import transport

    client = httpx.Client(transport=transport("tests/fixtures"), base_url="https://api.truto.one")

Wherever ``fixtures`` is asked for, it is the path of a folder as ``docs/fixtures.md`` describes it, or a backend such
as ``Answers``. What a test changes is gone with the transport or the server. With pytest the fixture
``batchctl_server`` is there without an import; see ``docs/testing.md``.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import httpx

from batchctl.engine.backends.answers import Answers
from batchctl.engine.backends.base import Backend, Reply
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.server.app import App, make_app
from batchctl.server.serving import running
from batchctl.server.worlds import FixtureWorld, World
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Answers", "Reply", "RunningServer", "async_transport", "server", "transport"]

Fixtures: TypeAlias = str | Path | Backend
TOKEN = "batchctl-testing-token"  # noqa: S105 - it opens nothing but a server of a test


class RunningServer(Struct, frozen=True):
    """A server that runs while a test does: its URL (``http://127.0.0.1:…``), and the bearer token that it asks for."""

    url: str
    token: str


def transport(fixtures: Fixtures, *, token: str | None = None) -> httpx.BaseTransport:
    """A transport for ``httpx.Client`` that answers as Truto would from ``fixtures``, without a network.

    ``fixtures`` is the path of a folder, or a backend. With a ``token`` every request must have it as its bearer token,
    else it gets an answer 401; None asks for none. Raises ``FixtureError`` for a folder that can't be used.
    """
    return _Transport(_app(fixtures, token))


def async_transport(fixtures: Fixtures, *, token: str | None = None) -> httpx.AsyncBaseTransport:
    """A transport for ``httpx.AsyncClient`` that answers as Truto would from ``fixtures``, without a network.

    ``fixtures`` is the path of a folder, or a backend. With a ``token`` every request must have it as its bearer token,
    else it gets an answer 401; None asks for none. Raises ``FixtureError`` for a folder that can't be used.
    """
    return _AsyncTransport(_app(fixtures, token))


@contextmanager
def server(fixtures: Fixtures, *, token: str = TOKEN) -> Iterator[RunningServer]:
    """A context with a server that answers as Truto would from ``fixtures``, on a free port of this machine.

    It is for programs with an HTTP client of their own. ``fixtures`` is the path of a folder, or a backend; ``token``
    is the one that requests must have. Raises ``FixtureError`` for a folder that can't be used, ``UsageError`` where it
    can't listen.
    """
    with running(_app(fixtures, token)) as url:
        yield RunningServer(url, token)


def _app(fixtures: Fixtures, token: str | None) -> App:
    if isinstance(fixtures, str | Path):
        world: World = FixtureWorld(FixtureFolder(Path(fixtures), watch=True))
    else:
        world = World(fixtures)
    return make_app(world, token=token, any_host=True)


class _AsyncTransport(httpx.AsyncBaseTransport):
    def __init__(self, app: App) -> None:
        self._inner = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._inner.handle_async_request(request)


class _Transport(httpx.BaseTransport):
    """Runs the application in an event loop of its own: the caller may be inside another one."""

    def __init__(self, app: App) -> None:
        self._inner = httpx.ASGITransport(app)
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
                self._thread.start()
        request.read()
        asked = asyncio.run_coroutine_threadsafe(self._answer(request), self._loop)
        return asked.result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        whole = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        response = await self._inner.handle_async_request(whole)
        data = b"".join([chunk async for chunk in response.stream])  # type: ignore[union-attr]  # ASGITransport's is asynchronous
        return httpx.Response(response.status_code, headers=response.headers, content=data, request=request)

    def close(self) -> None:
        with self._lock:
            if self._thread is not None:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
                self._thread = None
            if not self._loop.is_closed():
                self._loop.close()
