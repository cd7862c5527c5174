"""Whose token it is, as far as the API tells: the environment, and the account that a batch is for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from batchctl.errors import BadAnswer
from batchctl.structs import Struct
from batchctl.truto.exchange import Exchange
from batchctl.truto.failures import error_body, refusal
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.truto.connection import Connection
    from batchctl.truto.exchange import Incoming

# One record takes no more.
_BOUNDS = Bounds(most_bytes=1 << 20)


class Identity(Struct, frozen=True):
    """What the API says about a token's account: the id of its environment, its integration, its status.

    A field is None where the API does not say.
    """

    environment: str | None = None
    integration: str | None = None
    status: str | None = None


async def identify(connection: Connection, account: str | None) -> Identity:
    """What the API says about the integrated account ``account`` (its id); None asks about any that the token can see.

    Raises ``CredentialsError`` or ``Refused`` when the response is an error, ``BadAnswer`` when it has another form,
    ``Unanswered`` without one. All fields are None where the token can see no account. Raises ``UsageError`` for a
    proxy that can't be used.
    """
    record = await read_account(connection, account)
    return Identity(_text(record.get("environment_id")), _integration(record), _text(record.get("status")))


async def read_account(connection: Connection, account: str | None) -> JsonObject:
    """The integrated account ``account`` as the API's JSON; None asks for any that the token can see, ``{}`` if none.

    It is an object with ``id``, ``tenant_id``, ``context`` and what else the API has of it; ``account`` is the id.
    Raises ``CredentialsError`` or ``Refused`` when the response is an error, ``BadAnswer`` when it has another form,
    ``Unanswered`` without one. Raises ``UsageError`` for a proxy that can't be used.
    """
    target = "/integrated-account"
    target += f"/{quote(account, safe='')}" if account else "?limit=1"
    exchange = Exchange(connection, single=True)
    try:
        async with exchange.send("GET", target, bounds=_BOUNDS) as incoming:
            data = await incoming.body()
    finally:
        await exchange.aclose()
    return _record(data, incoming, connection.host)


def _record(data: bytes, incoming: Incoming, host: str) -> JsonObject:
    body = error_body(data, incoming.content_type, host)
    if not incoming.ok:
        raise refusal(incoming.status, body, incoming.request_id)
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
