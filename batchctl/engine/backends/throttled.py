"""Keeps rate limits before they are hit: a call waits until every limit lets it through."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from batchctl.engine.events import Throttled, ignore
from batchctl.truto.backoff import RATE_LIMIT_WAIT_S, asked_wait_s, exhausted_s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.backends.sliding_window import SlidingWindow
    from batchctl.engine.events import Observer
    from batchctl.truto.calls import Call

# However long an answer asks for, the others wait no longer than a retry does.
_MAX_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A window and its name for people: ``50 calls per 10 s and account``. Several backends may share one."""

    name: str
    window: SlidingWindow


@dataclass(frozen=True, slots=True)
class ThrottledBackend:
    """Calls go on in the order in which they came, each once every limit lets it through.

    ``limits`` begins with the account's: after a 429 it lets nothing through for as long as the answer asks for, on
    every host. Backends that share a window share a ``clock``, by which the run began at ``began_s``; ``now`` is Unix
    time.
    """

    inner: Backend
    limits: Sequence[Limit]
    tell: Observer = ignore
    clock: Callable[[], float] = time.monotonic
    began_s: float = 0.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    now: Callable[[], float] = time.time
    _gate: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def send(self, call: Call) -> Reply:
        """The inner backend's answer. After a 429, or one with ``ratelimit-remaining: 0``, others wait as asked."""
        waited_s = await self._pass(call)
        reply = await self.inner.send(call)
        if reply.headers or reply.status == 429:
            self._heed(reply)
        return replace(reply, throttled_s=reply.throttled_s + waited_s) if waited_s else reply

    def _heed(self, reply: Reply) -> None:
        """Hold back the account's calls where the answer asks for it."""
        wait_s = exhausted_s(reply.headers)
        if reply.status == 429:
            after_s = asked_wait_s(reply.headers, self.now())
            wait_s = RATE_LIMIT_WAIT_S if after_s is None else after_s
        if wait_s > 0:
            self.limits[0].window.close(self.clock() + min(wait_s, _MAX_WAIT_S))

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self.inner.aclose()

    async def _pass(self, call: Call) -> float:
        """Wait until every limit lets the call through; the seconds that this took, 0 where none made it wait."""
        came_s = self.clock()
        # Nobody holds the gate longer than a moment, unless a limit makes them wait.
        held_back = self._gate.locked()
        async with self._gate:
            wait_s, limit = self._longest()
            held_back = held_back or wait_s > 0
            if wait_s > 0:
                now_s = self.clock()
                self.tell(Throttled(call.node, call, now_s - came_s + wait_s, limit, now_s - self.began_s))
            while wait_s > 0:
                await self.sleep(wait_s)
                wait_s, _ = self._longest()
            now_s = self.clock()
            for each in self.limits:
                each.window.take(now_s)
            return now_s - came_s if held_back else 0.0

    def _longest(self) -> tuple[float, str]:
        now_s = self.clock()
        return max((limit.window.wait_s(now_s), limit.name) for limit in self.limits)
