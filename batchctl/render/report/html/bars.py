"""The timeline of the calls: a lane per resource, in it a bar per call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plain import counted, duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.engine.observe.timeline import CallTrace
    from batchctl.render.report.html.markup import Markup
    from batchctl.render.report.json import Report

_MAX_BARS = 1500
_ROWS_SHOWN = 12
_MAX_ROWS = 40
_ROW = 14
# Narrower bars can't be seen, nor pointed at.
_THINNEST = 0.25
_SLOWEST = 10
_LEGEND = "".join(
    f'<span><i class="{kind}"></i>{word}</span>'
    for kind, word in (("good", "answered"), ("again", "answered after a retry"), ("bad", "failed"))
)


def timeline_section(report: Report, markup: Markup) -> Iterator[str]:
    """The section, or nothing when the calls are not known (the service makes them)."""
    calls = report.timeline.calls
    if not calls:
        return
    shown = calls[:_MAX_BARS]
    end = max([report.result.elapsed_s, *((call.ended_s or call.started_s) for call in calls)]) or 1.0
    lanes: dict[str, list[CallTrace]] = {key: [] for key in report.plan.steps}
    for call in shown:
        lanes.setdefault(call.key, []).append(call)
    yield '<section id="timeline">\n<h2>Timeline of the calls</h2>\n<div class="timeline">\n'
    for key, traces in lanes.items():
        if traces:
            yield from _lane(key, traces, end, markup)
    yield '<div class="lane axis"><span></span><div class="ticks">'
    yield "".join(f'<i style="left:{part * 25}%">{markup.text(_tick(end * part / 4))}</i>' for part in range(5))
    yield "</div></div>\n</div>\n"
    yield f'<p class="legend">{_LEGEND}</p>\n'
    left_out = len(calls) - len(shown) + report.timeline.left_out
    if left_out:
        yield f'<p class="note">and {counted(left_out, "call")} more</p>\n'
    yield from _slowest(calls, markup)
    yield "</section>\n"


def _lane(key: str, traces: Sequence[CallTrace], end: float, markup: Markup) -> Iterator[str]:
    rows: list[float] = []
    places = [_row(call, rows, end) for call in traces]
    step, dense = (_ROW, "") if len(rows) <= _ROWS_SHOWN else (_ROW // 2, ' class="dense"')
    name = markup.text(key)
    yield f'<div class="lane"><span title="{name}">{name}</span>'
    yield f'<div{dense} style="height:{max(1, len(rows)) * step}px">'
    for call, row in zip(traces, places, strict=True):
        stop = call.ended_s if call.ended_s is not None else end
        left, size = 100 * call.started_s / end, max(_THINNEST, 100 * (stop - call.started_s) / end)
        style = f"left:{min(left, 100 - _THINNEST):.2f}%;width:{min(size, 100 - left):.2f}%;top:{row * step}px"
        kind = "bad" if call.status is not None else "again" if call.retries else "good"
        yield f'<i class="{kind}" style="{style}" title="{markup.text(_described(call))}"></i>'
    yield "</div></div>\n"


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


def _slowest(calls: Sequence[CallTrace], markup: Markup) -> Iterator[str]:
    """The calls that took longest, with their times in figures: bars alone tell nothing on paper."""
    ended = [(call.ended_s - call.started_s, call) for call in calls if call.ended_s is not None]
    ended.sort(key=lambda pair: -pair[0])
    yield '<details class="slowest"><summary>The slowest calls</summary><div class="scroll"><table><tbody>\n'
    for seconds, call in ended[:_SLOWEST]:
        yield f'<tr><td class="num">{markup.text(duration(seconds))}</td><td><b>{markup.text(call.key)}</b></td>'
        yield f"<td><code>{markup.text(f'{call.call.http_method} {call.call.path}')}</code></td></tr>\n"
    yield "</tbody></table></div></details>\n"


def _tick(seconds: float) -> str:
    return duration(seconds) if seconds else "0"
