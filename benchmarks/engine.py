"""Calls per second of the embedded engine in process, and its memory over a list of many records.

    python benchmarks/engine.py            both figures
    python benchmarks/engine.py calls      20,000 get calls, and 20,000 filtered lists, over fixtures, three times each
    python benchmarks/engine.py memory     a list of 100,000 and one of 1,000,000 records to ndjson, each in a process

The peer of the first figure is the same number of bare ``await backend.send(call)`` in a loop: what the engine adds to
it is expansion, order, and keeping the records. The peak in memory should not follow the number of records.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from batchctl import prepare
from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.executor import execute
from batchctl.render.result.data import run_ndjson
from batchctl.truto.calls import Call

CALLS = 20_000
PAGE = 100
BATCH = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {limit: 1000}}
"""
GET = """
  - {name: notes, resource: crm/notes, method: get, depends_on: contacts, id: "{{resources.crm.contacts.note_id}}"}
"""
FILTER = """
  - name: notes
    resource: crm/notes
    method: list
    depends_on: contacts
    query: {contact_id: "{{resources.crm.contacts.id}}"}
"""


def calls(folder: Path) -> None:
    """Print calls per second of processor time, so that what else runs here counts little."""
    contacts = [{"id": f"c-{n}", "note_id": f"n-{n}", "name": f"contact {n}"} for n in range(CALLS)]
    notes = [{"id": f"n-{n}", "contact_id": f"c-{n}", "text": "signed"} for n in range(CALLS)]
    (folder / "unified/crm").mkdir(parents=True)
    (folder / "unified/crm/contacts.json").write_text(json.dumps(contacts))
    (folder / "unified/crm/notes.json").write_text(json.dumps(notes))
    bare = [Call("crm/notes", "get", f"n-{n}") for n in range(CALLS)]
    for name, text, peer in (("get", GET, bare), ("list with a filter", FILTER, None)):
        plan = prepare(BATCH + text).require_plan()
        rates = []
        for _ in range(3):
            backend = FixtureBackend(folder)
            asyncio.run(_sent(backend, [Call("crm/contacts", "list"), Call("crm/notes", "list", query={"id": "n-1"})]))
            started = time.process_time()
            result = asyncio.run(execute(plan, backend))
            rates.append(result.outcomes["notes"].work.calls / (time.process_time() - started))  # type: ignore[union-attr, operator]  # it succeeds
        print(f"{name}: {statistics.median(rates):,.0f} calls/s")
        if peer:
            backend = FixtureBackend(folder)
            asyncio.run(_sent(backend, peer[:1]))
            started = time.process_time()
            asyncio.run(_sent(backend, peer))
            rate = CALLS / (time.process_time() - started)
            print(f"  bare sends: {rate:,.0f} calls/s, the engine reaches {statistics.median(rates) / rate:.2f} of it")


async def _sent(backend: FixtureBackend, requests: list[Call]) -> None:
    for call in requests:
        await backend.send(call)


class Endless:
    """A list of so many records, made page by page."""

    def __init__(self, records: int) -> None:
        self._records = records

    async def send(self, call: Call) -> Reply:
        """The next page."""
        start = int(str(call.query.get("next_cursor", 0)))
        end = min(start + PAGE, self._records)
        rows: list[Any] = [
            {"id": f"c-{n}", "name": f"contact {n}", "email": f"c{n}@example.com", "tags": ["a", "b"], "n": n}
            for n in range(start, end)
        ]
        return Reply(200, {"result": rows, "next_cursor": str(end) if end < self._records else None})

    async def aclose(self) -> None:
        """Nothing to close."""


def memory(records: int) -> None:
    """One run in this process; prints its peak."""
    plan = prepare(BATCH).require_plan()
    started = time.perf_counter()
    result = asyncio.run(execute(plan, Endless(records)))
    with tempfile.TemporaryFile("w") as out:
        out.writelines(run_ndjson(result))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{records:,} records: peak {peak:.0f} MiB, {time.perf_counter() - started:.1f} s")


def main(what: str) -> None:
    """Print what was asked for."""
    if what in ("memory", "all"):
        for records in (100_000, 1_000_000):
            subprocess.run([sys.executable, __file__, str(records)], check=True)
    if what in ("calls", "all"):
        with tempfile.TemporaryDirectory() as folder:
            calls(Path(folder))
    if what.isdigit():
        memory(int(what))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "all")
