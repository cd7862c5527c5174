"""Rows under way: a live view on a terminal, now and then a line elsewhere, nothing when quiet."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from batchctl.cli.watching import shown_meanwhile
from batchctl.execution.row_progress import RowsProgress
from batchctl.execution.rows import RowWatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from rich.console import RenderableType

    from batchctl.cli.terminal import Terminal
    from batchctl.engine.observe.timeline import Timeline
    from batchctl.engine.result import RunResult
    from batchctl.execution.row_end import RowCalls
    from batchctl.outputs.recordings import RowRecordings
    from batchctl.plan.planner import Plan


@asynccontextmanager
async def watching_rows(total: int, title: str, where: str, terminal: Terminal) -> AsyncIterator[RowsProgress | None]:
    """A context in which the progress of rows is shown on stderr, and which yields where to count them.

    It yields None with ``--quiet``. ``total`` is the number of rows, ``title`` what is run, ``where`` says in words
    where; all of it is for people. On a terminal the picture is removed at the end.
    """
    if terminal.quiet:
        yield None
        return
    progress = RowsProgress(total)

    def frame(height: int) -> RenderableType:
        from batchctl.render.result.live_rows import live_rows

        return live_rows(progress, title, where, terminal.redactor.text, height)

    def news() -> Callable[[], str | None]:
        from batchctl.render.result.live_rows import RowsNews

        return RowsNews(progress).due

    async with shown_meanwhile(frame, news, terminal):
        yield progress


def row_watch(progress: RowsProgress | None, recordings: RowRecordings, terminal: Terminal) -> RowWatch:
    """What is called as rows run and end: it counts them in ``progress``, and makes reports and recordings.

    None as ``progress`` counts nothing.
    """
    beside = recordings.beside

    def calls_of(plan: Plan, result: RunResult, timeline: Timeline) -> RowCalls:
        return beside.calls(plan, result, timeline, terminal.redactor)

    return RowWatch(progress, calls_of if beside.watches else None, recordings.write if beside.records else None)
