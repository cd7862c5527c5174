"""Keeps rate limits before they are hit: a call waits until there is a token for it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from batchctl.engine.events import Throttled, ignore
from batchctl.truto.backoff import RATE_LIMIT_WAIT_S, retry_after_s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.backends.token_bucket import TokenBucket
    from batchctl.engine.events import Observer
    from batchctl.truto.calls import Call


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket and its name for people: ``50 calls per 10 s and account``. Several backends may share one."""

    name: str
    bucket: TokenBucket


@dataclass(frozen=True, slots=True)
class ThrottledBackend:
    """Calls go on in the order in which they came, each with a token of every limit.

    Backends that share a bucket share a ``clock``, by which the run began at ``began_s``; ``now`` is Unix time.
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
        """The inner backend's answer. After a 429 nothing is sent for as long as that asks for."""
        waited_s = await self._pass(call)
        reply = await self.inner.send(call)
        if reply.status == 429:
            after_s = retry_after_s(reply.headers.get("retry-after"), self.now())
            until_s = self.clock() + (RATE_LIMIT_WAIT_S if after_s is None else after_s)
            self.limits[0].bucket.close(until_s)
        return replace(reply, throttled_s=reply.throttled_s + waited_s) if waited_s else reply

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self.inner.aclose()

    async def _pass(self, call: Call) -> float:
        """Take the tokens; the seconds that this took."""
        came_s = self.clock()
        async with self._gate:
            wait_s, limit = self._longest()
            if wait_s > 0:
                now_s = self.clock()
                self.tell(Throttled(call.node, call, now_s - came_s + wait_s, limit, now_s - self.began_s))
            while wait_s > 0:
                await self.sleep(wait_s)
                wait_s, _ = self._longest()
            now_s = self.clock()
            for each in self.limits:
                each.bucket.take(now_s)
            return now_s - came_s

    def _longest(self) -> tuple[float, str]:
        now_s = self.clock()
        return max((limit.bucket.wait_s(now_s), limit.name) for limit in self.limits)
