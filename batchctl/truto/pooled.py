"""Many requests over connections that stay open.

aiohttp is used since it takes a tenth of the processor time that httpx takes per call (``benchmarks/direct.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from batchctl.errors import ConnectionFailed, ServiceError
from batchctl.truto.failures import reason
from batchctl.truto.transport import (
    CHUNK,
    MAX_HEADER,
    half_an_answer,
    no_answer,
    no_connection,
    no_connection_in_time,
    not_http,
    not_whole_in_time,
    nothing_in_time,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Mapping
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from batchctl.truto.connection import Connection
    from batchctl.truto.proxies import Proxy


_FAILURES = (aiohttp.ClientError, TimeoutError, OSError, ValueError)


class _Response:
    """An answer of aiohttp."""

    __slots__ = ("_content", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.status = response.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}
        self._content = response.content

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes."""
        return self._content.iter_chunked(CHUNK)


class _Exchanged:
    """One request and its answer, as a context. A generator would take several times as long, with every call."""

    __slots__ = ("_begin", "_connection", "_context")

    def __init__(
        self, connection: Connection, begin: Callable[[], AbstractAsyncContextManager[aiohttp.ClientResponse]]
    ) -> None:
        self._connection = connection
        self._begin = begin

    async def __aenter__(self) -> _Response:
        try:
            self._context = self._begin()
            return _Response(await self._context.__aenter__())
        except _FAILURES as error:
            raise explained(error, self._connection) from None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._context.__aexit__(kind, error, trace)
        except _FAILURES as failed:
            raise explained(failed, self._connection) from None
        if isinstance(error, _FAILURES):
            raise explained(error, self._connection) from None


class PooledTransport:
    """Sends requests with aiohttp, over at most ``connections`` connections, which stay open until ``aclose``.

    ``proxy`` is the proxy to use, if any; ``certificates`` are the authorities to trust over https, None for the
    system's.
    """

    def __init__(
        self, connection: Connection, connections: int, proxy: Proxy | None, certificates: ssl.SSLContext | None
    ) -> None:
        self._connection = connection
        self._connections = connections
        self._proxy = proxy
        self._certificates: ssl.SSLContext | bool = certificates or True
        self._session: aiohttp.ClientSession | None = None

    def request(self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]) -> _Exchanged:
        """Send one request: a context in which the response can be read. Every failure is raised as ``ServiceError``.

        ``method`` is HTTP's, ``url`` is encoded, ``content`` is the body, None for none; ``headers`` are added to the
        connection's own.
        """
        return _Exchanged(self._connection, lambda: self._sent(method, url, content, headers))

    def _sent(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        proxy = self._proxy
        return self._opened().request(
            method,
            URL(url, encoded=True),
            data=content,
            headers=headers,
            allow_redirects=False,
            proxy=proxy.url if proxy else None,
            proxy_headers=proxy.headers if proxy and proxy.headers else None,
            ssl=self._certificates,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeouts = self._connection.timeouts
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections),
                timeout=aiohttp.ClientTimeout(
                    total=timeouts.call_s, sock_connect=timeouts.connect_s, sock_read=timeouts.silence_s
                ),
                headers=self._connection.headers,
                skip_auto_headers=["User-Agent"],
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_line_size=MAX_HEADER,
                max_field_size=MAX_HEADER,
            )
            # aiohttp would repeat a DELETE by itself when a kept connection turns out to be closed; what may be
            # sent again is decided in one place, and that is not here.
            self._session._retry_connection = False  # noqa: SLF001 - there is no public option
        return self._session


def explained(error: Exception, connection: Connection) -> ServiceError:
    """The ``ServiceError`` to raise for ``error``, one of aiohttp or a socket; its message is a sentence for people."""
    host = connection.host
    match error:
        case aiohttp.ConnectionTimeoutError():
            return no_connection_in_time(connection)
        case aiohttp.ServerTimeoutError():
            return nothing_in_time(connection)
        case aiohttp.ClientConnectorError():
            return no_connection(connection, error.os_error)
        case aiohttp.ClientHttpProxyError():
            said = f"the proxy refuses the connection to {host}: {error.status}"
            return ConnectionFailed(said, hint="check HTTPS_PROXY and ALL_PROXY", sent=False)
        case aiohttp.ServerFingerprintMismatch():
            return ConnectionFailed(f"can't connect to {host}: its certificate is not trusted", sent=False)
        case aiohttp.ClientResponseError():
            return not_http(connection, error.message)
        case aiohttp.ClientPayloadError():
            return half_an_answer(connection)
        case aiohttp.ClientConnectionError() | ConnectionError():
            return no_answer(connection)
        case TimeoutError():
            return not_whole_in_time(connection)
        case _:
            return ServiceError(f"the request to {host} can't be made: {reason(error)}")
