"""The HTTP exchange: one POST, sent again where that is safe, its answer streamed to disk and read from there."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from batchctl.errors import BadAnswer, ConnectionFailed, Refused, ServiceError, TimedOut, UsageError
from batchctl.json_types import read_json
from batchctl.service.reading import read_batch
from batchctl.truto.backoff import RETRYABLE, Backoff, retry_after_s
from batchctl.truto.failures import excerpt, reason, refusal, with_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from batchctl.json_types import JsonObject
    from batchctl.service.kept import Kept
    from batchctl.truto.connection import Connection

# More of an error's body than this is not read.
_MOST_ERROR_BYTES = 1 << 20
_REQUEST_IDS = ("x-request-id", "request-id", "cf-ray")
_NOT_JSON = object()


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The body of a whole answer, as it came, and the service's id for it."""

    body: JsonObject
    request_id: str | None = None


def _quiet(_attempt: int, _wait_s: float, _why: str) -> None:
    """Nobody is told of retries."""


@dataclass(frozen=True, slots=True)
class Retries:
    """How a failed exchange is repeated.

    ``repeatable`` says that a second execution does no harm: the batch only reads, or has an idempotency key. What
    failed before a byte was sent is repeated in any case. ``tell`` gets the attempt's number, seconds and why.
    """

    backoff: Backoff = field(default_factory=Backoff)
    repeatable: bool = False
    tell: Callable[[int, float, str], None] = _quiet
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = field(default=random.random)
    now: Callable[[], float] = time.time


class _Retryable(Exception):
    """An attempt that failed with ``error``; ``sent`` says whether the service may have seen it."""

    def __init__(self, error: ServiceError, *, sent: bool, status: int = 0, after_s: float | None = None) -> None:
        super().__init__()
        self.error = error
        self.sent = sent
        self.status = status
        self.after_s = after_s


async def submit(
    payload: JsonObject,
    connection: Connection,
    keep: Kept,
    *,
    retries: Retries | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> BatchAnswer:
    """Send a batch and read the answer.

    The answer's bytes go to ``keep`` before anything reads them: what came is on disk whatever happens next.
    Proxies and CAs come from the environment, as httpx reads it.

    Raises ``ConnectionFailed``, ``TimedOut``, ``CredentialsError``, ``Refused``, or ``BadAnswer``, whose ``salvaged``
    holds the records of an answer that was cut off.
    """
    retries = retries or Retries()
    content = json.dumps(payload, ensure_ascii=True, allow_nan=False).encode()
    async with _client(connection, transport) as client:
        attempt = 0
        while True:
            attempt += 1
            try:
                return await _exchange(client, content, connection, keep, retries.now)
            except _Retryable as failed:
                again = retries.repeatable or not failed.sent
                if not again or attempt > retries.backoff.retries:
                    raise failed.error from None
                wait_s = retries.backoff.wait_s(attempt, failed.status, failed.after_s, retries.random)
                retries.tell(attempt, wait_s, str(failed.error))
                await retries.sleep(wait_s)


def _client(connection: Connection, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(timeout=connection.timeout_s, transport=transport)
    except (ValueError, ImportError, OSError) as error:
        # A proxy or certificate file that the environment names and that can't be used.
        raise UsageError(
            f"can't use the proxy or certificate settings of the environment: {reason(error)}",
            hint="check HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE and SSL_CERT_DIR",
        ) from None


async def _exchange(
    client: httpx.AsyncClient, content: bytes, connection: Connection, keep: Kept, now: Callable[[], float]
) -> BatchAnswer:
    host = connection.host
    keep.restart()
    try:
        async with client.stream("POST", connection.url, content=content, headers=connection.headers) as response:
            request_id = next((response.headers[name] for name in _REQUEST_IDS if name in response.headers), None)
            if not response.is_success:
                await _raise_refusal(response, host, request_id, now)
            async for chunk in response.aiter_bytes():
                keep.write(chunk)
    except (httpx.ConnectTimeout, httpx.PoolTimeout):
        error: ServiceError = TimedOut(f"no connection to {host} within {connection.timeout_s:g} s")
        raise _Retryable(error, sent=False) from None
    except httpx.TimeoutException:
        hint = "the batch may still be running at the service; give it longer with --timeout"
        raise TimedOut(f"no answer from {host} within {connection.timeout_s:g} s", hint=hint) from None
    except httpx.ConnectError as failed:
        error = ConnectionFailed(f"can't connect to {host}: {reason(failed)}", hint="check --api-url and the network")
        raise _Retryable(error, sent=False) from None
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError):
        if keep.size:
            raise _cut_off(keep.size, read_batch(keep.reader()).body, host, request_id) from None
        error = ConnectionFailed(f"{host} closed the connection without an answer")
        raise _Retryable(error, sent=True, status=502) from None
    except (httpx.HTTPError, httpx.InvalidURL) as failed:
        raise ConnectionFailed(f"the exchange with {host} failed: {reason(failed)}") from None
    return _read(keep, host, request_id)


async def _raise_refusal(response: httpx.Response, host: str, request_id: str | None, now: Callable[[], float]) -> None:
    status = response.status_code
    if response.is_redirect:
        target = httpx.URL(response.headers.get("location", "")).host or "elsewhere"
        message = with_request(f"{host} redirects to {target}, where the token is not sent", request_id)
        raise Refused(message, hint="check --api-url", status=status, request_id=request_id)
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data.extend(chunk)
        if len(data) > _MOST_ERROR_BYTES:
            break
    body = _decoded(data.decode("utf-8", "replace"))
    error = refusal(status, excerpt(bytes(data)) if body is _NOT_JSON else body, request_id)
    if status not in RETRYABLE:
        raise error
    raise _Retryable(error, sent=True, status=status, after_s=retry_after_s(response.headers.get("retry-after"), now()))


def _read(keep: Kept, host: str, request_id: str | None) -> BatchAnswer:
    found = read_batch(keep.reader())
    if found.body is None:
        what = "not an object" if found.is_whole else "not JSON"
        shown = excerpt(keep.reader().read(1000).encode()) or "it is empty"
        message = with_request(f"the answer from {host} is {what}: {shown}", request_id)
        raise BadAnswer(message, hint="check --api-url")
    if not found.is_whole:
        raise _cut_off(keep.size, found.body, host, request_id)
    return BatchAnswer(found.body, request_id)


def _cut_off(size: int, salvaged: JsonObject | None, host: str, request_id: str | None) -> BadAnswer:
    message = with_request(f"the answer from {host} broke off after {size:,} bytes", request_id)
    return BadAnswer(message, hint="the batch itself may have run to its end", salvaged=salvaged)


def _decoded(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError:
        return _NOT_JSON
