"""What answers a run on this machine: fixtures, asked again where ``faults.yaml`` throttles."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from batchctl.engine.backends.base import immediate_answers
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.events import CallRetried, ignore
from batchctl.structs import Struct, field, replace
from batchctl.truto.backoff import Backoff, asked_wait_s
from batchctl.truto.retry import Again, RetryLoop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.events import Observer
    from batchctl.truto.calls import Call


class PatientBackend(Struct, frozen=True):
    """Sends a call of ``inner`` again after an answer with status 429, as often as ``backoff`` says.

    Writes are repeated, too: fixtures that throttle have changed nothing. ``tell`` gets a ``CallRetried`` event before
    each repetition. ``clock`` returns seconds, ``began_s`` is its value when the run began; ``sleep`` waits for a
    number of seconds.
    """

    inner: Backend
    backoff: Backoff = field(default_factory=Backoff)
    tell: Observer = ignore
    clock: Callable[[], float] = time.monotonic
    began_s: float = 0.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def send(self, call: Call) -> Reply:
        """The first answer with another status than 429, or the last one.

        Raises ``ServiceError`` where the inner backend gets no usable answer, ``FixtureError`` for a fixture file that
        can't be used.
        """

        def again(outcome: Reply | Exception) -> Again | None:
            if isinstance(outcome, Exception) or outcome.status != 429:
                return None
            return Again(429, asked_wait_s(outcome.headers, time.time()))

        def tell(retry: int, wait_s: float, why: Again) -> None:
            self.tell(CallRetried(call.node, call, retry, wait_s, why.status, self.clock() - self.began_s))

        loop = RetryLoop(self.backoff, self.sleep, random=lambda: 1.0)
        reply, retries = await loop.run(lambda: self.inner.send(call), again, tell)
        return replace(reply, retries=retries) if retries else reply

    def immediate(self, call: Call) -> Reply | None:
        """The inner backend's answer where it gives one without waiting (such are never 429), else None."""
        return immediate_answers(self.inner)(call)

    async def aclose(self) -> None:
        """Close the inner backend."""
        await self.inner.aclose()


def local_backend(
    folder: Path | FixtureFolder,
    account: str | None,
    *,
    backoff: Backoff | None = None,
    observer: Observer = ignore,
) -> PatientBackend:
    """A backend that answers from the fixtures in ``folder``, for the integrated account with the id ``account``.

    Where accounts have folders, None is an account without one: calls get 404. Changes that calls make are visible to
    this backend only. Rows of one run share a ``FixtureFolder``, which reads each file once. ``backoff`` says how
    throttled calls are repeated (None: the default of ``Backoff``); ``observer`` gets an event for each repetition.
    Raises ``FixtureError`` for a folder that can't be used.
    """
    backend = FixtureBackend(folder, account=account)
    return PatientBackend(backend, backoff or Backoff(), observer, began_s=time.monotonic())
