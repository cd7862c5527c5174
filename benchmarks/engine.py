"""Calls of the embedded engine in process, beside bare sends, and its memory over a list of many records."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from batchctl import prepare
from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.executor import execute
from batchctl.render.result.data import run_ndjson
from batchctl.truto.calls import Call
from benchmarks.frame import Aim, Growth, Row, as_process, in_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.plan.planner import Plan
    from benchmarks.frame import Contenders

CALLS = 20_000
SIZES = (10_000, 100_000, 1_000_000)
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


@contextmanager
def opened() -> Iterator[Contenders]:
    """``get`` per record and filtered ``list`` per record, over fixtures; the peer is a loop of bare sends."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "unified/crm"
        folder.mkdir(parents=True)
        contacts = [{"id": f"c-{n}", "note_id": f"n-{n}", "name": f"contact {n}"} for n in range(CALLS)]
        notes = [{"id": f"n-{n}", "contact_id": f"c-{n}", "text": "signed"} for n in range(CALLS)]
        (folder / "contacts.json").write_text(json.dumps(contacts))
        (folder / "notes.json").write_text(json.dumps(notes))
        warm = [Call("crm/contacts", "list"), Call("crm/notes", "list", query={"id": "n-1"})]

        def engine(text: str) -> dict[str, float]:
            plan = prepare(BATCH + text).require_plan()
            backend = FixtureBackend(Path(name))
            asyncio.run(_sent(backend, warm))
            took = in_process(lambda: asyncio.run(_executed(plan, backend)))
            return {"calls_per_cpu_s": CALLS / took["cpu_s"]}

        def bare() -> dict[str, float]:
            backend = FixtureBackend(Path(name))
            asyncio.run(_sent(backend, warm))
            calls = [Call("crm/notes", "get", f"n-{n}") for n in range(CALLS)]
            return {"calls_per_cpu_s": CALLS / in_process(lambda: asyncio.run(_sent(backend, calls)))["cpu_s"]}

        yield {"get": lambda: engine(GET), "filtered list": lambda: engine(FILTER), "bare sends": bare}


async def _executed(plan: Plan, backend: FixtureBackend) -> None:
    result = await execute(plan, backend)
    if result.failed:
        raise SystemExit("the run failed")


def one_list(records: int) -> None:
    """One run in this process; prints its peak in MiB and its processor time in seconds."""
    plan = prepare(BATCH).require_plan()
    result = asyncio.run(execute(plan, Endless(records)))
    with tempfile.TemporaryFile("w") as out:
        out.writelines(run_ndjson(result))


@contextmanager
def opened_memory() -> Iterator[Contenders]:
    """A list to ndjson by the number of its records, each in a process."""

    def contender(records: int) -> dict[str, float]:
        return as_process([sys.executable, "-m", "benchmarks.engine", str(records)])

    yield {f"{records:,}": partial(contender, records) for records in SIZES}


ROWS = [
    Row(
        "engine",
        f"{CALLS:,} calls of the engine over fixtures",
        opened,
        (Aim("calls_per_cpu_s", "get", at_least=60_000),),
        rounds=3,
    ),
    Row(
        "engine-memory",
        "a list to ndjson by its records",
        opened_memory,
        (
            Aim("peak_mib", f"{SIZES[-1]:,}", f"{SIZES[0]:,}", at_most=1.2),
            Growth("cpu_s", {f"{records:,}": records for records in SIZES}),
        ),
        rounds=1,
    ),
]

if __name__ == "__main__":
    one_list(int(sys.argv[1]))
