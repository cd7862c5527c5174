"""``run --direct`` beside scripts that make the same calls: what the HTTP client and the engine cost per call.

Another process serves records over loopback HTTP. The scripts are loops of ten tasks that decode each answer and keep
it; ours is all that a direct run has: expansion, journal, retries, and the HTTP exchange. Figures are calls per second
of this process's processor time.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.engine.backends.http import HttpBackend
from batchctl.engine.backends.journalled import JournalledBackend
from batchctl.engine.backends.retrying import RetryingBackend
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.store.facts import RunInfo
from batchctl.store.runs import RunStore
from batchctl.truto.connection import Connection
from benchmarks.frame import Aim, Row, in_process
from benchmarks.loopback import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from batchctl.json_types import JsonValue
    from benchmarks.frame import Contender, Contenders

CALLS = 5_000
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
TOKEN = "tok-of-the-benchmark"
AT_ONCE = 10
# Answers with one record whatever is asked, as fast as Python's own streams allow.
SERVER = """
import asyncio, sys
body = b'{"id": "c-1", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "stage": "customer"}'
answer = b"HTTP/1.1 200 OK\\r\\ncontent-type: application/json\\r\\ncontent-length: %d\\r\\n\\r\\n" % len(body) + body
class Answer(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""
    def data_received(self, data):
        self.data += data
        while b"\\r\\n\\r\\n" in self.data:
            self.data = self.data.split(b"\\r\\n\\r\\n", 1)[1]
            self.transport.write(answer)
async def main():
    server = await asyncio.get_running_loop().create_server(Answer, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()
asyncio.run(main())
"""
DEFINITION = f"""
integrated_account_id: {ACCOUNT}
resources:
  - {{name: contacts, resource: crm/contacts, method: get, id: "{{{{args.ids}}}}", loop_on: args.ids}}
"""


async def bare_httpx(url: str) -> None:
    """The leanest honest script with httpx: one client, ten tasks."""
    import httpx  # noqa: PLC0415 - a peer

    records: list[object] = []
    numbers = iter(range(CALLS))
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}) as client:

        async def work() -> None:
            for number in numbers:
                path = f"/unified/crm/contacts/c-{number}?integrated_account_id={ACCOUNT}"
                response = await client.get(path)
                response.raise_for_status()
                records.append(response.json())

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def bare_aiohttp(url: str) -> None:
    """The same over the client that batchctl has: what is left of a call when the client is taken away."""
    import aiohttp  # noqa: PLC0415 - beside what is measured

    records: list[object] = []
    numbers = iter(range(CALLS))
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {TOKEN}"}) as client:

        async def work() -> None:
            for number in numbers:
                path = f"/unified/crm/contacts/c-{number}?integrated_account_id={ACCOUNT}"
                async with client.get(url + path) as response:
                    records.append(await response.json())

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def direct(url: str) -> None:
    """The engine, every answer journalled."""
    ids: JsonValue = [f"c-{number}" for number in range(CALLS)]
    plan = prepare(DEFINITION, args={"ids": ids}).require_plan()
    with tempfile.TemporaryDirectory() as folder:
        run = RunStore(Path(folder) / "state").begin(RunInfo("direct", "benchmark", plan.definition.payload))
        http = HttpBackend(Connection(url, TOKEN), ACCOUNT, connections=AT_ONCE)
        backend = JournalledBackend(RetryingBackend(http), run, redactor=Redactor([TOKEN]))
        result = await execute(plan, backend, options=RunOptions(concurrency=AT_ONCE))
        await backend.aclose()
        run.close()
    if result.failed or len(json.dumps(result.body())) < 50 * CALLS:
        raise SystemExit(f"the run failed: {json.dumps(result.body())[:500]}")


def _calls(work: Callable[[str], Coroutine[object, object, None]], url: str) -> Contender:
    def once() -> dict[str, float]:
        took = in_process(lambda: asyncio.run(work(url)))
        return {"calls_per_cpu_s": CALLS / took["cpu_s"], "calls_per_s": CALLS / took["wall_s"]}

    return once


@contextmanager
def opened() -> Iterator[Contenders]:
    """Ours and the scripts, against one server."""
    with serving(SERVER) as url:
        time.sleep(0.1)
        yield {
            "batchctl": _calls(direct, url),
            "httpx script": _calls(bare_httpx, url),
            "aiohttp script": _calls(bare_aiohttp, url),
        }


ROWS = [
    Row(
        "direct",
        f"{CALLS:,} calls of run --direct over loopback, journalled",
        opened,
        (
            Aim("calls_per_cpu_s", "batchctl", at_least=2_500),
            Aim("calls_per_cpu_s", "batchctl", "httpx script", at_least=1.5),
        ),
        rounds=3,
    )
]
