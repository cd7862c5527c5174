"""The one HTTP exchange with Truto: every request goes out here, and every failure becomes one of our errors.

Redirects are not followed, so that the token goes nowhere else; no cookie is kept; nothing is sent again from here.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urljoin, urlsplit

from batchctl.errors import Refused
from batchctl.plain import clean
from batchctl.truto.failures import with_request
from batchctl.truto.proxies import certificates, proxy_for
from batchctl.truto.unpacking import Unpacker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from batchctl.truto.connection import Connection
    from batchctl.truto.transport import Response, Transport
    from batchctl.truto.unpacking import Bounds

# A header may have 64 KiB.
_MAX_SHOWN = 200
_REQUEST_IDS = ("x-request-id", "request-id", "cf-ray")


class Incoming:
    """A response whose status and headers have been received, and whose body can be read once.

    ``status`` is the HTTP status; names of ``headers`` are in lower case. ``bounds`` limit the body's size; ``host`` is
    for the messages of errors. ``Exchange.send`` gives it.
    """

    __slots__ = ("_bounds", "_host", "_response", "headers", "status")

    def __init__(self, response: Response, host: str, bounds: Bounds) -> None:
        self.status = response.status
        self.headers = response.headers
        self._response = response
        self._host = host
        self._bounds = bounds

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    @property
    def content_type(self) -> str:
        """The ``Content-Type`` header, with its charset; empty where there is none."""
        return self.headers.get("content-type", "")

    @property
    def request_id(self) -> str | None:
        """The service's id for the request; None where it gives none."""
        return next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), None)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it is received, in pieces, with gzip and deflate unpacked.

        Raises ``BadAnswer`` for one beyond the bounds or that can't be unpacked, ``ServiceError`` where it breaks off.
        """
        unpacker = self._unpacker()
        async for chunk in self._response.chunks():
            for piece in unpacker.feed(chunk):
                yield piece
        unpacker.end()

    async def body(self, most_bytes: int | None = None) -> bytes:
        """The whole body, unpacked; with ``most_bytes`` reading stops once that many have come.

        The result may be longer than that, by less than one piece. Raises ``BadAnswer`` for one beyond the bounds or
        that can't be unpacked, ``ServiceError`` where it breaks off.
        """
        unpacker, data = self._unpacker(), bytearray()
        async for chunk in self._response.chunks():
            for piece in unpacker.feed(chunk):
                data += piece
                if most_bytes is not None and len(data) >= most_bytes:
                    return bytes(data)
        unpacker.end()
        return bytes(data)

    def _unpacker(self) -> Unpacker:
        return Unpacker(self.headers.get("content-encoding", ""), self._bounds, self._host)


class Exchange:
    """Sends requests to one API and receives the responses; the only place where HTTP to Truto is done.

    Up to ``connections`` connections stay open until ``aclose``. ``single`` is for a single request: it uses a
    connection of its own and imports less. Proxies and certificates come from the environment; the constructor raises
    ``UsageError`` where they can't be used.
    """

    def __init__(self, connection: Connection, *, connections: int = 10, single: bool = False) -> None:
        self._connection = connection
        self._base = connection.api_url.rstrip("/")
        self._transport = _transport(connection, connections, single=single)

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
        """Send one request: a context in which the response can be read.

        ``method`` is HTTP's, ``target`` the path with its query, encoded (``/sync-job?limit=1``), ``content`` the body,
        None for none; ``headers`` are added to the connection's; ``bounds`` limit the response. Raises ``TimedOut`` and
        ``ConnectionFailed`` without a response, ``Refused`` for a redirect, ``BadAnswer`` for what is no HTTP, can't be
        unpacked or is too large, and ``ServiceError`` for a request that can't be made.
        """
        url = self._base + target
        sent = {"Accept-Encoding": "gzip, deflate", **(headers or {})}
        async with self._transport.request(method, url, content, sent) as response:
            incoming = Incoming(response, self._connection.host, bounds)
            if 300 <= incoming.status < 400:
                self._refuse_redirect(incoming, url)
            yield incoming

    async def aclose(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

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
            path = clean(where.path, _MAX_SHOWN)
            said = f"{host} redirects to another path on the same host, {path}, and redirects are not followed"
        else:
            # As it was written: urllib's ``hostname`` is in lower case, in which no secret is recognised.
            target = clean(where.netloc.rpartition("@")[2], _MAX_SHOWN) or "an address that can't be read"
            said = f"{host} redirects to {target}, where the token is not sent"
        message = with_request(said, incoming.request_id)
        raise Refused(message, hint=hint, status=incoming.status, request_id=incoming.request_id)


def _transport(connection: Connection, connections: int, *, single: bool) -> Transport:
    """What carries the requests; each of the two is imported only where it is used."""
    proxy = proxy_for(connection.api_url)
    trusted = certificates() if connection.api_url.lower().startswith("https:") else None
    if single and proxy is None and connection.host.isascii():
        from batchctl.truto.single import SingleTransport  # noqa: PLC0415 - see above

        return SingleTransport(connection, trusted)
    from batchctl.truto.pooled import PooledTransport  # noqa: PLC0415 - see above

    return PooledTransport(connection, connections, proxy, trusted)


def _titled(status: int) -> str:
    """``302 Found``; the number alone where it has no name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
