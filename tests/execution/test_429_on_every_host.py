"""After a 429 the account's other calls wait, on every host and under every limit: two servers on real sockets."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

import batchctl
from batchctl.engine.events import CallRetried, Throttled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from batchctl.api_settings import RunSettings
    from batchctl.engine.events import Event, Observer

OTHER = "1b1b2c6e-0f60-4a55-8f8a-0d2c4a7e9f10"
TEXT = """\
integrated_account_id: {}
resources: [{{name: a, resource: m/notes, method: list}}]
"""
ASKED_S = 1
SLOW_DOWN = b'{"statusCode": 429, "message": "slow down"}'


class Host:
    """A server that answers its first request with 429, if it is ``busy``, and every other one with an empty page.

    ``came_s`` is when requests came, ``refused_s`` when the 429 went out, by ``time.monotonic``.
    """

    def __init__(self, *, busy: bool = False) -> None:
        self.busy = busy
        self.came_s: list[float] = []
        self.refused_s = 0.0
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Host]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await self._answered(reader, writer):
            pass
        writer.close()

    async def _answered(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        try:
            await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return False
        self.came_s.append(time.monotonic())
        status, body = b"200 OK", json.dumps({"result": [], "next_cursor": None}).encode()
        if self.busy:
            self.busy = False
            status, body = b"429 Too Many Requests\r\nretry-after: %d" % ASKED_S, SLOW_DOWN
            self.refused_s = time.monotonic()
        writer.write(
            b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % (status, len(body))
        )
        writer.write(body)
        return True


@pytest.mark.parametrize(
    ("number", "there", "here"), [(0, None, None), (1, "50,500", None), (2, None, "off"), (3, "20", "30,40")]
)
def test_it_waits_as_the_other_host_has_asked(tmp_path: Path, number: int, there: str | None, here: str | None) -> None:
    # The limits are those of the process: each case has an account of its own.
    account = f"5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a1{number}"
    file, others = tmp_path / "a.yaml", tmp_path / "b.yaml"
    file.write_text(TEXT.format(account), "utf-8")
    others.write_text(TEXT.format(OTHER), "utf-8")
    asyncio.run(both(file, others, there, here))


async def both(file: Path, others: Path, there: str | None, here: str | None) -> None:
    refused = asyncio.Event()
    held: list[Throttled] = []
    not_held: list[Throttled] = []

    def heard(event: Event) -> None:
        if isinstance(event, CallRetried):
            refused.set()

    async with Host(busy=True).running() as busy, Host().running() as calm, Host().running() as another:
        first = asyncio.create_task(batchctl.arun(file, **settings(busy, there, heard)))
        await refused.wait()
        second = batchctl.arun(file, **settings(calm, here, noting(held)))
        third = batchctl.arun(others, **settings(another, here, noting(not_held)))
        results = await asyncio.gather(first, second, third)
    assert [result.ok for result in results] == [True, True, True]
    for host in (busy, calm):
        assert host.came_s[-1] >= busy.refused_s + ASKED_S
    assert [each.limit for each in held] == ["a 429 of the account"]
    assert not_held == []


def settings(host: Host, limit: str | None, observer: Observer) -> RunSettings:
    chosen: RunSettings = {"executor": "direct", "token": "t", "api_url": host.url, "retries": 1, "observer": observer}
    return chosen if limit is None else {**chosen, "rate_limit": limit}


def noting(kept: list[Throttled]) -> Observer:
    def note(event: Event) -> None:
        if isinstance(event, Throttled):
            kept.append(event)

    return note
