"""Where calls wait for rate limits: one place for all that share them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from batchctl.engine.backends.sliding_window import SlidingWindow


class OnWait(Protocol):
    """A function called before a call waits, with the wait in seconds and the name of the limit that requires it."""

    def __call__(self, wait_s: float, limit: str, /) -> None:
        """Take note of it."""


class Gate(Protocol):
    """Holds calls back so that rate limits are kept: each call enters the gate before it is sent, and waits there.

    ``LocalGate`` is one; a ``ThrottledBackend`` takes it.
    """

    async def enter(self, on_wait: OnWait, /) -> float:
        """Wait until every limit allows another call, count that call, and return how many seconds this took.

        0 where nothing made it wait. ``on_wait`` is called before a wait.
        """

    def hold(self, seconds: float, /) -> None:
        """Let no call through for ``seconds``, since the service has answered that its limit is reached."""


class Limit(Struct, frozen=True):
    """One rate limit: the window that counts calls, and its name for people (``50 calls per 10 s and account``).

    Several gates may share one window.
    """

    name: str
    window: SlidingWindow


class LocalGate(Struct, frozen=True):
    """A gate that all backends of one process may share. Calls pass in the order in which they came.

    ``limits`` begins with the account's, which is the one that ``hold`` closes. Gates that share a window share a
    ``clock`` (seconds). ``sleep`` waits for a number of seconds.
    """

    limits: Sequence[Limit]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def enter(self, on_wait: OnWait, /) -> float:
        """Wait until every limit allows another call, count that call, and return how many seconds this took.

        0 where nothing made it wait. ``on_wait`` is called before a wait.
        """
        came_s = self.clock()
        # Nobody holds the lock longer than a moment, unless a limit makes them wait.
        held_back = self._turn.locked()
        async with self._turn:
            wait_s, limit = self._longest()
            held_back = held_back or wait_s > 0
            if wait_s > 0:
                on_wait(self.clock() - came_s + wait_s, limit)
            while wait_s > 0:
                await self.sleep(wait_s)
                wait_s, _ = self._longest()
            now_s = self.clock()
            for each in self.limits:
                each.window.take(now_s)
            return now_s - came_s if held_back else 0.0

    def hold(self, seconds: float, /) -> None:
        """Let no call through for ``seconds`` from now, since the service has answered that its limit is reached."""
        self.limits[0].window.close(self.clock() + seconds)

    def _longest(self) -> tuple[float, str]:
        now_s = self.clock()
        return max((limit.window.wait_s(now_s), limit.name) for limit in self.limits)
