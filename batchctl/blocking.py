"""From plain code into asynchronous code: the one call of ``asyncio.run``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end and return what it returned. Ctrl-C cancels it; what it returns then is still the result.

    Raises what ``work`` raises, and ``KeyboardInterrupt`` where it has no answer to being cancelled.
    """
    results: list[T] = []

    async def outer() -> None:
        results.append(await work)

    # The result is passed on by hand: where it installs its handler of SIGINT, asyncio.run makes (in some versions
    # of Python) the repr of its task, result included, which takes twice the memory of the result.
    try:
        asyncio.run(outer())
    except KeyboardInterrupt:
        # Where asyncio has no handler of its own, the interrupt comes through, but only after the work was cancelled.
        if not results:
            raise
    return results[0]
