"""Kept runs, one line each, and one run's facts."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from batchctl.plain import clean, counted, duration, listed
from batchctl.render.text.wrapping import flowed, listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.json_types import JsonObject
    from batchctl.store.facts import RunFacts

_HEADS = ("RUN", "WHEN", "MODE", "OUTCOME", "COUNTS", "FILE")
_MAX_LENGTH = 60


def runs_table(runs: Sequence[RunFacts], columns: int | None = None) -> Iterator[str]:
    """A header, and a line for each recorded run, in the order given: id, local time, mode, outcome, counts, file.

    Where the table is wider than ``columns`` (None: no limit), a run has several lines, and there is no header.
    """
    rows = [_HEADS, *((run.id, _when(run), run.kind, run.state, _counts(run), _name(run)) for run in runs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if columns is not None and sum(widths) + 2 * len(widths) - 2 > columns:
        for row in rows[1:]:
            yield from (line + "\n" for line in flowed(row, columns))
        return
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"


def run_facts(run: RunFacts, columns: int | None = None) -> Iterator[str]:
    """What is known of one recorded run, a line each, wrapped to ``columns`` (None: no limit)."""
    failed = run.summary.get("failed")
    error = run.summary.get("error")
    lines = {
        "run": run.id,
        "when": _when(run),
        "mode": run.kind,
        "file": clean(run.file),
        "host": run.host,
        "outcome": f"{run.state}: {error}" if isinstance(error, str) else run.state,
        "took": duration(run.finished_s - run.started_s) if run.finished_s else "",
        "counts": _counts(run),
        "failed": listed([clean(str(name)) for name in failed]) if isinstance(failed, list) else "",
        "problem": run.problem,
    }
    facts = ((f"{name:<7}", text) for name, text in lines.items() if text)
    yield from (line + "\n" for line in listing(facts, columns))


def runs_json(runs: Sequence[RunFacts]) -> Iterator[str]:
    """The recorded runs as JSON text, in pieces: ``{"format_version", "runs": […]}``.

    Each run has ``id``, ``mode``, ``file``, ``outcome``, ``summary`` and more, as ``run_data`` makes them; the inputs
    by which it can be resumed are left out.
    """
    yield json.dumps({"format_version": "1.0", "runs": [run_data(run) for run in runs]}, indent=2) + "\n"


def run_data(run: RunFacts) -> JsonObject:
    """One recorded run as JSON; times are Unix time in seconds.

    Its keys are ``id``, ``mode`` (the ``kind`` of ``RunFacts``, such as ``direct``), ``file``, ``host``, ``started_s``,
    ``finished_s`` (None before its end), ``outcome`` (``succeeded``, ``failed``, ``interrupted``, ``refused``,
    ``running``, ``incomplete`` or ``damaged``), ``answers_kept`` (how many calls have a stored answer), ``rows`` (how
    many), ``summary`` (``resources`` and ``records``, counts, and ``failed``, names; empty before its end) and
    ``problem`` (why a damaged run can't be read, else None).
    """
    return {
        "id": run.id,
        "mode": run.kind,
        "file": run.file,
        "host": run.host,
        "started_s": run.started_s,
        "finished_s": run.finished_s,
        "outcome": run.state,
        "answers_kept": run.calls,
        "rows": run.rows,
        "summary": run.summary,
        "problem": run.problem or None,
    }


def _name(run: RunFacts) -> str:
    return run.problem if run.state == "damaged" else clean(run.file, _MAX_LENGTH)


def _when(run: RunFacts) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started_s))


def _counts(run: RunFacts) -> str:
    """``2 resources, 1 failed · 24 records · 11 answers``, as far as it is known."""
    found = []
    resources, failed, records = (run.summary.get(name) for name in ("resources", "failed", "records"))
    if isinstance(resources, int):
        lost = f", {len(failed)} failed" if isinstance(failed, list) and failed else ""
        found.append(counted(resources, "resource") + lost)
    if isinstance(records, int):
        found.append(counted(records, "record"))
    if run.calls:
        found.append(counted(run.calls, "answer"))
    return " · ".join(found)
