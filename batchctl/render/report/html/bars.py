"""The timeline of the calls: a lane per resource, in it a bar per call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plain import counted, duration
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.observe.timeline import CallTrace
    from batchctl.render.report.json import Report

_MAX_BARS = 1500
_ROWS_SHOWN = 12
_MAX_ROWS = 40
_ROW = 14
# Narrower bars can't be seen, nor pointed at.
_THINNEST = 0.25
_SLOWEST = 10


class Bar(Struct, frozen=True):
    """One call in the timeline of a report.

    ``kind`` is ``good``, ``again`` (it succeeded after a retry) or ``bad``; ``style`` is CSS with its position,
    ``title`` what is shown on hovering over it.
    """

    kind: str
    style: str
    title: str


class Lane(Struct, frozen=True):
    """The calls of one resource in the timeline, ``height`` pixels high.

    ``key`` is the resource's name; ``dense`` means that there are many rows of bars, which are thinner then.
    """

    key: str
    dense: bool
    height: int
    bars: Sequence[Bar]


class Slow(Struct, frozen=True):
    """One of the slowest calls: how long it took (``time``, in words) and its resource (``key``).

    ``line`` is its method and path.
    """

    time: str
    key: str
    line: str


class TimelineView(Struct, frozen=True):
    """The timeline of a run's calls: a lane per resource, and the ten slowest calls, the slowest first.

    ``ticks`` are the five labels of the time axis, at its start, each quarter and its end. ``left_out`` says in words
    how many calls are not shown, empty for none.
    """

    lanes: Sequence[Lane]
    ticks: Sequence[str]
    left_out: str
    slowest: Sequence[Slow]


def timeline_of(report: Report) -> TimelineView | None:
    """The timeline of a run's calls; None where they are not known, as for a batch that ran on Truto."""
    calls = report.timeline.calls
    if not calls:
        return None
    shown = calls[:_MAX_BARS]
    end = max([report.result.elapsed_s, *((call.ended_s or call.started_s) for call in calls)]) or 1.0
    lanes: dict[str, list[CallTrace]] = {key: [] for key in report.plan.steps}
    for call in shown:
        lanes.setdefault(call.key, []).append(call)
    left_out = len(calls) - len(shown) + report.timeline.left_out
    return TimelineView(
        [_lane(key, traces, end) for key, traces in lanes.items() if traces],
        [_tick(end * part / 4) for part in range(5)],
        counted(left_out, "call") if left_out else "",
        _slowest(calls),
    )


def _lane(key: str, traces: Sequence[CallTrace], end: float) -> Lane:
    rows: list[float] = []
    places = [_row(call, rows, end) for call in traces]
    dense = len(rows) > _ROWS_SHOWN
    step = _ROW // 2 if dense else _ROW
    bars = [_bar(call, row * step, end) for call, row in zip(traces, places, strict=True)]
    return Lane(key, dense, max(1, len(rows)) * step, bars)


def _bar(call: CallTrace, top: int, end: float) -> Bar:
    stop = call.ended_s if call.ended_s is not None else end
    left, size = 100 * call.started_s / end, max(_THINNEST, 100 * (stop - call.started_s) / end)
    style = f"left:{min(left, 100 - _THINNEST):.2f}%;width:{min(size, 100 - left):.2f}%;top:{top}px"
    kind = "bad" if call.status is not None else "again" if call.retries else "good"
    return Bar(kind, style, _described(call))


def _row(call: CallTrace, rows: list[float], end: float) -> int:
    """The first row that is free when ``call`` starts; ``rows`` holds until when each is taken."""
    row = next((number for number, free in enumerate(rows) if free <= call.started_s), len(rows))
    if row >= _MAX_ROWS:
        row = min(range(len(rows)), key=rows.__getitem__)
    rows[row : row + 1] = [call.ended_s if call.ended_s is not None else end]
    return row


def _described(call: CallTrace) -> str:
    took = duration(call.ended_s - call.started_s) if call.ended_s is not None else "not finished"
    parts = [f"{call.call.http_method} {call.call.path}", took]
    if call.status is not None:
        parts.append(f"failed with {call.status}" if call.status else "failed without an answer")
    else:
        parts.append(counted(call.records, "record"))
    parts += [f"retry {each.attempt} after {duration(each.wait_s)}" for each in call.retries]
    return " · ".join(parts)


def _slowest(calls: Sequence[CallTrace]) -> list[Slow]:
    """The calls that took longest, with their times in figures: bars alone tell nothing on paper."""
    ended = [(call.ended_s - call.started_s, call) for call in calls if call.ended_s is not None]
    ended.sort(key=lambda pair: -pair[0])
    return [
        Slow(duration(seconds), call.key, f"{call.call.http_method} {call.call.path}")
        for seconds, call in ended[:_SLOWEST]
    ]


def _tick(seconds: float) -> str:
    return duration(seconds) if seconds else "0"
