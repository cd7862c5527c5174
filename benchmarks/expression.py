"""Transforms over 100,000 records, beside the JSONata engine alone on the same expressions."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jlens import Expression as Bare

from batchctl.expression import compile_expression
from benchmarks.frame import Aim, Row, in_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.frame import Contender, Contenders

RECORDS: Final = 100_000
EXPRESSIONS: Final = {
    "map": "$map(resources.tickets, function($t){ {'id': $t.id, 'title': $t.title, 'total': $t.amount * 2, "
    "'by': $t.owner.name, 'status': $uppercase($t.status)} })",
    "path": "resources.tickets.{'id': id, 'title': title, 'owner': owner.name}",
    "text": "resources.tickets.{'id': id, 'label': title & ' (' & status & ')'}",
    "filter": "resources.tickets[amount > 1000]^(>amount)",
    "group": "resources.tickets{status: $sum(amount)}",
}


def records() -> list[dict[str, object]]:
    """Records such as a help desk has."""
    return [
        {
            "id": f"t-{number}",
            "title": f"Ticket {number}",
            "status": ("open", "closed", "pending")[number % 3],
            "amount": number * 1.5,
            "tags": ["a", "b"],
            "owner": {"id": number % 7, "name": f"Agent {number % 7}"},
            "created_at": "2024-01-01T00:00:00Z",
            "description": "Lorem ipsum dolor sit amet, consectetur",
            "closed_at": None,
            "priority": True,
        }
        for number in range(RECORDS)
    ]


@contextmanager
def opened(source: str, evaluate: str) -> Iterator[Contenders]:
    """Ours and the bare engine, over Python values or over JSON text."""
    data: object = {"args": {}, "resources": {"tickets": records()}}
    if evaluate == "evaluate_json":
        # The records are gone by then: memory that is held costs time.
        data = json.dumps(data)
    ours, bare = getattr(compile_expression(source), evaluate), getattr(Bare(source), evaluate)
    yield {
        "batchctl": lambda: in_process(partial(ours, data)),
        "engine alone": lambda: in_process(partial(bare, data)),
    }


RECORD: Final = {"args": {"since": "2026-01-31"}, "resources": {"ticket": {"id": "t-1", "title": "One", "amount": 3}}}
SMALL: Final = "{'id': resources.ticket.id, 'total': resources.ticket.amount * 2, 'since': args.since}"
TIMES: Final = 20_000
NODE: Final = """
const { createRequire } = await import('node:module')
const require = createRequire(process.argv[1] + '/package.json')
const trutoJsonata = require('@truto/truto-jsonata').default ?? require('@truto/truto-jsonata')
const [source, data, times] = JSON.parse(process.argv[2])
const expression = trutoJsonata(source)
for (let i = 0; i < 2000; i += 1) await expression.evaluate(data)
const start = process.cpuUsage()
for (let i = 0; i < times; i += 1) await expression.evaluate(data)
const { user, system } = process.cpuUsage(start)
console.log((user + system) / times)
"""


def each(evaluate: Callable[[object], object]) -> dict[str, float]:
    """Microseconds of the processor for one evaluation over one small record."""
    start = time.process_time()
    for _ in range(TIMES):
        evaluate(RECORD)
    return {"cpu_us": (time.process_time() - start) / TIMES * 1e6}


def on_node(folder: str) -> dict[str, float]:
    """The same by the npm package."""
    given = json.dumps([SMALL, RECORD, TIMES])
    command = ["node", "--input-type=module", "-e", NODE, str(Path(folder).absolute()), given]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"cpu_us": float(done.stdout)}


@contextmanager
def small() -> Iterator[Contenders]:
    """Ours, the bare engine, and the npm package where BENCHMARK_NPM names the folder that it is installed in."""
    found: dict[str, Contender] = {
        "batchctl": partial(each, compile_expression(SMALL).evaluate),
        "engine alone": partial(each, Bare(SMALL).evaluate),
    }
    folder = os.environ.get("BENCHMARK_NPM")
    if folder and (Path(folder) / "node_modules" / "@truto" / "truto-jsonata").is_dir():
        found["npm package"] = partial(on_node, folder)
    yield found


ROWS = [
    Row(
        "expression-one-record",
        "JSONata over one small record, once per record",
        small,
        (Aim("cpu_us", "batchctl", "engine alone", at_most=6),),
    ),
    *(
        Row(
            f"expression-{name}-{kind}",
            f"JSONata over {RECORDS:,} records as {kind}: {name}",
            partial(opened, source, evaluate),
            (Aim("cpu_s", "batchctl", "engine alone", at_most=1.3),),
        )
        for kind, evaluate in (("values", "evaluate"), ("text", "evaluate_json"))
        for name, source in EXPRESSIONS.items()
    ),
]
