"""Rows under way: how many are done, how fast, and where each of those under way is, in a screen or in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from batchctl.engine.observe.progress import Intervals
from batchctl.plain import clean, counted, duration
from batchctl.render.text.words import row_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.execution.row_progress import RowProgress, RowsProgress
    from batchctl.redaction import Redact


def live_rows(progress: RowsProgress, title: str, where: str, redact: Redact, height: int) -> Group:
    """Rows in progress, as they are at this moment, in at most ``height`` lines of the terminal.

    ``title`` names the batch, ``where`` says in words where the rows run; ``redact`` masks secrets.
    """
    now_s = progress.now_s()
    clock = Text(duration(now_s) if now_s >= 1 else "starting", style="cyan")
    lines = [
        Text.assemble(clock, " · ", (clean(redact(title), 80), "bold")),
        Text(clean(redact(where)), style="dim"),
        Text(" · ".join(figures(progress))),
    ]
    room = max(1, height - len(lines) - 1)
    running = sorted(progress.running.values(), key=lambda each: each.started_s)
    if len(running) > room:
        lines += [_line(each, now_s, redact) for each in running[: room - 1]]
        lines.append(Text(f"and {len(running) - room + 1:,} more under way", style="dim"))
    else:
        lines += [_line(each, now_s, redact) for each in running]
    for line in lines:
        # A picture that wraps would change its height.
        line.no_wrap, line.overflow = True, "ellipsis"
    return Group(*lines)


def figures(progress: RowsProgress) -> Iterator[str]:
    """Rows in progress in words: ``312 of 2,000 rows done``, ``4 failed``, ``12.5 rows/s``, ``about 2 min left``."""
    yield f"{progress.done:,} of {counted(progress.total, 'row')} done"
    if progress.failed:
        yield f"{progress.failed:,} failed"
    if progress.reused:
        yield f"{progress.reused:,} done before"
    if progress.running:
        yield f"{len(progress.running):,} under way"
    if progress.waiting:
        yield f"{progress.waiting:,} waiting"
    rate, left_s = progress.rate(), progress.left_s()
    if rate:
        yield f"{rate:,.1f} rows/s" if rate >= 1 else f"{rate * 60:,.1f} rows/min"
    if left_s:
        yield f"about {duration(max(1.0, left_s))} left"


def _line(row: RowProgress, now_s: float, redact: Redact) -> Text:
    parts = [clean(redact(row.at), 60)] if row.at else []
    parts.append(f"{row.done:,} of {counted(row.calls, 'call')}" if row.calls else "starting")
    if row.records:
        parts.append(counted(row.records, "record"))
    if row.failed:
        parts.append(f"{row.failed:,} failed")
    if row.held_until_s > now_s:
        parts.append(f"{clean(row.held_by, 80)}, waits {duration(row.held_until_s - now_s)}")
    parts.append(duration(now_s - row.started_s))
    mark = ("● ", "red" if row.failed else "cyan")
    return Text.assemble(mark, (row_label(row.row, redact), "bold"), "  " + " · ".join(parts))


class RowsNews:
    """The progress of rows as single lines for logs, with 5, 10, 15 and then always 30 s between two of them.

    The time is that of the clock of ``progress``.
    """

    def __init__(self, progress: RowsProgress) -> None:
        self._progress = progress
        self._intervals = Intervals()

    def due(self) -> str | None:
        """The next line; None when it is not yet time for one."""
        now_s = self._progress.now_s()
        if not self._intervals.passed(now_s):
            return None
        return f"{duration(now_s)}: " + " · ".join(figures(self._progress))
