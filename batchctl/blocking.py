"""From plain code into asynchronous code: the one call of ``asyncio.run``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar, cast

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
_running: list[asyncio.Task[None]] = []


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run the coroutine ``work`` to its end in a new event loop, and return what it returned.

    Ctrl-C cancels it; what it returns then is still the result. Raises what ``work`` raises, and ``KeyboardInterrupt``
    where it is cancelled without returning anything, and ``UsageError`` inside a running event loop.
    """
    if _in_loop():
        work.close()
        raise UsageError(
            "an event loop is running, and this function would block it",
            hint="await its asynchronous twin (arun, adry_run …), or call it in a thread",
        )
    results: list[T] = []

    async def outer() -> None:
        _running.append(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            results.append(await work)
        finally:
            _running.clear()

    # The result is passed on by hand: where it installs its handler of SIGINT, asyncio.run makes (in some versions
    # of Python) the repr of its task, result included, which takes twice the memory of the result.
    try:
        asyncio.run(outer())
    except (KeyboardInterrupt, asyncio.CancelledError):
        # Where asyncio has no handler of its own, the interrupt comes through, but only after the work was cancelled.
        if not results:
            raise KeyboardInterrupt from None
    return results[0]


def _in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def interrupt() -> None:
    """Cancel the work of ``wait_for`` that is in progress, as Ctrl-C does; for a signal handler.

    Raises ``KeyboardInterrupt`` where none is.
    """
    if not _running:
        raise KeyboardInterrupt
    _running[-1].get_loop().call_soon_threadsafe(_running[-1].cancel)
