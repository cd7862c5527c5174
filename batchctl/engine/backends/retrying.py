"""Sends a call again where that is safe and may help, after as long as the other side asks for."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from batchctl.engine.events import CallRetried, ignore
from batchctl.errors import Unanswered
from batchctl.truto.backoff import RETRYABLE, Backoff, retry_after_s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.events import Observer
    from batchctl.truto.calls import Call


@dataclass(frozen=True, slots=True)
class RetryingBackend:
    """Repeats reads, and writes that have an idempotency key; what was never sent is repeated in any case.

    ``random`` answers a number from 0 to 1, ``now`` is Unix time; the run began at ``began_s`` by ``clock``.
    """

    inner: Backend
    backoff: Backoff = field(default_factory=Backoff)
    tell: Observer = ignore
    clock: Callable[[], float] = time.monotonic
    began_s: float = 0.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    now: Callable[[], float] = time.time

    async def send(self, call: Call) -> Reply:
        """The first answer that is final, or the last one. Raises what the inner backend raises."""
        repeatable = not call.is_write or call.idempotency_key is not None
        attempt, throttled_s = 0, 0.0
        while True:
            last = attempt >= self.backoff.retries
            try:
                reply = await self.inner.send(call)
            except Unanswered as error:
                if last or (error.sent and not repeatable):
                    raise
                status, after_s = 0, None
            else:
                throttled_s += reply.throttled_s
                if last or reply.status not in RETRYABLE or not repeatable:
                    return replace(reply, retries=attempt, throttled_s=throttled_s) if attempt else reply
                status, after_s = reply.status, retry_after_s(reply.headers.get("retry-after"), self.now())
            attempt += 1
            wait_s = self.backoff.wait_s(attempt, status, after_s, self.random)
            self.tell(CallRetried(call.node, call, attempt, wait_s, status, self.clock() - self.began_s))
            await self.sleep(wait_s)

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self.inner.aclose()
