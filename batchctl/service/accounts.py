"""The integrated accounts that a token can see: ``GET /integrated-account``, page by page.

Truto's reference, "List integrated accounts": ``limit`` and ``next_cursor``, answered with ``result`` and
``next_cursor``, which is null on the last page.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from batchctl.errors import BadAnswer, BatchctlError
from batchctl.truto.backoff import RETRYABLE, Backoff, asked_wait_s
from batchctl.truto.cursors import cursor_in
from batchctl.truto.exchange import Exchange
from batchctl.truto.failures import error_body, refusal
from batchctl.truto.retry import Again, RetryLoop
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from batchctl.json_types import JsonObject
    from batchctl.truto.connection import Connection

_PER_PAGE = 100
_BOUNDS = Bounds(most_bytes=64 << 20)
# More pages than any environment has: a cursor that never ends must not keep a command for ever.
_MAX_PAGES = 10_000


class _Busy(Exception):
    """An answer that may be another one a moment later."""

    def __init__(self, error: BatchctlError, status: int, after_s: float | None) -> None:
        super().__init__()
        self.error = error
        self.status = status
        self.after_s = after_s


async def list_accounts(connection: Connection, *, retries: int = 3) -> AsyncIterator[JsonObject]:
    """Every integrated account that the token can see, as the API's JSON, in the order of the API.

    Each is an object with ``id``, ``tenant_id``, ``context`` and what else the API has of it. ``retries`` is how often
    a request that failed is sent again. Raises ``CredentialsError`` or ``Refused`` when a response is an error,
    ``BadAnswer`` for one that is no list of accounts, ``Unanswered`` without one, and ``UsageError`` for a proxy that
    can't be used.
    """
    exchange, loop = Exchange(connection, connections=1), RetryLoop(Backoff(retries))
    cursor: str | None = None
    try:
        for _ in range(_MAX_PAGES):
            query = {"limit": _PER_PAGE, **({} if cursor is None else {"next_cursor": cursor})}
            target = f"/integrated-account?{urlencode(query)}"
            try:
                page, _ = await loop.run(partial(_page, exchange, target, connection.host), _again, _quiet)
            except _Busy as busy:
                raise busy.error from None
            for account in _accounts(page, connection.host):
                yield account
            following = cursor_in(page)
            if following is None:
                return
            if following == cursor:
                raise BadAnswer(f"{connection.host} names the page of accounts as next that was just read")
            cursor = following
        raise BadAnswer(f"{connection.host} lists accounts without an end", hint="check --api-url")
    finally:
        await exchange.aclose()


async def _page(exchange: Exchange, target: str, host: str) -> JsonObject:
    async with exchange.send("GET", target, bounds=_BOUNDS) as incoming:
        data = await incoming.body()
    body = error_body(data, incoming.content_type, host)
    if not incoming.ok:
        error = refusal(incoming.status, body, incoming.request_id)
        if incoming.status in RETRYABLE:
            raise _Busy(error, incoming.status, asked_wait_s(incoming.headers, time.time()))
        raise error
    if not isinstance(body, dict):
        raise BadAnswer(f"the answer from {host} is no list of accounts", hint="check --api-url")
    return body


def _accounts(page: JsonObject, host: str) -> list[JsonObject]:
    found = page.get("result")
    if not isinstance(found, list) or not all(isinstance(each, dict) and each.get("id") for each in found):
        raise BadAnswer(f"the answer from {host} is no list of accounts", hint="check --api-url")
    return [each for each in found if isinstance(each, dict)]


def _again(outcome: object) -> Again | None:
    return Again(outcome.status, outcome.after_s) if isinstance(outcome, _Busy) else None


def _quiet(_attempt: int, _wait_s: float, _why: Again) -> None:
    """Nobody hears of retries."""
