"""Who works on what next: a fixed number of workers, each taking the work that lies farthest down the plan.

Taking what is farthest down first is what keeps memory flat: the next page of a parent is fetched only when its
children have nothing to do with the pages that are there. Nothing ever waits for a full queue, so nothing can lock up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable

# The longest that work which never waits keeps others (Ctrl-C, the server's clients) from their turn.
_TURN_S = 0.01


class Worked(Protocol):
    """A node as the scheduler runs it; ``rank`` is a number that is larger for nodes further downstream.

    ``queued`` is True while it is in the scheduler's queue.
    """

    rank: int
    queued: bool

    def take(self) -> Awaitable[None] | None:
        """The next piece of work, to be awaited; None when there is nothing to do at the moment."""


class Scheduler:
    """Runs the work of a run's nodes: at most ``workers`` pieces at once, those of nodes farthest downstream first.

    Queue nodes with ``ready``, then await ``run``.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._ready: list[tuple[int, Worked]] = []
        self._sleeping: deque[asyncio.Future[None]] = deque()
        self._group: asyncio.TaskGroup | None = None
        self._started = 0
        self._growing = False
        self._busy = 0
        self._yielded_at = 0.0
        self._steps = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def ready(self, node: Worked) -> None:
        """Queue ``node``, which may have work now; its rank must differ from that of every other node."""
        if not node.queued:
            node.queued = True
            heappush(self._ready, (-node.rank, node))

    def is_next(self, node: Worked) -> bool:
        """Whether ``node``, which just worked without waiting, may go on: no node further downstream is queued.

        It is also False once work has gone on for 10 ms without waiting, so that others get their turn.
        """
        ready = self._ready
        if ready and ready[0][0] < -node.rank:
            return False
        return self._loop is not None and self._loop.time() - self._yielded_at <= _TURN_S

    async def run(self) -> None:
        """Run the work of all queued nodes until none has any left.

        The first exception that a piece of work raises is raised here, after all other pieces have been stopped.
        """
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._grow()
        except BaseExceptionGroup as errors:
            # Of several the first: the others are what its end has broken off.
            raise errors.exceptions[0] from None
        finally:
            self._group = None

    def _grow(self) -> None:
        """Have one more worker. Work that never waits needs no second one, and most of a batch on this machine is."""
        self._growing = False
        if self._group is not None and self._ready and self._started < self._workers:
            self._started += 1
            work = self._work()
            try:
                self._group.create_task(work)
            except RuntimeError:
                # An error has ended the run meanwhile.
                work.close()

    async def _work(self) -> None:
        loop = self._loop = asyncio.get_running_loop()
        while True:
            work = self._next()
            if work is None:
                if not self._busy:
                    self._wake(len(self._sleeping))
                    return
                await self._sleep(loop)
                continue
            self._busy += 1
            if self._ready and not self._wake(1) and self._started < self._workers and not self._growing:
                # Looked at again as soon as this worker waits for something, if by then there still is work.
                self._growing = True
                loop.call_soon(self._grow)
            self._steps += 1
            step = self._steps
            await work
            self._busy -= 1
            if self._steps != step:
                # It waited, and others had their turn meanwhile.
                self._yielded_at = loop.time()
            elif loop.time() - self._yielded_at > _TURN_S:
                await asyncio.sleep(0)
                self._yielded_at = loop.time()

    def _next(self) -> Awaitable[None] | None:
        while self._ready:
            node = heappop(self._ready)[1]
            node.queued = False
            work = node.take()
            if work is not None:
                self.ready(node)
                return work
        return None

    async def _sleep(self, loop: asyncio.AbstractEventLoop) -> None:
        future = loop.create_future()
        self._sleeping.append(future)
        await future

    def _wake(self, count: int) -> int:
        """Wake workers that sleep; how many there were of ``count``."""
        woken = 0
        while woken < count and self._sleeping:
            future = self._sleeping.popleft()
            if not future.done():
                future.set_result(None)
                woken += 1
        return woken
