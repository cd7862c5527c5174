"""Whose token it is, as far as the API tells: the environment, and the account that a batch is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer
from batchctl.service.platform import PlatformClient
from batchctl.structs import Struct
from batchctl.truto.addresses import record_path
from batchctl.truto.backoff import Backoff
from batchctl.truto.retry import RetryLoop

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject
    from batchctl.truto.connection import Connection

_ANY = "/integrated-account?limit=1"
_ONCE = RetryLoop(Backoff(0))


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


async def read_account(connection: Connection, account: str | None, loop: RetryLoop = _ONCE) -> JsonObject:
    """The integrated account ``account`` as the API's JSON; None asks for any that the token can see, ``{}`` if none.

    It is an object with ``id``, ``tenant_id``, ``context`` and what else the API has of it; ``account`` is the id.
    Raises ``CredentialsError`` or ``Refused`` when the response is an error, ``BadAnswer`` when it has another form,
    ``Unanswered`` without one. Raises ``UsageError`` for a proxy that can't be used.
    """
    client = PlatformClient(connection, loop, single=True)
    try:
        body = await client.value(record_path("integrated-account", account) if account else _ANY)
    finally:
        await client.aclose()
    if isinstance(body, dict):
        listed = body.get("result")
        if isinstance(listed, list):
            body = listed[0] if listed else {}
        if isinstance(body, dict):
            return body
    raise BadAnswer(f"the answer from {connection.host} is not an account", hint="check --api-url")


def _integration(record: JsonObject) -> str | None:
    integration = record.get("integration")
    named = integration.get("name") if isinstance(integration, dict) else integration
    return _text(named) or _text(record.get("integration_name"))


def _text(value: object) -> str | None:
    return value[:200] if isinstance(value, str) and value else None
