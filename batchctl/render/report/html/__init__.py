"""A run as one page to read, print and send on: everything is in it, nothing is loaded from elsewhere."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from batchctl.engine.causes import causes, first_causes
from batchctl.engine.result import Failed, Skipped
from batchctl.plain import counted, duration, listed
from batchctl.render.graph.data import drawing
from batchctl.render.graph.svg import svg_graph
from batchctl.render.html import Pages
from batchctl.render.report.html.bars import timeline_of
from batchctl.render.report.html.browse import tables_of
from batchctl.render.report.json import status_of
from batchctl.render.result.figures import record_count, work_of
from batchctl.render.result.places import place_of
from batchctl.render.text.words import repetition, request_line
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.engine.causes import Cause
    from batchctl.engine.result import Outcome
    from batchctl.redaction import Redactor
    from batchctl.render.report.json import Report, Status

SIGNS: Mapping[Status, str] = {
    "succeeded": "✔",
    "failed": "✖",
    "accepted": "✔",
    "skipped": "⊘",
    "unfinished": "⊘",
}
"""The sign of each way in which a resource can end."""


class Head(Struct, frozen=True):
    """The head of the report: how the run ended, where and when it ran, and its figures.

    ``state`` is ``interrupted``, ``fine`` or ``failed``, and ``said`` a few words on it. ``about`` are where and when,
    and the request id; ``description`` is the file's own, None for none. ``tiles`` are pairs of a figure and its label:
    ``("12", "records")``.
    """

    state: str
    said: str
    about: Sequence[str]
    description: str | None
    tiles: Sequence[tuple[str, str]]


class Failure(Struct, frozen=True):
    """A resource that failed, or was skipped ``because`` of others (their names, as ``a, b and c``).

    ``key`` is its name; ``about`` says how many errors it has and where it is in the file. Each of its ``causes`` is
    with the place of the field in the file, empty where that is not known.
    """

    key: str
    because: str = ""
    about: str = ""
    causes: Sequence[tuple[Cause, str]] = ()


class Row(Struct, frozen=True):
    """A line of the table of resources.

    ``state`` is ``succeeded``, ``failed``, ``accepted``, ``skipped`` or ``unfinished``, with a ``sign`` for that
    (``✔``); ``key`` its name, ``how`` what it calls and how often, ``records`` and ``calls`` (None where unknown) their
    numbers. ``time`` is in words, ``width`` as a percentage of the longest time, None where unknown.
    """

    state: str
    sign: str
    key: str
    how: str
    records: int
    calls: int | None
    time: str
    width: str | None


class Graph(Struct, frozen=True):
    """The plan of the run: ``picture`` is SVG in base64, ``words`` the same for readers who can't see it."""

    words: str
    picture: str


def report_html(report: Report, redactor: Redactor, *, when: str = "") -> Iterator[str]:
    """The report of a run as an HTML page that needs no other file, piece by piece.

    ``when`` is the date of the run in words; ``redactor`` masks secrets in all that is shown.
    """
    return Pages(redactor).pieces(
        "report.html",
        title=report.title,
        head=_head(report, when),
        failures=[_failure(key, outcome, report) for key, outcome in first_causes(report.result)],
        resources=_rows(report),
        graph=_graph(report, redactor) if report.plan.steps else None,
        timeline=timeline_of(report),
        tables=tables_of(report, redactor),
    )


def _head(report: Report, when: str) -> Head:
    result = report.result
    if result.interrupted:
        state, said = "interrupted", "interrupted"
    elif result.ok:
        state, said = "fine", "all succeeded"
    else:
        many = len(result.failed) > 3
        state = "failed"
        said = f"{counted(len(result.failed), 'resource') if many else listed(result.failed)} failed"
    calls = len(report.timeline.calls) + report.timeline.left_out
    retries = sum(len(call.retries) for call in report.timeline.calls)
    tiles = [
        (f"{len(result.outcomes) - len(result.failed):,}/{len(result.outcomes):,}", "resources succeeded"),
        (f"{sum(map(record_count, result.outcomes.values())):,}", "records"),
        *([(f"{calls:,}", "calls")] if calls else []),
        *([(f"{retries:,}", "retries")] if retries else []),
        (duration(result.elapsed_s), "in all"),
    ]
    about = filter(None, (report.where, when, f"request id {result.request_id}" if result.request_id else ""))
    return Head(state, said, list(about), report.plan.definition.description, tiles)


def _failure(key: str, outcome: Failed | Skipped, report: Report) -> Failure:
    if isinstance(outcome, Skipped):
        return Failure(key, because=listed(outcome.because))
    about = filter(None, (counted(len(outcome.errors), "error"), place_of(key, report.plan, report.file)))
    placed = [
        (cause, place_of(key, report.plan, report.file, cause.field) if cause.field else "")
        for cause in causes(outcome.errors)
    ]
    return Failure(key, about=" · ".join(about), causes=placed)


def _rows(report: Report) -> Iterator[Row]:
    outcomes = report.result.outcomes
    longest = max((work.elapsed_s or 0 for outcome in outcomes.values() if (work := work_of(outcome))), default=0) or 1
    for key, outcome in outcomes.items():
        state, work, step = status_of(outcome), work_of(outcome), report.plan.steps.get(key)
        parts = [request_line(step), repetition(step, report.plan)] if step else []
        if work and work.partial:
            parts.append(f"{counted(work.partial, 'answer')} partial")
        if work and work.empty:
            parts.append(f"{counted(work.empty, 'answer')} without content")
        seconds = work.elapsed_s if work else None
        yield Row(
            state,
            SIGNS[state],
            key,
            ", ".join(filter(None, parts)),
            record_count(outcome),
            work.calls if work else None,
            duration(seconds) if seconds is not None else "",
            f"{100 * seconds / longest:.1f}" if seconds is not None else None,
        )


def _graph(report: Report, redactor: Redactor) -> Graph:
    """Each box with how its resource ended."""
    plain = drawing(report.plan, title=report.title, redact=redactor.text)
    outcomes = [report.result.outcomes.get(key) for key in report.plan.steps]
    boxes = tuple(
        box
        if outcome is None
        else replace(
            box,
            key=f"{SIGNS[status_of(outcome)]} {box.key}",
            notes=(*box.notes, "skipped" if isinstance(outcome, Skipped) else _brought(outcome)),
        )
        for box, outcome in zip(plain.boxes, outcomes, strict=True)
    )
    svg = "".join(svg_graph(replace(plain, boxes=boxes)))
    picture = base64.b64encode(svg.encode("utf-8", "replace")).decode()
    words = "; ".join(f"{key} after {listed(step.parents)}" for key, step in report.plan.steps.items() if step.parents)
    return Graph(words or "resources that wait for none", picture)


def _brought(outcome: Outcome) -> str:
    count = counted(record_count(outcome), "record")
    return f"{count}, {counted(len(outcome.errors), 'error')}" if isinstance(outcome, Failed) else count
