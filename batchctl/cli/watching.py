"""A run and what is shown meanwhile: a live tree on a terminal, now and then a line elsewhere, nothing when quiet."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from batchctl.engine.events import both

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from rich.console import RenderableType

    from batchctl.cli.terminal import Terminal
    from batchctl.engine.events import Observer
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
    """Run ``execute`` with an observer, show the progress on stderr meanwhile, and return its result.

    ``progress`` and ``also`` get every event; ``view`` is what is shown above the tree. Raises what ``execute`` raises.
    """
    async with watching(progress, view, terminal):
        return await execute(both(progress, also))


@asynccontextmanager
async def watching(
    progress: Progress, view: LiveView, terminal: Terminal, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[None]:
    """A context in which ``progress`` is shown on stderr; a live picture is removed at its end.

    ``view`` is what is shown above the tree. ``clock`` returns seconds that never go back.
    """
    started = clock()

    def frame(height: int) -> RenderableType:
        from batchctl.render.result.live_tree import live_tree

        return live_tree(progress, view, clock() - started, height)

    def news() -> Callable[[], str | None]:
        from batchctl.render.result.live_tree import News

        lines = News(progress, view)
        return lambda: lines.due(clock() - started)

    async with shown_meanwhile(frame, news, terminal):
        yield


@asynccontextmanager
async def shown_meanwhile(
    frame: Callable[[int], RenderableType], news: Callable[[], Callable[[], str | None]], terminal: Terminal
) -> AsyncIterator[None]:
    """A context in which progress is shown on stderr, unless quiet.

    On a terminal it is what ``frame`` draws, given the number of lines on the screen, ten times a second. Elsewhere
    lines are printed: ``news`` makes a function that is called again and again, and returns a line when one is due,
    else None.
    """
    if terminal.quiet:
        yield
        return
    async with AsyncExitStack() as stack:
        work = _animate(frame, terminal) if terminal.is_live() else _report(news, terminal)
        stack.push_async_callback(_ended, asyncio.create_task(work), terminal)
        yield


async def _ended(task: asyncio.Task[None], terminal: Terminal) -> None:
    task.cancel()
    try:
        with suppress(asyncio.CancelledError):
            await task
    except Exception as error:  # noqa: BLE001 - whatever breaks the picture, what the run brought is not lost
        terminal.note(f"the progress can't be shown: {type(error).__name__}")


async def _animate(frame: Callable[[int], RenderableType], terminal: Terminal) -> None:
    await asyncio.sleep(_PATIENCE_S)
    from rich.live import Live

    console = terminal.console(sys.stderr, live=True)
    with Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False) as live:
        while True:
            live.update(frame(console.size.height), refresh=True)
            await asyncio.sleep(_FRAME_S)


async def _report(news: Callable[[], Callable[[], str | None]], terminal: Terminal) -> None:
    await asyncio.sleep(_PATIENCE_S)
    due = news()
    while True:
        line = due()
        if line is not None:
            terminal.note(line)
        await asyncio.sleep(_FRAME_S)
