"""A result of many records in the formats for people, beside ndjson: from the engine to the last line."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl import prepare
from batchctl.engine.executor import execute
from batchctl.engine.observe.timeline import Timeline
from batchctl.redaction import Redactor
from batchctl.render.report.html import report_html
from batchctl.render.report.json import Report
from batchctl.render.result.exported import Exported
from batchctl.render.result.formats import FORMATS, Shape
from batchctl.render.result.tree import RunView, run_tree
from benchmarks.engine import BATCH, Endless
from benchmarks.frame import Aim, Growth, Row, as_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Contenders

RECORDS = 1_000_000
SIZES = (1_000, 10_000, 100_000, 1_000_000)
_VIEWS = ("tree", "html")


def written(name: str, records: int) -> None:
    """Run a list of so many records in this process, and write its result in one format."""
    plan = prepare(BATCH).require_plan()
    result = asyncio.run(execute(plan, Endless(records)))
    redactor = Redactor()
    pieces: Iterator[str]
    if name == "tree":
        lines = run_tree(result, plan, RunView("title", "here", redact=redactor.text)).lines(100)
        pieces = (line.plain + "\n" for line in lines)
    elif name == "html":
        pieces = report_html(Report(result, plan, Timeline(), "here", "batch.yaml"), redactor)
    else:
        exported = Exported(result, redactor).result
        pieces = FORMATS[name](exported, Shape(redactor.text))
    with Path(os.devnull).open("w", encoding="utf-8") as out:
        out.writelines(pieces)


def _process(name: str, records: int) -> dict[str, float]:
    return as_process([sys.executable, "-m", "benchmarks.views", name, str(records)])


@contextmanager
def opened() -> Iterator[Contenders]:
    """Every format, each in a process."""
    yield {name: partial(_process, name, RECORDS) for name in ("ndjson", *_VIEWS, "table")}


@contextmanager
def opened_growth() -> Iterator[Contenders]:
    """To ndjson by the number of records."""
    yield {f"{records:,}": partial(_process, "ndjson", records) for records in SIZES}


ROWS = [
    Row(
        "views",
        f"the engine over a list of {RECORDS:,} records, its result in formats for people",
        opened,
        tuple(Aim("cpu_s", name, "ndjson", at_most=1.1) for name in (*_VIEWS, "table")),
        rounds=1,
        warm_up=False,
    ),
    Row(
        "records-growth",
        "the engine to ndjson by records",
        opened_growth,
        (Growth("cpu_s", {f"{records:,}": records for records in SIZES[1:]}),),
        rounds=1,
        warm_up=False,
    ),
]

if __name__ == "__main__":
    written(sys.argv[1], int(sys.argv[2]))
