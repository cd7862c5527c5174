"""How fast ``run --direct`` is, beside bare httpx doing the same calls.

Run it with ``python benchmarks/direct.py [CALLS] [ROUNDS]``. Another process serves records over loopback HTTP. The
peer is one ``httpx.AsyncClient`` in a loop of tasks, ten at once, that decodes each answer and keeps it. Ours is the
engine with all that a direct run has: expansion, journal, retries, the HTTP backend. The two take turns; the ratio of
the best rounds is printed, and has to reach 0.9.
"""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from batchctl.engine.backends.http import HttpBackend
from batchctl.engine.backends.journalled import JournalledBackend
from batchctl.engine.backends.retrying import RetryingBackend
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.store.facts import Keeping
from batchctl.store.runs import RunStore
from batchctl.truto.connection import Connection

if TYPE_CHECKING:
    from batchctl.plan.planner import Plan

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
TOKEN = "tok-of-the-benchmark"
AT_ONCE = 10
SERVER = """
import sys, uvicorn
body = b'{"id": "c-1", "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "stage": "customer"}'
head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", access_log=False, lifespan="off")
"""
DEFINITION = f"""
integrated_account_id: {ACCOUNT}
resources:
  - {{name: contacts, resource: crm/contacts, method: get, id: "{{{{args.ids}}}}", loop_on: args.ids}}
"""


def main() -> None:
    """Print calls per second of both, and their ratio."""
    given = [int(text) for text in sys.argv[1:]]
    calls, rounds = (given + [5000, 3][len(given) :])[:2]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)])
    try:
        _wait_for(port)
        url = f"http://127.0.0.1:{port}"
        plan = prepare(DEFINITION, args={"ids": [f"c-{number}" for number in range(calls)]}).require_plan()
        bare, ours = [], []
        for _ in range(rounds):
            bare.append(asyncio.run(bare_httpx(url, calls)))
            ours.append(asyncio.run(direct(url, plan, calls)))
    finally:
        server.kill()
        server.wait()
    print(f"bare httpx   {max(bare):7,.0f} calls/s")
    print(f"run --direct {max(ours):7,.0f} calls/s")
    print(f"ratio        {max(ours) / max(bare):7.2f}  (at least 0.9)")


async def bare_httpx(url: str, calls: int) -> float:
    """Calls per second of httpx alone."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    records = []
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        numbers = iter(range(calls))

        async def work() -> None:
            for number in numbers:
                response = await client.get(
                    f"/unified/crm/contacts/c-{number}", params={"integrated_account_id": ACCOUNT}
                )
                records.append(response.json())

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return len(records) / (time.perf_counter() - started)


async def direct(url: str, plan: Plan, calls: int) -> float:
    """Calls per second of the engine, every answer journalled."""
    with tempfile.TemporaryDirectory() as folder:
        run = RunStore(Path(folder) / "state").begin(Keeping("direct", "benchmark", plan.definition.payload))
        http = HttpBackend(Connection(url, TOKEN), ACCOUNT, connections=AT_ONCE)
        backend = JournalledBackend(RetryingBackend(http), run, redactor=Redactor([TOKEN]))
        started = time.perf_counter()
        result = await execute(plan, backend, options=RunOptions(concurrency=AT_ONCE))
        elapsed_s = time.perf_counter() - started
        await backend.aclose()
        run.close()
    if result.failed or len(json.dumps(result.body())) < 50 * calls:
        raise SystemExit(f"the run failed: {json.dumps(result.body())[:500]}")
    return calls / elapsed_s


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
