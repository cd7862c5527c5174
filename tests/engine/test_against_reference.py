import asyncio
import json
import random
from typing import Any

from definitions import definitions, tables
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import MAX_DEPTH, Reference, Service, call_text

from batchctl.definition import read
from batchctl.engine.backends.base import Reply
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.result import RunResult
from batchctl.plan.calls import Call
from batchctl.plan.graph import build_graph
from batchctl.plan.planner import Plan, make_plan


class JitteryBackend:
    """Answers as the service does, each call after a random number of turns of the event loop."""

    def __init__(self, service: Service, seed: int) -> None:
        self.calls: list[str] = []
        self._service = service
        self._random = random.Random(seed)

    async def send(self, call: Call) -> Reply:
        self.calls.append(call_text(call.resource, call.method, call.id, call.query))
        for _ in range(self._random.choice([0, 0, 1, 3, 9])):
            await asyncio.sleep(0)
        return Reply(*self._service.answer(call.resource, call.method, call.id, call.query))

    async def aclose(self) -> None:
        """Nothing to close."""


def plan_of(definition: dict[str, Any]) -> Plan:
    """Without the rules: they may know better than to run such a thing, but it has a meaning."""
    loaded = read(json.dumps(definition), file="case.json")
    assert loaded.definition is not None, loaded.diagnostics
    return make_plan(loaded.definition, build_graph(loaded.resources))


def run(definition: dict[str, Any], backend: JitteryBackend, concurrency: int, keep: int) -> RunResult:
    options = RunOptions(concurrency=concurrency, max_depth=MAX_DEPTH, keep_records=keep)
    return asyncio.run(execute(plan_of(definition), backend, options=options))


def comparable(errors: dict[str, Any]) -> dict[str, list[Any]]:
    """Entries without what only a person reads: what failed, and for which records."""
    return {key: [_essence(entry) for entry in entries] for key, entries in errors.items()}


def _essence(entry: dict[str, Any]) -> dict[str, Any]:
    names = ("skipped_because",) if "skipped_because" in entry else ("statusCode", "for")
    return {name: entry.get(name) for name in names}


@settings(max_examples=100, deadline=None)
@given(definitions(), tables(), st.integers(0, 9), st.sampled_from([1, 2, 10]), st.sampled_from([0, 3, 10_000]))
def test_any_definition_gives_what_the_reference_gives(
    definition: dict[str, Any], records: dict[str, list[Any]], seed: int, concurrency: int, keep: int
) -> None:
    reference = Reference(definition, Service(records))
    expected = reference.run()
    backend = JitteryBackend(Service(records), seed)
    body: Any = run(definition, backend, concurrency, keep).body()
    assert body["result"] == expected["result"]
    assert comparable(body["errors"]) == comparable(expected["errors"])
    assert sorted(backend.calls) == sorted(reference.calls)


@settings(max_examples=50, deadline=None)
@given(definitions(), tables(), st.data())
def test_a_fault_at_any_call_fails_only_what_depends_on_it(
    definition: dict[str, Any], records: dict[str, list[Any]], data: st.DataObject
) -> None:
    sound = Reference(definition, Service(records))
    sound.run()
    if not sound.calls:
        return
    broken = frozenset(data.draw(st.lists(st.sampled_from(sorted(set(sound.calls))), min_size=1, max_size=2)))
    reference = Reference(definition, Service(records, broken))
    expected = reference.run()
    backend = JitteryBackend(Service(records, broken), 1)
    body: Any = run(definition, backend, 3, 10_000).body()
    assert body["result"] == expected["result"]
    assert comparable(body["errors"]) == comparable(expected["errors"])
    assert sorted(backend.calls) == sorted(reference.calls)


@settings(max_examples=30, deadline=None)
@given(definitions(), tables())
def test_two_runs_give_the_same_bytes(definition: dict[str, Any], records: dict[str, list[Any]]) -> None:
    first, second = (
        json.dumps(run(definition, JitteryBackend(Service(records), seed), concurrency, 2).body())
        for seed, concurrency in ((3, 7), (4, 2))
    )
    assert first == second
