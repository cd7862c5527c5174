"""The HTTP exchange. With ``engine/backends`` the only place that knows httpx."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from batchctl import __version__
from batchctl.envelope import read_envelope
from batchctl.errors import BadAnswer, ConnectionFailed, CredentialsError, Refused, TimedOut, UsageError

if TYPE_CHECKING:
    from batchctl.definition.model import JsonObject, JsonValue

_EXCERPT = 200


@dataclass(frozen=True, slots=True)
class Connection:
    """Where and as whom to send. ``timeout_s`` is the longest silence to wait through, in seconds.

    Raises ``UsageError`` for a URL that can't be used, ``CredentialsError`` for a token that fits in no header.
    """

    api_url: str
    token: str = field(repr=False)
    timeout_s: float = 300
    idempotency_key: str | None = None

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.api_url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if (
            not host
            or parts.scheme not in ("http", "https")
            or parts.username
            or parts.query
            or parts.fragment
            or port == 0
        ):
            raise UsageError("--api-url must look like https://api.truto.one")
        if parts.scheme == "http" and not _is_loopback(host):
            raise UsageError(
                f"the token would travel unencrypted to {host}",
                hint="use https://, or http:// on this machine only",
            )
        if not (self.token.isascii() and self.token.isprintable()) or " " in self.token:
            raise CredentialsError(
                "the token holds characters that no token has", hint="check it for spaces and line ends"
            )
        if not (self.idempotency_key or "x").isascii() or not (self.idempotency_key or "x").isprintable():
            raise UsageError("--idempotency-key must be plain ASCII text")

    @property
    def url(self) -> str:
        """The address of the one call."""
        return f"{self.api_url.rstrip('/')}/batch-request"

    @property
    def headers(self) -> dict[str, str]:
        """What goes along with it."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": f"batchctl/{__version__}",
        }
        if self.idempotency_key:
            headers["Idempotency-Key"] = self.idempotency_key
        return headers


@dataclass(frozen=True, slots=True)
class BatchAnswer:
    """The body of a whole answer, as it came, and the service's id for it."""

    body: JsonObject
    request_id: str | None = None


async def submit(
    payload: JsonObject,
    connection: Connection,
    *,
    received: bytearray | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> BatchAnswer:
    """Send a batch and read the answer. ``received`` collects its bytes, so that nothing is lost when it breaks off.

    Raises ``ConnectionFailed``, ``TimedOut``, ``CredentialsError``, ``Refused`` or ``BadAnswer``.
    """
    received = bytearray() if received is None else received
    content = json.dumps(payload, ensure_ascii=True, allow_nan=False).encode()
    host = urlsplit(connection.api_url).netloc
    try:
        async with (
            httpx.AsyncClient(timeout=connection.timeout_s, transport=transport) as client,
            client.stream("POST", connection.url, content=content, headers=connection.headers) as response,
        ):
            async for chunk in response.aiter_bytes():
                received.extend(chunk)
    except httpx.TimeoutException:
        hint = "the batch may still be running at the service; give it longer with --timeout"
        raise TimedOut(f"no answer from {host} within {connection.timeout_s:g} s", hint=hint) from None
    except (httpx.RemoteProtocolError, httpx.ReadError, httpx.DecodingError) as error:
        if received:
            raise BadAnswer(f"the answer from {host} broke off after {len(received):,} bytes") from error
        raise ConnectionFailed(f"{host} closed the connection without an answer") from error
    except httpx.ConnectError as error:
        raise ConnectionFailed(
            f"can't connect to {host}: {_reason(error)}", hint="check --api-url and the network"
        ) from error
    except httpx.HTTPError as error:
        raise ConnectionFailed(f"the exchange with {host} failed: {_reason(error)}") from error
    return _read(response, bytes(received), host)


def _read(response: httpx.Response, data: bytes, host: str) -> BatchAnswer:
    request_id = response.headers.get("x-request-id")
    if response.is_redirect:
        target = urlsplit(response.headers.get("location", "")).netloc or "elsewhere"
        raise Refused(
            f"{host} redirects to {target}, where the token is not sent",
            hint="check --api-url",
            status=response.status_code,
        )
    body = _decoded(data)
    if not response.is_success:
        raise _refusal(response.status_code, _excerpt(data) if body is _NOT_JSON else body, request_id)
    if not isinstance(body, dict):
        what = "not JSON" if body is _NOT_JSON else "not an object"
        raise BadAnswer(f"the answer from {host} is {what}: {_excerpt(data) or 'it is empty'}", hint="check --api-url")
    return BatchAnswer(body, request_id)


_NOT_JSON = object()


def _decoded(data: bytes) -> JsonValue | object:
    try:
        return json.loads(data, parse_constant=_no_constant)  # type: ignore[no-any-return]  # whatever JSON holds
    except (ValueError, RecursionError):
        return _NOT_JSON


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _refusal(status: int, body: JsonValue | object, request_id: str | None) -> Refused | CredentialsError:
    envelope = read_envelope(body, status=status)  # type: ignore[arg-type]  # text or what JSON held
    if status == 401 and not envelope.is_remote:
        return CredentialsError(envelope.sentence(), hint=envelope.advice())
    return Refused(envelope.sentence(), hint=envelope.advice(), status=status, request_id=request_id)


def _excerpt(data: bytes) -> str:
    text = data[: _EXCERPT * 4].decode("utf-8", "replace")
    shown = "".join(char if char.isprintable() else " " for char in text[:_EXCERPT]).strip()
    return shown + "…" if len(text) > _EXCERPT else shown


def _reason(error: Exception) -> str:
    text = str(error).lower()
    if "name or service" in text or "nodename" in text or "getaddrinfo" in text or "resolution" in text:
        return "the name does not resolve"
    if "all connection attempts failed" in text or "refused" in text:
        return "the connection is refused"
    return "".join(char if char.isprintable() else " " for char in str(error)[:_EXCERPT]) or type(error).__name__


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
