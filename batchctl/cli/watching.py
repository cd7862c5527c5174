"""A run and what is shown meanwhile: a live tree on a terminal, now and then a line elsewhere, nothing when quiet."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from batchctl.cli.terminal import Terminal
    from batchctl.engine.events import Event, Observer
    from batchctl.engine.observe.progress import LiveView, Progress

Result = TypeVar("Result")
# A run that is over sooner needs no picture.
_PATIENCE_S = 0.3
_FRAME_S = 0.1


async def watched(
    execute: Callable[[Observer], Awaitable[Result]],
    progress: Progress,
    also: Observer,
    view: LiveView,
    terminal: Terminal,
) -> Result:
    """Call ``execute`` with an observer and return its result, with its progress shown meanwhile on stderr.

    ``also`` gets every event, too. Raises what ``execute`` raises.
    """

    def observe(event: Event, /) -> None:
        progress(event)
        also(event)

    async with watching(progress, view, terminal):
        return await execute(observe)


@asynccontextmanager
async def watching(
    progress: Progress, view: LiveView, terminal: Terminal, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[None]:
    """Show ``progress`` on stderr while the block runs; nothing of it is left afterwards."""
    if terminal.quiet:
        yield
        return
    started = clock()
    show = _animate if terminal.is_live() else _report
    async with AsyncExitStack() as stack:
        task = asyncio.create_task(show(progress, view, terminal, lambda: clock() - started))
        stack.push_async_callback(_ended, task)
        yield


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _animate(progress: Progress, view: LiveView, terminal: Terminal, now_s: Callable[[], float]) -> None:
    await asyncio.sleep(_PATIENCE_S)
    from rich.live import Live

    from batchctl.render.result.live_tree import live_tree

    console = terminal.console(sys.stderr, live=True)
    with Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False) as live:
        while True:
            live.update(live_tree(progress, view, now_s(), console.size.height), refresh=True)
            await asyncio.sleep(_FRAME_S)


async def _report(progress: Progress, view: LiveView, terminal: Terminal, now_s: Callable[[], float]) -> None:
    await asyncio.sleep(_PATIENCE_S)
    from batchctl.render.result.live_tree import News

    news = News(progress, view)
    while True:
        line = news.due(now_s())
        if line is not None:
            terminal.note(line)
        await asyncio.sleep(_FRAME_S)
