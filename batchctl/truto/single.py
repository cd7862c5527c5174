"""A request over a connection of its own, for commands that make one.

aiohttp takes longer to import than such a request takes (docs/decisions/0009-two-transports.md). h11 knows HTTP/1.1,
aiohappyeyeballs, which aiohttp connects with too, which of a host's addresses answers first.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohappyeyeballs
import h11

from batchctl.errors import ServiceError
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
    from collections.abc import AsyncIterator, Mapping
    from urllib.parse import SplitResult

    from batchctl.truto.connection import Connection

# RFC 8305 (section 5): how long an address has before the next one is tried beside it, in seconds.
_NEXT_ADDRESS_S = 0.25
# All headers together.
_MAX_HEAD = 4 * MAX_HEADER


class SingleTransport:
    """Sends each request over a connection of its own, closed afterwards; for commands that make a single request.

    ``certificates`` are the authorities to trust over https; None for plain http.
    """

    def __init__(self, connection: Connection, certificates: ssl.SSLContext | None) -> None:
        self._connection = connection
        self._certificates = certificates

    @asynccontextmanager
    async def request(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> AsyncIterator[_Response]:
        """Send one request: a context in which the response can be read. Every failure is raised as ``ServiceError``.

        ``method`` is HTTP's, ``url`` is encoded, ``content`` is the body, None for none; ``headers`` are added to the
        connection's own.
        """
        parts = urlsplit(url)
        try:
            async with asyncio.timeout(self._connection.timeouts.call_s):
                reader, writer = await self._connected(parts)
                try:
                    response = _Response(self._connection, reader)
                    writer.write(response.request(method, parts, content, headers))
                    await response.begin()
                    yield response
                finally:
                    writer.transport.abort()
        except h11.LocalProtocolError as error:
            raise ServiceError(f"the request to {self._connection.host} can't be made: {reason(error)}") from None
        except TimeoutError:
            raise not_whole_in_time(self._connection) from None

    async def aclose(self) -> None:
        """Does nothing: no connection stays open."""

    async def _connected(self, parts: SplitResult) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = parts.hostname or ""
        port = parts.port or (80 if self._certificates is None else 443)
        timeout = asyncio.timeout(self._connection.timeouts.connect_s)
        try:
            async with timeout:
                found = await asyncio.get_running_loop().getaddrinfo(
                    host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
                )
                sock = await aiohappyeyeballs.start_connection(found, happy_eyeballs_delay=_NEXT_ADDRESS_S)
                return await asyncio.open_connection(
                    sock=sock,
                    limit=4 * CHUNK,
                    ssl=self._certificates,
                    server_hostname=host if self._certificates else None,
                )
        except (OSError, ValueError) as error:
            if timeout.expired():
                raise no_connection_in_time(self._connection) from None
            raise no_connection(self._connection, error) from None


class _Response:
    """An answer as h11 reads it from a connection."""

    def __init__(self, connection: Connection, reader: asyncio.StreamReader) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self._connection = connection
        self._reader = reader
        self._begun = False
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MAX_HEAD)

    def request(self, method: str, parts: SplitResult, content: bytes | None, headers: Mapping[str, str]) -> bytes:
        """The bytes of a request; it is the last one on its connection."""
        own = {"Host": parts.netloc, "Connection": "close"}
        if content is not None:
            own["Content-Length"] = str(len(content))
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        fields = [*{**own, **self._connection.headers, **headers}.items()]
        events: list[h11.Event] = [h11.Request(method=method, target=target, headers=fields), h11.EndOfMessage()]
        if content:
            events.insert(1, h11.Data(data=content))
        return b"".join(self._http.send(event) or b"" for event in events)

    async def begin(self) -> None:
        """Wait for the head."""
        while True:
            match await self._event():
                case h11.Response(status_code=status, headers=headers):
                    break
                case h11.InformationalResponse(status_code=HTTPStatus.SWITCHING_PROTOCOLS):
                    raise not_http(self._connection, "it changes to another protocol")
                case h11.InformationalResponse():
                    pass
                case _:
                    raise no_answer(self._connection)
        self.status = status
        self.headers = {name.decode("ascii"): value.decode("utf-8", "surrogateescape") for name, value in headers}

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def _event(self) -> object:
        """What comes next."""
        ended = False
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                # Within a body, too, whoever reads it keeps what has come.
                if self.status:
                    raise half_an_answer(self._connection) from None
                why = str(error).replace("bytearray", "")
                raise (no_answer(self._connection) if ended else not_http(self._connection, why)) from None
            if event is not h11.NEED_DATA:
                return event
            data = await self._received()
            if not self._begun and not data.startswith(b"HTTP/"[: len(data)]):
                # Another protocol, which may wait for us to go on.
                raise not_http(self._connection, "it begins with other bytes")
            self._begun, ended = True, not data
            self._http.receive_data(data)

    async def _received(self) -> bytes:
        """Some bytes; none at the end of the connection."""
        timeout = asyncio.timeout(self._connection.timeouts.silence_s)
        try:
            async with timeout:
                return await self._reader.read(CHUNK)
        except OSError:
            if timeout.expired():
                raise nothing_in_time(self._connection) from None
            raise (half_an_answer if self.status else no_answer)(self._connection) from None
