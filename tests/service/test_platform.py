"""Truto's own resources: when a request is sent again, and after how long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from scripted_api import answer, scripted

from batchctl.errors import NotSent, Refused
from batchctl.service.identity import read_account
from batchctl.service.platform import PlatformClient
from batchctl.truto.backoff import Backoff
from batchctl.truto.connection import Connection
from batchctl.truto.retry import RetryLoop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from batchctl.json_types import JsonObject

BUSY = answer({"message": "slow down"}, 429, retry_after="7")


def waits(work: Callable[[Connection, RetryLoop], Awaitable[JsonObject]], *answers: bytes) -> list[float]:
    """How long ``work`` waited before each request that it sent again."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    with scripted(*answers) as api:
        asyncio.run(_awaited(work(Connection(api.url, "token"), RetryLoop(Backoff(2), sleep))))
    return waited


async def _awaited(work: Awaitable[JsonObject]) -> JsonObject:
    return await work


async def created(connection: Connection, loop: RetryLoop) -> JsonObject:
    client = PlatformClient(connection, loop)
    try:
        return await client.create("sync-job", {"label": "Pages"})
    finally:
        await client.aclose()


async def account(connection: Connection, loop: RetryLoop) -> JsonObject:
    return await read_account(connection, "a", loop)


@pytest.mark.parametrize("work", [created, account], ids=["created", "account"])
def test_it_waits_as_long_as_the_answer_asks(work: Callable[[Connection, RetryLoop], Awaitable[JsonObject]]) -> None:
    assert waits(work, BUSY, answer({"id": "a"})) == [7.0]


def test_what_may_have_been_done_is_not_asked_for_twice() -> None:
    broken = answer({"message": "oops"}, 500)
    with pytest.raises(Refused):
        waits(created, broken, answer({"id": "a"}))
    assert len(waits(account, broken, answer({"id": "a"}))) == 1


@pytest.mark.parametrize("record_id", ["", ".", "..", "\udcff"])
def test_an_id_that_leads_elsewhere_is_not_sent(record_id: str) -> None:
    with scripted(answer({})) as api, pytest.raises(NotSent, match="not sent: "):
        asyncio.run(PlatformClient(Connection(api.url, "token")).delete("sync-job", record_id))
    assert api.asked == []


def test_half_a_character_in_a_query_is_not_sent() -> None:
    with scripted(answer({})) as api, pytest.raises(NotSent, match="half a character"):
        asyncio.run(PlatformClient(Connection(api.url, "token")).page("sync-job", {"integrated_account_id": "\udcff"}))
