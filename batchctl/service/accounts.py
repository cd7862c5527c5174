"""The integrated accounts that a token can see: ``GET /integrated-account``, page by page.

Truto's reference, "List integrated accounts": ``limit`` and ``next_cursor``, answered with ``result`` and
``next_cursor``, which is null on the last page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer
from batchctl.service.platform import PlatformClient
from batchctl.truto.backoff import Backoff
from batchctl.truto.retry import RetryLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from batchctl.json_types import JsonObject
    from batchctl.truto.connection import Connection


async def list_accounts(connection: Connection, *, retries: int = 3) -> AsyncIterator[JsonObject]:
    """Every integrated account that the token can see, as the API's JSON, in the order of the API.

    Each is an object with ``id``, ``tenant_id``, ``context`` and what else the API has of it. ``retries`` is how often
    a request that failed is sent again. Raises ``CredentialsError`` or ``Refused`` when a response is an error,
    ``BadAnswer`` for one that is no list of accounts, ``Unanswered`` without one, and ``UsageError`` for a proxy that
    can't be used.
    """
    client = PlatformClient(connection, RetryLoop(Backoff(retries)))
    try:
        async for account in client.each("integrated-account", {}):
            if not isinstance(account, dict) or not account.get("id"):
                raise BadAnswer(f"the answer from {connection.host} is no list of accounts", hint="check --api-url")
            yield account
    finally:
        await client.aclose()
