"""What a worker knows of the coordinator's rate limits, and what of those that it has met itself."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from batchctl.errors import Interrupted
from batchctl.fleet.line import Line

OWNER = ("account", "5c3b")
OTHER = ("account", "9a55")


class Clock:
    """Seconds that pass only when they are told to."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Coordinator:
    """Answers what it knew when it was asked, and only once it is let."""

    def __init__(self) -> None:
        self.known: list[tuple[str, str, float]] | None = []
        self.asked = asyncio.Event()
        self.answering = asyncio.Event()
        self.answering.set()

    async def batchctl_state(self, *, job: str) -> Any:
        assert job == "job-1"
        known = self.known
        self.asked.set()
        await self.answering.wait()
        return known


def line_to(coordinator: Coordinator, clock: Clock) -> Line:
    """A line as a worker has one, whose loop is that of the test."""
    worker: Any = SimpleNamespace(scheduler=coordinator, loop=SimpleNamespace(asyncio_loop=asyncio.get_running_loop()))
    return Line(worker, "job-1", clock)


def test_a_hold_outlives_an_answer_that_is_older_than_it() -> None:
    async def work() -> None:
        coordinator, clock = Coordinator(), Clock()
        line = line_to(coordinator, clock)
        coordinator.answering.clear()
        asking = asyncio.create_task(line.held_s(OTHER))
        await coordinator.asked.wait()
        # A 429 comes while the coordinator's answer, which knows nothing of it, is on its way.
        line.held(OWNER, 10.0)
        coordinator.answering.set()
        assert await asking == 0
        assert await line.held_s(OWNER) == 10
        clock.now_s += 4
        assert await line.held_s(OWNER) == 6
        clock.now_s += 7
        assert await line.held_s(OWNER) == 0

    asyncio.run(work())


def test_of_two_holds_the_longer_counts() -> None:
    async def work() -> None:
        coordinator, clock = Coordinator(), Clock()
        coordinator.known = [(*OWNER, 30.0), (*OTHER, 1.0)]
        line = line_to(coordinator, clock)
        line.held(OWNER, 5.0)
        line.held(OTHER, 5.0)
        line.held(OTHER, 2.0)
        assert (await line.held_s(OWNER), await line.held_s(OTHER)) == (30, 5)
        # What is not held any more on other workers is known a moment later.
        coordinator.known = []
        clock.now_s += 1
        assert (await line.held_s(OWNER), await line.held_s(OTHER)) == (4, 4)

    asyncio.run(work())


def test_a_run_that_is_over_is_interrupted() -> None:
    async def work() -> None:
        coordinator, clock = Coordinator(), Clock()
        coordinator.known = None
        with pytest.raises(Interrupted, match="the run is over"):
            await line_to(coordinator, clock).require_open()

    asyncio.run(work())
