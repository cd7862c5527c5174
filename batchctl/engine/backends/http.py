"""Truto's ``/unified`` and ``/proxy`` routes over HTTP. The one place in the engine that knows httpx."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, NoReturn

import httpx

from batchctl.engine.backends.base import Reply
from batchctl.errors import BadAnswer, ConnectionFailed, Refused, ServiceError, TimedOut, UsageError
from batchctl.json_types import read_json
from batchctl.truto.envelope import make_envelope
from batchctl.truto.failures import excerpt, reason
from batchctl.truto.query_string import query_string

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call
    from batchctl.truto.connection import Connection

# The largest answer to one call that is read, after unpacking.
MOST_BYTES = 64 * 2**20


class HttpBackend:
    """Sends calls for one integrated account over at most ``connections`` connections, which stay open.

    ``connection.timeout_s`` is the longest that one attempt may take as a whole. Proxies and CAs come from the
    environment, as httpx reads it. Raises ``UsageError`` where they can't be used.
    """

    def __init__(
        self,
        connection: Connection,
        account: str,
        *,
        connections: int = 10,
        most_bytes: int = MOST_BYTES,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._connection = connection
        self._base = connection.api_url.rstrip("/")
        self._account = query_string({"integrated_account_id": account})
        self._most_bytes = most_bytes
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        try:
            self._client = httpx.AsyncClient(
                headers=connection.headers, timeout=connection.timeout_s, limits=limits, transport=transport
            )
        except (ValueError, ImportError, OSError) as error:
            # A proxy or certificate file that the environment names and that can't be used.
            raise UsageError(
                f"can't use the proxy or certificate settings of the environment: {reason(error)}",
                hint="check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
            ) from None

    async def send(self, call: Call) -> Reply:
        """The answer to one call.

        Raises ``TimedOut`` or ``ConnectionFailed`` without an answer, ``Refused`` for a redirect, ``BadAnswer`` for
        one that is too large or not JSON.
        """
        try:
            path = call.path
            if any(segment in ("", ".", "..") for segment in path[1:].split("/")):
                # It would be another resource's address.
                return Reply(400, make_envelope(400, f'not sent: the id "{call.id or ""}" leads nowhere'))
            request = self._request(call, path)
            async with asyncio.timeout(self._connection.timeout_s):
                return await self._exchange(request)
        except UnicodeEncodeError:
            raise ServiceError("the call holds half a character (a lone surrogate), which can't be sent") from None
        except TimeoutError:
            raise TimedOut(self._no_answer()) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._explain(error)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _request(self, call: Call, path: str) -> httpx.Request:
        query = query_string(call.query)
        url = f"{self._base}{path}?{self._account}{'&' if query else ''}{query}"
        headers = self._client.headers
        if call.idempotency_key is not None:
            headers = httpx.Headers({**headers, "idempotency-key": call.idempotency_key})
        content = None if call.body is None else json.dumps(call.body, ensure_ascii=True).encode()
        return httpx.Request(call.http_method, url, headers=headers, content=content)

    async def _exchange(self, request: httpx.Request) -> Reply:
        response = await self._client.send(request, stream=True)
        try:
            if response.is_redirect:
                self._refuse_redirect(response)
            data = await self._read(response)
        finally:
            await response.aclose()
        if response.is_success:
            return Reply(response.status_code, self._decoded(data))
        return Reply(response.status_code, _decoded_error(data), dict(response.headers))

    async def _read(self, response: httpx.Response) -> bytes:
        chunks, size = [], 0
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > self._most_bytes:
                raise BadAnswer(f"the answer from {self._connection.host} is larger than {self._most_bytes:,} bytes")
            chunks.append(chunk)
        return b"".join(chunks)

    def _decoded(self, data: bytes) -> JsonValue:
        if not data:
            return None
        try:
            return read_json(data)
        except (ValueError, RecursionError):
            shown = excerpt(data) or "blank"
            raise BadAnswer(f"the answer from {self._connection.host} is not JSON: {shown}") from None

    def _refuse_redirect(self, response: httpx.Response) -> NoReturn:
        try:
            target = httpx.URL(response.headers.get("location", "")).host or "elsewhere"
        except httpx.InvalidURL:
            target = "elsewhere"
        message = f"{self._connection.host} redirects to {target}, where the token is not sent"
        raise Refused(message, hint="check --api-url", status=response.status_code)

    def _explain(self, error: httpx.HTTPError | httpx.InvalidURL) -> NoReturn:
        host = self._connection.host
        match error:
            case httpx.ConnectTimeout() | httpx.PoolTimeout():
                message = f"no connection to {host} within {self._connection.timeout_s:g} s"
                raise TimedOut(message, sent=False) from None
            case httpx.TimeoutException():
                raise TimedOut(self._no_answer()) from None
            case httpx.ConnectError() | httpx.ProxyError():
                raise ConnectionFailed(f"can't connect to {host}: {reason(error)}", sent=False) from None
            case httpx.DecodingError():
                raise BadAnswer(f"the answer from {host} can't be unpacked: {reason(error)}") from None
            case httpx.RemoteProtocolError() | httpx.NetworkError():
                raise ConnectionFailed(f"{host} broke off the connection: {reason(error)}") from None
            case _:
                raise ServiceError(f"the request to {host} can't be made: {reason(error)}") from None

    def _no_answer(self) -> str:
        return f"no answer from {self._connection.host} within {self._connection.timeout_s:g} s"


def _decoded_error(data: bytes) -> JsonValue:
    """The JSON of an error's body, or its beginning as text."""
    try:
        return read_json(data)
    except (ValueError, RecursionError):
        return excerpt(data)
