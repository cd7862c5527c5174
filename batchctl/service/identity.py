"""Whose token it is, as far as the API tells: the environment, and the account that a batch is for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from batchctl.errors import BadAnswer, ConnectionFailed, TimedOut
from batchctl.truto.failures import excerpt, reason, refusal

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.truto.connection import Connection

# More than one record takes is not read.
_MOST_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Identity:
    """What the API said; None where it said nothing of it."""

    environment: str | None = None
    integration: str | None = None
    status: str | None = None


async def identify(
    connection: Connection, account: str | None, *, transport: httpx.AsyncBaseTransport | None = None
) -> Identity:
    """Ask the API for the integrated account ``account``, or for any one that the token can see.

    Raises ``CredentialsError`` or ``Refused`` when the answer is an error, and what ``submit`` raises without one.
    """
    address = f"{connection.api_url.rstrip('/')}/integrated-account"
    address += f"/{quote(account, safe='')}" if account else "?limit=1"
    try:
        async with httpx.AsyncClient(timeout=connection.timeout_s, transport=transport) as client:
            response = await client.get(address, headers=connection.headers)
    except httpx.TimeoutException:
        raise TimedOut(f"no answer from {connection.host} within {connection.timeout_s:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ConnectionFailed(
            f"can't ask {connection.host}: {reason(error)}", hint="check --api-url and the network"
        ) from None
    record = _record(response, connection.host)
    return Identity(_text(record.get("environment_id")), _integration(record), _text(record.get("status")))


def _record(response: httpx.Response, host: str) -> JsonObject:
    try:
        body = json.loads(response.content[:_MOST_BYTES])
    except (ValueError, RecursionError):
        body = excerpt(response.content)
    if not response.is_success:
        raise refusal(response.status_code, body, response.headers.get("x-request-id"))
    if isinstance(body, dict):
        listed = body.get("result")
        if isinstance(listed, list):
            body = listed[0] if listed else {}
        if isinstance(body, dict):
            return body
    raise BadAnswer(f"the answer from {host} is not an account", hint="check --api-url")


def _integration(record: JsonObject) -> str | None:
    integration = record.get("integration")
    named = integration.get("name") if isinstance(integration, dict) else integration
    return _text(named) or _text(record.get("integration_name"))


def _text(value: object) -> str | None:
    return value[:200] if isinstance(value, str) and value else None
