"""The one HTTP exchange with Truto: every request goes out here, and every failure becomes one of our errors.

aiohttp is used since it takes a tenth of the processor time that httpx takes per call (``benchmarks/direct.py``).
Redirects are not followed, so that the token goes nowhere else; no cookie is kept; nothing is sent again from here.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from batchctl.errors import BadAnswer, ConnectionFailed, Refused, ServiceError, TimedOut
from batchctl.truto.failures import reason, with_request
from batchctl.truto.proxies import certificates, proxy_for
from batchctl.truto.unpacking import Unpacker

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Mapping

    from batchctl.truto.connection import Connection
    from batchctl.truto.unpacking import Bounds

_REQUEST_IDS = ("x-request-id", "request-id", "cf-ray")
_CHUNK = 1 << 16
# A provider's headers, passed on by Truto, may be longer than the 8 KiB that aiohttp expects.
_MAX_HEADER = 1 << 16


class Incoming:
    """An answer of which the head is here. ``headers`` have names in lower case."""

    __slots__ = ("_bounds", "_host", "_response", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse, host: str, bounds: Bounds) -> None:
        self.status = response.status
        self.headers: dict[str, str] = {name.lower(): value for name, value in response.headers.items()}
        self._response = response
        self._host = host
        self._bounds = bounds

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """The declared type, with its charset; empty where there is none."""
        return self.headers.get("content-type", "")

    @property
    def request_id(self) -> str | None:
        """The service's own id for the request."""
        return next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), None)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, unpacked, as it comes. Raises ``BadAnswer`` beyond the bounds."""
        unpacker = Unpacker(self.headers.get("content-encoding", ""), self._bounds, self._host)
        async for chunk in self._response.content.iter_chunked(_CHUNK):
            for piece in unpacker.feed(chunk):
                yield piece
        unpacker.end()

    async def body(self, most_bytes: int | None = None) -> bytes:
        """All of it; only the beginning where ``most_bytes`` says how much is enough."""
        data = bytearray()
        async for piece in self.pieces():
            data += piece
            if most_bytes is not None and len(data) >= most_bytes:
                break
        return bytes(data)


class Exchange:
    """Requests to one API over at most ``connections`` connections, which stay open until ``aclose``.

    Proxies and certificates come from the environment. Raises ``UsageError`` where they can't be used.
    """

    def __init__(self, connection: Connection, *, connections: int = 10) -> None:
        self._connection = connection
        self._base = connection.api_url.rstrip("/")
        self._connections = connections
        self._proxy = proxy_for(connection.api_url)
        self._certificates: ssl.SSLContext | bool = certificates() if self._base.lower().startswith("https:") else True
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def send(
        self,
        method: str,
        target: str,
        *,
        bounds: Bounds,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Incoming]:
        """Send one request; ``target`` is a path with its query, encoded. The answer can be read inside the block.

        Raises ``TimedOut`` and ``ConnectionFailed`` without an answer, ``Refused`` for a redirect, ``BadAnswer`` for
        what is no HTTP, can't be unpacked or is too large, and ``ServiceError`` for a request that can't be made.
        """
        url = self._base + target
        proxy = self._proxy
        try:
            async with self._opened().request(
                method,
                URL(url, encoded=True),
                data=content,
                headers=headers,
                allow_redirects=False,
                proxy=proxy.url if proxy else None,
                proxy_headers=proxy.headers if proxy and proxy.headers else None,
                ssl=self._certificates,
            ) as response:
                incoming = Incoming(response, self._connection.host, bounds)
                if 300 <= incoming.status < 400:
                    self._refuse_redirect(incoming, url)
                yield incoming
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            self._explain(error)

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
                headers={"Accept-Encoding": "gzip, deflate", **self._connection.headers},
                skip_auto_headers=["User-Agent"],
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                max_line_size=_MAX_HEADER,
                max_field_size=_MAX_HEADER,
            )
            # aiohttp would repeat a DELETE by itself when a kept connection turns out to be closed; what may be
            # sent again is decided in one place, and that is not here.
            self._session._retry_connection = False  # noqa: SLF001 - there is no public option
        return self._session

    def _refuse_redirect(self, incoming: Incoming, url: str) -> NoReturn:
        host = self._connection.host
        location = incoming.headers.get("location", "")
        try:
            where = urlsplit(urljoin(url, location))
        except ValueError:
            where = urlsplit("")
        hint = "check --api-url"
        if incoming.status == HTTPStatus.NOT_MODIFIED:
            said = f"{host} answered 304 Not Modified, which refers to an answer that batchctl does not have"
            hint = "a cache on the way is at fault; check --api-url and the proxy"
        elif not location:
            said = f"{host} answered {_titled(incoming.status)}, without an address to go to"
        elif (where.scheme, where.netloc) == urlsplit(url)[:2]:
            said = f"{host} redirects to another path on the same host, {where.path}, and redirects are not followed"
        else:
            # As it was written: urllib's ``hostname`` is in lower case, in which no secret is recognised.
            target = where.netloc.rpartition("@")[2] or "an address that can't be read"
            said = f"{host} redirects to {target}, where the token is not sent"
        message = with_request(said, incoming.request_id)
        raise Refused(message, hint=hint, status=incoming.status, request_id=incoming.request_id)

    def _explain(self, error: Exception) -> NoReturn:
        raise explained(error, self._connection) from None


def _titled(status: int) -> str:
    """``302 Found``; the number alone where it has no name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def explained(error: Exception, connection: Connection) -> ServiceError:
    """What one of aiohttp's errors, or one of the socket's, means for the user."""
    host, timeouts = connection.host, connection.timeouts
    match error:
        case aiohttp.ConnectionTimeoutError():
            return TimedOut(
                f"no connection to {host} within {timeouts.connect_s:g} s",
                hint="--connect-timeout gives it longer",
                sent=False,
            )
        case aiohttp.ServerTimeoutError():
            hint = "what was asked for may still be in progress; give it longer with --timeout"
            return TimedOut(f"nothing came from {host} for {timeouts.silence_s:g} s", hint=hint)
        case aiohttp.ClientConnectorError():
            return ConnectionFailed(
                f"can't connect to {host}: {reason(error.os_error)}",
                hint="check --api-url and the network",
                sent=False,
            )
        case aiohttp.ClientHttpProxyError():
            said = f"the proxy refuses the connection to {host}: {error.status}"
            return ConnectionFailed(said, hint="check HTTPS_PROXY and ALL_PROXY", sent=False)
        case aiohttp.ServerFingerprintMismatch():
            return ConnectionFailed(f"can't connect to {host}: its certificate is not trusted", sent=False)
        case aiohttp.ClientResponseError():
            return BadAnswer(
                f"the answer from {host} is not HTTP: {reason(ValueError(error.message))}", hint="check --api-url"
            )
        case aiohttp.ClientPayloadError():
            return ConnectionFailed(f"{host} closed the connection in the middle of its answer")
        case aiohttp.ClientConnectionError() | ConnectionError():
            return ConnectionFailed(f"{host} closed the connection without an answer")
        case TimeoutError():
            said = f"no whole answer from {host} within {timeouts.call_s or 0:g} s"
            return TimedOut(said, hint="--call-timeout gives it longer")
        case _:
            return ServiceError(f"the request to {host} can't be made: {reason(error)}")
