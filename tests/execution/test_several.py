"""Several batches side by side: one that can't run, one that is cut short, and what the result of all says."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from batchctl.definition import read
from batchctl.engine.events import CallStarted, ResourceStarted, ignore
from batchctl.engine.result import Failed, NotReached, RunResult, Skipped, Succeeded
from batchctl.errors import Interrupted, ServiceError
from batchctl.execution.notices import silent
from batchctl.execution.several import Batch, Ended, run_several, together
from batchctl.plan.definition_graph import build_graph
from batchctl.plan.planner import make_plan
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from batchctl.engine.events import Event, Observer
    from batchctl.execution.notices import Notify

TEXT = (
    "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources: [{resource: crm/contacts, method: list}]\n"
)
DONE = RunResult({"crm/contacts": Succeeded(records=[{"id": "1"}])}, 0.5)


class Doing:
    """An executor that does what the test says."""

    def __init__(self, work: Callable[[Observer], Awaitable[RunResult]]) -> None:
        self._work = work

    @property
    def host(self) -> str:
        return ""

    @property
    def where(self) -> str:
        return "the test"

    async def run(self, observer: Observer = ignore, notify: Notify = silent) -> RunResult:  # noqa: ARG002 - as all
        return await self._work(observer)


async def fine(observer: Observer) -> RunResult:
    observer(ResourceStarted("crm/contacts"))
    observer(CallStarted("crm/contacts", Call("crm/contacts", "list"), 1))
    return DONE


async def refused(_: Observer) -> RunResult:
    raise ServiceError("no such account")


async def cut_short(_: Observer) -> RunResult:
    raise Interrupted("interrupted")


async def never(_: Observer) -> RunResult:
    await asyncio.Event().wait()
    raise AssertionError


def batches(*works: Callable[[Observer], Awaitable[RunResult]]) -> list[Batch]:
    loaded = read(TEXT.encode(), file="x.yaml")
    assert loaded.definition is not None
    plan = make_plan(loaded.definition, build_graph(loaded.resources), loaded.source)
    return [Batch(f"{name}.yaml", plan, Doing(work)) for name, work in zip("abc", works, strict=False)]


def run(given: Sequence[Batch], observe: Observer = ignore) -> list[Ended]:
    return asyncio.run(run_several(given, parallel=2, notify=silent, observe=observe))


def test_one_that_can_not_run_stops_no_other() -> None:
    seen: list[Event] = []
    ends = run(batches(refused, fine, cut_short), seen.append)
    assert [(ended.error is not None, ended.result is not None) for ended in ends] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    result = together(ends, began_s=time.monotonic())
    kinds = [type(outcome) for outcome in result.outcomes.values()]
    assert kinds == [Failed, Skipped, Succeeded, NotReached]
    assert (result.interrupted, result.ok) == (True, False)
    assert {key.partition("b.yaml")[1] for key in (getattr(event, "key", "") for event in seen)} == {"b.yaml"}
    # Calls of different files have different numbers.
    assert [event.serial for event in seen if isinstance(event, CallStarted)] == [1_000_000_001]


def test_all_that_succeed_are_one_success() -> None:
    result = together(run(batches(fine, fine)), began_s=time.monotonic())
    assert (result.ok, result.interrupted, len(result.outcomes)) == (True, False, 2)
    assert result.answered == frozenset(result.outcomes)


def test_a_cancelled_one_answers_with_what_ended() -> None:
    async def cancelled() -> list[Ended]:
        ended = asyncio.Event()
        given = batches(fine, never, never)
        running = run_several(given, parallel=2, notify=silent, on_end=lambda _: ended.set())
        task = asyncio.create_task(running)
        await ended.wait()
        task.cancel()
        return await task

    ends = asyncio.run(cancelled())
    assert [ended.result is not None for ended in ends] == [True, False, False]
    assert together(ends, began_s=time.monotonic()).interrupted
