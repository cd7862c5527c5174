"""Sends a call again where that is safe and may help, after as long as the other side asks for."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batchctl.engine.events import CallRetried, ignore
from batchctl.errors import Unanswered
from batchctl.structs import Struct, field, replace
from batchctl.truto.backoff import RETRYABLE, asked_wait_s
from batchctl.truto.retry import Again, RetryLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.events import Observer
    from batchctl.truto.calls import Call


class RetryingBackend(Struct, frozen=True):
    """Sends a call of ``inner`` again after a failure that may pass, where sending it twice can do no harm.

    Such a failure is an answer with status 429, 500, 502 or 504, or no answer (``Unanswered``). It does no harm for
    reads, for writes with an idempotency key, and for what never reached the service. ``loop`` says how often and after
    which waits, ``tell`` gets a ``CallRetried`` event before each. ``clock`` returns seconds, ``began_s`` is its value
    when the run began.
    """

    inner: Backend
    loop: RetryLoop = field(default_factory=RetryLoop)
    tell: Observer = ignore
    clock: Callable[[], float] = time.monotonic
    began_s: float = 0.0

    async def send(self, call: Call) -> Reply:
        """The first answer that need not or must not be asked for again, else that of the last attempt.

        Raises the ``ServiceError`` of the last attempt where that got no usable answer. The answer's ``retries`` is how
        often the call was sent again, ``throttled_s`` what all attempts waited for rate limits.
        """
        repeatable = not call.is_write or call.idempotency_key is not None
        throttled_s = 0.0

        async def attempt() -> Reply:
            nonlocal throttled_s
            reply = await self.inner.send(call)
            throttled_s += reply.throttled_s
            return reply

        def again(outcome: Reply | Exception) -> Again | None:
            if isinstance(outcome, Exception):
                safe = isinstance(outcome, Unanswered) and (repeatable or not outcome.sent)
                return Again() if safe else None
            if outcome.status not in RETRYABLE or not repeatable:
                return None
            return Again(outcome.status, asked_wait_s(outcome.headers, self.loop.now()))

        def tell(retry: int, wait_s: float, why: Again) -> None:
            self.tell(CallRetried(call.node, call, retry, wait_s, why.status, self.clock() - self.began_s))

        reply, retries = await self.loop.run(attempt, again, tell)
        return replace(reply, retries=retries, throttled_s=throttled_s) if retries else reply

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self.inner.aclose()
