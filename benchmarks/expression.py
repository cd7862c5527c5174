"""Expressions over one record and over 100,000, beside the JSONata engine alone and beside the npm package."""

from __future__ import annotations

import json
import os
import subprocess
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from jlens import Expression as Bare

from batchctl.expression import compile_expression
from benchmarks.frame import Aim, Row, Unavailable, as_process, batchctl, in_process

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


# What the evaluator of our own takes: dates, and what only it has to see without them.
EXACT: Final = {
    "dates": "$map(resources.tickets, function($t){ {'id': $t.id, 'on': $dtFromIso($t.created_at).toISODate()} })",
    "spread": "$map(resources.tickets, function($t){ {'id': $t.id, 'owner': $spread($t.owner)} })",
    "computed-keys": "$map(resources.tickets, function($t){ $string({$t.id: $t.title}) })",
}
RECORD: Final = {"args": {"since": "2026-01-31"}, "resources": {"ticket": {"id": "t-1", "title": "One", "amount": 3}}}
SMALL: Final = "{'id': resources.ticket.id, 'total': resources.ticket.amount * 2, 'since': args.since}"
TIMES: Final = 20_000
# Fewer for Node where it sorts (of 100,000 records it runs out of memory) and where it takes minutes.
FOR_NODE: Final = {"filter": 20_000, "group": 50_000, "dates": 5_000, "spread": 20_000, "computed-keys": 20_000}
NODE: Final = """
const { createRequire } = await import('node:module')
const { readFileSync } = await import('node:fs')
const require = createRequire(process.argv[1] + '/package.json')
const trutoJsonata = require('@truto/truto-jsonata').default ?? require('@truto/truto-jsonata')
const [source, file, times, before] = JSON.parse(process.argv[2])
const data = JSON.parse(readFileSync(file))
const expression = trutoJsonata(source)
for (let i = 0; i < before; i += 1) await expression.evaluate(data)
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


def on_node(source: str, file: Path, times: int, before: int) -> float:
    """Microseconds of the processor for one evaluation by the npm package, after some that warm it up."""
    given = json.dumps([source, str(file), times, before])
    command = ["node", "--input-type=module", "-e", NODE, str(_package().absolute()), given]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _package() -> Path:
    """The folder that the npm package is installed in. Raises ``Unavailable``."""
    folder = Path(os.environ.get("BENCHMARK_NPM", "."))
    if not (folder / "node_modules" / "@truto" / "truto-jsonata").is_dir():
        raise Unavailable("BENCHMARK_NPM does not name the folder in which @truto/truto-jsonata is installed")
    return folder


@contextmanager
def small() -> Iterator[Contenders]:
    """Ours and the bare engine over one record."""
    yield {
        "batchctl": partial(each, compile_expression(SMALL).evaluate),
        "engine alone": partial(each, Bare(SMALL).evaluate),
    }


@contextmanager
def small_beside_node() -> Iterator[Contenders]:
    """Ours and the npm package over one record."""
    _package()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "record.json"
        file.write_text(json.dumps(RECORD), "utf-8")
        yield {
            "batchctl": partial(each, compile_expression(SMALL).evaluate),
            "npm package": lambda: {"cpu_us": on_node(SMALL, file, TIMES, 2_000)},
        }


@contextmanager
def beside_node(name: str, source: str) -> Iterator[Contenders]:
    """Ours and the npm package, once over as many records as it can take."""
    _package()
    data = {"args": {}, "resources": {"tickets": records()[: FOR_NODE.get(name, RECORDS)]}}
    ours = compile_expression(source).evaluate
    with TemporaryDirectory() as folder:
        file = Path(folder) / "records.json"
        file.write_text(json.dumps(data), "utf-8")
        yield {
            "batchctl": lambda: in_process(partial(ours, data)),
            "npm package": lambda: {"cpu_s": on_node(source, file, 1, 0) / 1e6},
        }


@contextmanager
def memory() -> Iterator[Contenders]:
    """``run --local`` of a transform over all records, which come through a spool."""
    with TemporaryDirectory() as folder:
        fixtures = Path(folder) / "fixtures" / "unified" / "desk"
        fixtures.mkdir(parents=True)
        (fixtures / "tickets.json").write_text(json.dumps(records()), "utf-8")
        found: dict[str, Contender] = {}
        for name, source in {"count": "$count(resources.tickets)", **EXPRESSIONS, "dates": EXACT["dates"]}.items():
            file = Path(folder) / f"{name}.yaml"
            file.write_text(
                DEFINITION.format(json.dumps(source.replace("resources.tickets", "resources.desk.tickets")))
            )
            out = ("--out", str(Path(folder) / "out.ndjson"))
            command = batchctl("run", str(file), "--local", "-q", "-o", "ndjson", *out)
            found[name] = partial(as_process, command)
        yield found


DEFINITION: Final = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {{name: tickets, resource: desk/tickets, method: list, persist: false}}
  - {{name: all, type: spool, depends_on: tickets, persist: false}}
  - {{name: made, type: transform, depends_on: all, persist: true, config: {{expression: {}}}}}
"""
ROWS = [
    Row(
        "expression-one-record",
        "JSONata over one small record, once per record",
        small,
        (Aim("cpu_us", "batchctl", "engine alone", at_most=6),),
    ),
    Row(
        "expression-one-npm",
        "JSONata over one small record, beside the npm package",
        small_beside_node,
        (Aim("cpu_us", "batchctl", "npm package", at_most=1),),
    ),
    Row(
        "expression-memory",
        f"run --local of a transform over {RECORDS:,} records behind a spool",
        memory,
        tuple(Aim("peak_mib", name, at_most=250) for name in ("map", "path", "text", "group", "filter", "dates")),
        rounds=1,
        warm_up=False,
    ),
    *(
        Row(
            f"expression-npm-{name}",
            f"JSONata over {FOR_NODE.get(name, RECORDS):,} records, beside the npm package: {name}",
            partial(beside_node, name, source),
            (Aim("cpu_s", "batchctl", "npm package", at_most=0.2),),
            rounds=3,
        )
        for name, source in {**EXPRESSIONS, **EXACT}.items()
    ),
    *(
        Row(
            f"expression-{name}-{kind}",
            f"JSONata over {RECORDS:,} records as {kind}: {name}",
            partial(opened, source, evaluate),
            (Aim("cpu_s", "batchctl", "engine alone", at_most=1.3),),
            rounds=3,
        )
        for kind, evaluate in (("values", "evaluate"), ("text", "evaluate_json"))
        for name, source in EXPRESSIONS.items()
    ),
]
