"""What answers a run on this machine: fixtures, asked again where ``faults.yaml`` throttles."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.events import CallRetried, ignore
from batchctl.truto.backoff import Backoff, retry_after_s

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.backends.fixture_folder import FixtureFolder
    from batchctl.engine.events import Observer
    from batchctl.truto.calls import Call


@dataclass(frozen=True, slots=True)
class PatientBackend:
    """Sends a call that was throttled (429) again, a write too: fixtures that throttle did nothing."""

    inner: Backend
    backoff: Backoff = field(default_factory=Backoff)
    tell: Observer = ignore
    clock: Callable[[], float] = time.monotonic
    began_s: float = 0.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def send(self, call: Call) -> Reply:
        """The first answer that is no 429, or the last one. Raises what the inner backend raises."""
        reply = await self.inner.send(call)
        attempt = 0
        while reply.status == 429 and attempt < self.backoff.retries:
            attempt += 1
            after_s = retry_after_s(reply.headers.get("retry-after"), time.time())
            wait_s = self.backoff.wait_s(attempt, reply.status, after_s, lambda: 1.0)
            self.tell(CallRetried(call.node, call, attempt, wait_s, reply.status, self.clock() - self.began_s))
            await self.sleep(wait_s)
            reply = await self.inner.send(call)
        return replace(reply, retries=attempt) if attempt else reply

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
    """Fixtures of one account, with changes of their own. The rows of a run share a ``FixtureFolder``.

    Raises ``FixtureError``.
    """
    backend = FixtureBackend(folder, account=account)
    return PatientBackend(backend, backoff or Backoff(), observer, began_s=time.monotonic())
