import asyncio
import itertools
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from batchctl.engine.backends.base import Backend, Reply
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.events import CallFailed, CallStarted, CallSucceeded, Event, PageReceived, ResourceFinished
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed, NotReached, RunResult, Skipped, Succeeded
from batchctl.errors import FixtureError, TimedOut, UsageError
from batchctl.execution.history import stored_summary
from batchctl.execution.packed import pack, unpack
from batchctl.plan.planner import Plan
from batchctl.preparation import prepare
from batchctl.truto.calls import Call
from batchctl.truto.envelope import make_envelope

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources:\n"
PARENT = "  - {name: rows, resource: m/rows, method: list}\n"
CHILD = '  - {name: one, resource: m/one, method: get, depends_on: rows, id: "{{resources.m.rows.id}}"}\n'


class Answers:
    """A backend that is one function; it remembers the calls and how many were under way at once."""

    def __init__(self, answer: Callable[[Call], Awaitable[Reply]]) -> None:
        self.calls: list[Call] = []
        self.most = 0
        self._answer = answer
        self._now = 0

    async def send(self, call: Call) -> Reply:
        self.calls.append(call)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            return await self._answer(call)
        finally:
            self._now -= 1

    async def aclose(self) -> None:
        """Nothing to close."""


def plan_of(resources: str) -> Plan:
    return prepare(HEAD + resources).require_plan()


def run(resources: str, backend: Backend, **options: Any) -> RunResult:
    observer = options.pop("observer", lambda _event: None)
    clock = options.pop("clock", lambda: 0.0)
    work = execute(plan_of(resources), backend, observer=observer, clock=clock, options=RunOptions(**options))
    return asyncio.run(work)


def page(call: Call, size: int, total: int) -> Reply:
    start = int(str(call.query.get("next_cursor", 0)))
    rows: list[Any] = [{"id": str(number)} for number in range(start, min(start + size, total))]
    return Reply(200, {"result": rows, "next_cursor": str(start + size) if start + size < total else None})


async def rows_and_ones(call: Call) -> Reply:
    for _ in range(20):
        await asyncio.sleep(0)
    return page(call, 10, 95) if call.method == "list" else Reply(200, {"id": call.id})


def test_never_more_calls_at_once_than_allowed_and_as_many_as_that() -> None:
    for limit in (1, 3, 10):
        backend = Answers(rows_and_ones)
        result = run(PARENT + CHILD, backend, concurrency=limit)
        assert backend.most == limit
        assert list(result.outcomes["one"].records) == [{"id": str(number)} for number in range(95)]  # type: ignore[union-attr]


def test_a_list_is_read_on_only_when_its_dependents_have_nothing_to_do() -> None:
    waiting = [0]
    most = [0]

    async def answer(call: Call) -> Reply:
        await asyncio.sleep(0)
        if call.method == "list":
            waiting[0] += 10
            most[0] = max(most[0], waiting[0])
            return page(call, 10, 1000)
        waiting[0] -= 1
        return Reply(200, {"id": call.id})

    run(PARENT + CHILD, Answers(answer), concurrency=4)
    assert most[0] <= 10 + 2 * 4


def test_a_page_is_passed_on_before_the_list_is_read_to_its_end() -> None:
    async def alternate() -> tuple[RunResult, list[str]]:
        seen: list[str] = []
        second_page = asyncio.Event()

        async def answer(call: Call) -> Reply:
            seen.append(call.node)
            if call.method == "list" and "next_cursor" in call.query:
                await second_page.wait()
            elif call.method == "get":
                second_page.set()
            return page(call, 1, 2) if call.method == "list" else Reply(200, {"id": call.id})

        return await execute(plan_of(PARENT + CHILD), Answers(answer)), seen

    result, seen = asyncio.run(asyncio.wait_for(alternate(), 10))
    assert result.ok
    assert sorted(seen) == ["one", "one", "rows", "rows"]


def test_results_stand_in_the_order_of_the_calls_whichever_ends_first() -> None:
    async def later_first(call: Call) -> Reply:
        for _ in range(0 if call.method == "list" else 50 - int(call.id or 0)):
            await asyncio.sleep(0)
        return page(call, 20, 40) if call.method == "list" else Reply(200, {"id": call.id})

    for keep in (0, 5, 1000):
        result = run(PARENT + CHILD, Answers(later_first), keep_records=keep)
        outcome = result.outcomes["one"]
        assert isinstance(outcome, Succeeded)
        assert [record["id"] for record in outcome.records] == [str(number) for number in range(40)]  # type: ignore[index, call-overload]
        assert (len(outcome.records), outcome.count) == (40, 40)
        assert list(outcome.records) == list(outcome.records)


def test_of_a_node_that_is_not_in_the_answer_the_first_few_are_kept() -> None:
    result = run("  - {name: rows, resource: rows, method: list}\n", Answers(lambda call: _async(page(call, 30, 300))))
    outcome = result.outcomes["rows"]
    assert isinstance(outcome, Succeeded)
    assert outcome.count == 300
    assert [record["id"] for record in outcome.records] == [str(number) for number in range(50)]  # type: ignore[index, call-overload]
    assert len(outcome.records) == 50
    assert result.body() == {"result": {}, "errors": {}}


async def _async(reply: Reply) -> Reply:
    return reply


def test_a_cursor_that_comes_again_is_an_error_and_what_came_stays() -> None:
    cursors = itertools.cycle(["a", "b"])

    async def endless(_call: Call) -> Reply:
        return Reply(200, {"result": [{"id": 1}], "next_cursor": next(cursors)})

    backend = Answers(endless)
    outcome = run(PARENT, backend).outcomes["rows"]
    assert isinstance(outcome, Failed)
    assert "came a second time" in str(outcome.errors[0])
    assert (outcome.count, len(backend.calls)) == (3, 3)


def test_the_first_error_ends_the_run_when_asked() -> None:
    async def answer(call: Call) -> Reply:
        if call.id == "3":
            return Reply(500, make_envelope(500, "broken"))
        return page(call, 10, 10) if call.method == "list" else Reply(200, {"id": call.id})

    backend = Answers(answer)
    more = "  - {name: after, resource: m/rows, method: list, depends_on: one}\n"
    result = run(PARENT + CHILD + more, backend, concurrency=1, fail_fast=True)
    assert [call.id for call in backend.calls] == [None, "0", "1", "2", "3"]
    one = result.outcomes["one"]
    assert isinstance(one, Failed)
    assert (one.count, len(one.errors)) == (3, 1)
    assert isinstance(result.outcomes["after"], NotReached)
    assert (result.interrupted, result.failed) == (False, ("one",))


def test_an_interrupted_run_gives_what_had_come() -> None:
    async def interrupt() -> RunResult:
        stuck = asyncio.Event()

        async def answer(call: Call) -> Reply:
            if call.id == "3":
                stuck.set()
                await asyncio.Event().wait()
            return page(call, 10, 10) if call.method == "list" else Reply(200, {"id": call.id})

        task = asyncio.ensure_future(execute(plan_of(PARENT + CHILD), Answers(answer), options=RunOptions(1)))
        await stuck.wait()
        task.cancel()
        return await task

    result = asyncio.run(interrupt())
    assert result.interrupted
    assert isinstance(result.outcomes["rows"], Succeeded)
    assert isinstance(result.outcomes["one"], NotReached)
    assert result.body()["result"] == {
        "rows": [{"id": str(number)} for number in range(10)],
        "one": [{"id": "0"}, {"id": "1"}, {"id": "2"}],
    }


def test_an_accepted_error_does_not_make_what_was_interrupted_succeed() -> None:
    async def interrupt() -> RunResult:
        stuck = asyncio.Event()

        async def answer(call: Call) -> Reply:
            if call.id == "3":
                stuck.set()
                await asyncio.Event().wait()
            if call.id == "1":
                return Reply(404, make_envelope(404, "gone"))
            return page(call, 10, 10) if call.method == "list" else Reply(200, {"id": call.id})

        child = CHILD.replace("method: get", "method: get, x-accept: 404")
        task = asyncio.ensure_future(execute(plan_of(PARENT + child), Answers(answer), options=RunOptions(1)))
        await stuck.wait()
        task.cancel()
        return await task

    result = asyncio.run(interrupt())
    one = result.outcomes["one"]
    assert isinstance(one, NotReached)
    assert (one.count, len(one.errors), result.failed) == (2, 1, ())
    assert [error["statusCode"] for error in result.body()["errors"]["one"]] == [404]  # type: ignore[index, call-overload, union-attr]  # entries
    assert stored_summary(result)["unfinished"] == ["one"]
    again = unpack(pack(result), plan_of(PARENT + CHILD).steps).outcomes["one"]
    assert isinstance(again, NotReached)
    assert (list(again.records), again.errors) == (list(one.records), one.errors)


def test_a_call_without_an_answer_is_a_failure_of_its_own() -> None:
    async def answer(call: Call) -> Reply:
        if call.id == "1":
            raise TimedOut("no answer within 5 s")
        return page(call, 3, 3) if call.method == "list" else Reply(200, {"id": call.id})

    outcome = run(PARENT + CHILD, Answers(answer)).outcomes["one"]
    assert isinstance(outcome, Failed)
    assert outcome.count == 2
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    assert (entry["statusCode"], entry["message"], entry["for"]) == (502, "no answer within 5 s", {"rows": "1"})
    assert entry["call"] == {"method": "GET", "path": "/unified/m/one/1", "query": {}}


def test_the_page_that_failed_is_named() -> None:
    async def answer(call: Call) -> Reply:
        if call.query.get("next_cursor") == "2":
            return Reply(500, "<html>")
        return page(call, 1, 5)

    outcome = run(PARENT, Answers(answer)).outcomes["rows"]
    assert isinstance(outcome, Failed)
    assert outcome.count == 2
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    assert entry["message"] == "<html>"
    assert entry["call"] == {"method": "GET", "path": "/unified/m/rows", "query": {"next_cursor": "2"}}


def test_what_the_backend_can_not_go_on_from_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / "unified" / "m").mkdir(parents=True)
    (tmp_path / "unified" / "m" / "rows.json").write_text("[")
    with pytest.raises(FixtureError, match="not JSON"):
        run(PARENT + CHILD, FixtureBackend(tmp_path))


RECURSIVE = """
  - name: nodes
    resource: nodes
    method: list
    persist: true
    query: {at: "0"}
    recurse: {if: "{{resources.nodes.more:bool}}", config: {query: {at: "{{resources.nodes.id}}"}}}
"""


def test_recursion_that_never_ends_stops_at_the_deepest_level_and_says_so() -> None:
    numbers = itertools.count(1)

    async def deeper(_call: Call) -> Reply:
        return Reply(200, {"result": [{"id": next(numbers), "more": True}], "next_cursor": None})

    backend = Answers(deeper)
    outcome = run(RECURSIVE, backend, max_depth=5).outcomes["nodes"]
    assert isinstance(outcome, Failed)
    assert (outcome.count, len(backend.calls)) == (6, 6)
    (entry,) = outcome.errors
    assert isinstance(entry, dict)
    assert "stopped at --max-depth 5" in str(entry["message"])
    assert entry["for"] == {"nodes": 6}


def test_records_without_an_id_are_one_when_they_are_equal() -> None:
    async def same(_call: Call) -> Reply:
        return Reply(200, {"result": [{"name": "x", "more": True}], "next_cursor": None})

    backend = Answers(same)
    assert run(RECURSIVE, backend, allow_unresolved=True).ok
    assert len(backend.calls) == 2


def test_events_tell_names_numbers_and_times() -> None:
    ticks = itertools.count()
    told: list[Event] = []

    async def answer(call: Call) -> Reply:
        if call.method == "list":
            return page(call, 1, 2)
        return Reply(404, make_envelope(404, "gone")) if call.id == "1" else Reply(200, {"id": call.id})

    run(
        PARENT + CHILD,
        Answers(answer),
        concurrency=1,
        observer=told.append,
        clock=lambda: float(next(ticks)),
    )
    assert [event.at_s for event in told] == sorted(event.at_s for event in told)
    calls = [(type(e), e.key, e.serial) for e in told if isinstance(e, CallStarted | CallSucceeded | CallFailed)]
    assert calls == [
        (CallStarted, "rows", 1),
        (CallStarted, "one", 2),
        (CallSucceeded, "one", 2),
        (CallSucceeded, "rows", 1),
        (CallStarted, "one", 3),
        (CallFailed, "one", 3),
    ]
    assert [(e.serial, e.page, e.records) for e in told if isinstance(e, PageReceived)] == [
        (1, 1, 1),
        (2, 1, 1),
        (1, 2, 1),
    ]
    assert [e.key for e in told if isinstance(e, ResourceFinished)] == ["rows", "one"]


def test_repeated_and_throttled_calls_are_counted() -> None:
    async def answer(call: Call) -> Reply:
        return Reply(200, page(call, 1, 2).body, retries=2, throttled_s=0.5)

    outcome = run(PARENT, Answers(answer)).outcomes["rows"]
    assert isinstance(outcome, Succeeded)
    assert (outcome.work.calls, outcome.work.pages) == (1, 2)
    assert (outcome.work.retries, outcome.work.throttled_s) == (4, 1.0)


def test_a_skip_goes_on_down_the_plan() -> None:
    async def answer(_call: Call) -> Reply:
        return Reply(500, make_envelope(500, "broken"))

    more = "  - {name: all, type: spool, depends_on: one}\n"
    more += "  - {name: last, resource: m/x, method: list, depends_on: all}\n"
    result = run(PARENT + CHILD + more, Answers(answer))
    skipped = {key: outcome.because for key, outcome in result.outcomes.items() if isinstance(outcome, Skipped)}
    assert skipped == {"one": ("rows",), "all": ("one",), "last": ("all",)}


def test_options_say_what_they_can_not_take() -> None:
    with pytest.raises(UsageError, match="1 or more"):
        RunOptions(concurrency=0)
