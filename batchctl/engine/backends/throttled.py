"""Keeps rate limits before they are hit: a call waits at the gate until every limit lets it through."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batchctl.engine.events import Throttled, ignore
from batchctl.structs import Struct, replace
from batchctl.truto.backoff import RATE_LIMIT_WAIT_S, asked_wait_s, exhausted_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.backends.gate import Gate
    from batchctl.engine.events import Observer
    from batchctl.truto.calls import Call

# However long an answer asks for, the others wait no longer than a retry does.
LONGEST_WAIT_S = 60.0


class ThrottledBackend(Struct, frozen=True):
    """Sends each call of ``inner`` once the ``gate`` lets it through; several backends may share a gate.

    After a 429 the gate lets nothing through for as long as the answer asks for. ``tell`` gets a ``Throttled`` event
    before a wait. ``clock`` returns seconds, ``began_s`` is its value when the run began; ``now`` returns Unix time.
    """

    inner: Backend
    gate: Gate
    tell: Observer = ignore
    clock: Callable[[], float] = time.monotonic
    began_s: float = 0.0
    now: Callable[[], float] = time.time

    async def send(self, call: Call) -> Reply:
        """The inner backend's answer, with the wait for the gate added to ``throttled_s``.

        After a 429 or ``ratelimit-remaining: 0`` later calls wait as long as the answer asks for, at most 60 seconds.
        Raises ``ServiceError`` where the inner backend gets no usable answer.
        """

        def on_wait(wait_s: float, limit: str, /) -> None:
            self.tell(Throttled(call.node, call, wait_s, limit, self.clock() - self.began_s))

        waited_s = await self.gate.enter(on_wait)
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
            self.gate.hold(min(wait_s, LONGEST_WAIT_S))

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self.inner.aclose()
