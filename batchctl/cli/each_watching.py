"""Rows under way: a live view on a terminal, now and then a line elsewhere, nothing when quiet."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from batchctl.execution.row_progress import RowsProgress
from batchctl.execution.rows import RowWatch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from batchctl.cli.terminal import Terminal
    from batchctl.engine.observe.timeline import Timeline
    from batchctl.engine.result import RunResult
    from batchctl.execution.row_end import RowCalls
    from batchctl.outputs.recordings import RowRecordings
    from batchctl.plan.planner import Plan

# Rows that are over sooner need no picture.
_PATIENCE_S = 0.3
_FRAME_S = 0.1


@asynccontextmanager
async def watching_rows(total: int, title: str, where: str, terminal: Terminal) -> AsyncIterator[RowsProgress | None]:
    """Show the rows on stderr while the block runs; nothing of it is left afterwards. None where nobody looks."""
    if terminal.quiet:
        yield None
        return
    progress = RowsProgress(total)
    show = _animate if terminal.is_live() else _report
    task = asyncio.create_task(show(progress, title, where, terminal))
    try:
        yield progress
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def row_watch(progress: RowsProgress | None, recordings: RowRecordings, terminal: Terminal) -> RowWatch:
    """What is called as rows end: ``progress`` for the screen, and the reports and recordings asked for."""
    beside = recordings.beside

    def calls_of(plan: Plan, result: RunResult, timeline: Timeline) -> RowCalls:
        return beside.calls(plan, result, timeline, terminal.redactor)

    return RowWatch(progress, calls_of if beside.watches else None, recordings.write if beside.records else None)


async def _animate(progress: RowsProgress, title: str, where: str, terminal: Terminal) -> None:
    await asyncio.sleep(_PATIENCE_S)
    from rich.live import Live

    from batchctl.render.result.live_rows import live_rows

    console = terminal.console(sys.stderr, live=True)
    redact = terminal.redactor.text
    with Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False) as live:
        while True:
            live.update(live_rows(progress, title, where, redact, console.size.height), refresh=True)
            await asyncio.sleep(_FRAME_S)


async def _report(progress: RowsProgress, title: str, where: str, terminal: Terminal) -> None:  # noqa: ARG001 - a line says neither
    await asyncio.sleep(_PATIENCE_S)
    from batchctl.render.result.live_rows import RowsNews

    news = RowsNews(progress)
    while True:
        line = news.due()
        if line is not None:
            terminal.note(line)
        await asyncio.sleep(_FRAME_S)
