"""From plain code into asynchronous code: the one call of ``asyncio.run``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` to its end. Ctrl-C cancels it, and what it returns then is still the result."""
    results: list[T] = []

    async def outer() -> None:
        results.append(await work)

    # The result is passed on by hand: where it installs its handler of SIGINT, asyncio.run makes (in some versions
    # of Python) the repr of its task, result included, which takes twice the memory of the result.
    asyncio.run(outer())
    return results[0]
