"""64 connections at once, reading, writing and running batches: no error, and memory that does not grow.

``BATCHCTL_LOAD_SECONDS=60`` makes it as long as one likes; a few seconds are enough to see a connection that fails.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = Path(__file__).parents[2] / "samples/fixtures"
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
CONTACTS = f"/unified/crm/contacts?integrated_account_id={ACCOUNT}"
BATCH: Any = {"integrated_account_id": ACCOUNT, "resources": [{"resource": "crm/contacts", "method": "list"}]}
SECONDS = float(os.environ.get("BATCHCTL_LOAD_SECONDS", "3"))
CONNECTIONS = 64
# What a process may grow by between the first third and the end: caches fill up, records come and go.
GROWTH_KIB = 24 << 10


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "batchctl", "serve", "--fixtures", str(FIXTURES), "--port", "0", "-q"]
    state = ["--state", str(tmp_path / "state.db")]
    with subprocess.Popen([*command, *state], stderr=subprocess.PIPE, encoding="utf-8") as server:
        assert server.stderr is not None
        said = server.stderr.readline()
        while "http://" not in said and server.poll() is None:
            said += server.stderr.readline()
        assert "http://" in said
        yield "http://" + said.split("http://")[1].split()[0], server.pid
        server.terminate()
        server.communicate(timeout=20)


def resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(status.split("VmRSS:")[1].split()[0])


async def client(session: aiohttp.ClientSession, url: str, end: float, seed: int) -> list[int]:
    """One connection's calls until ``end``: how many of each kind were made. Every answer is checked."""
    draw, made, counts = random.Random(seed), [""], [0, 0, 0]
    while time.monotonic() < end:
        kind = draw.choices((0, 1, 2), (6, 3, 1))[0]
        if kind == 0:
            async with session.get(f"{url}{CONTACTS}&limit=5") as answer:
                assert answer.status == 200
                assert len((await answer.json())["result"]) == 5
        elif kind == 1 and made[-1]:
            async with session.delete(
                f"{url}/unified/crm/contacts/{made.pop()}?integrated_account_id={ACCOUNT}"
            ) as answer:
                assert answer.status == 200
        elif kind == 1:
            async with session.post(f"{url}{CONTACTS}", json={"first_name": "Zoë"}) as answer:
                assert answer.status == 201
                made.append((await answer.json())["id"])
        else:
            async with session.post(f"{url}/batch-request", json=BATCH) as answer:
                assert json.loads(await answer.read())["errors"] == {}
        counts[kind] += 1
    return counts


async def load(url: str, pid: int) -> tuple[list[int], int, int]:
    """Calls of each kind, and the server's memory in KiB after a third of the time and at the end."""
    start = time.monotonic()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONNECTIONS)) as session:
        clients = [asyncio.create_task(client(session, url, start + SECONDS, seed)) for seed in range(CONNECTIONS)]
        await asyncio.sleep(SECONDS / 3)
        early = resident_kib(pid)
        counts = await asyncio.gather(*clients)
    return [sum(kind) for kind in zip(*counts, strict=True)], early, resident_kib(pid)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_many_connections_at_once(serving: tuple[str, int]) -> None:
    counts, early, late = asyncio.run(load(*serving))
    assert all(counts)
    assert late - early < GROWTH_KIB, f"{early:,} → {late:,} KiB after {counts} reads, writes and batches"
