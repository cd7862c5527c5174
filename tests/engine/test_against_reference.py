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
from batchctl.plan.definition_graph import build_graph
from batchctl.plan.planner import Plan, make_plan
from batchctl.truto.calls import Call


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


class PromptBackend(JitteryBackend):
    """Has about half of its answers at hand, as fixtures do."""

    def immediate(self, call: Call) -> Reply | None:
        if self._random.random() < 0.5:
            return None
        self.calls.append(call_text(call.resource, call.method, call.id, call.query))
        return Reply(*self._service.answer(call.resource, call.method, call.id, call.query))


BACKENDS = st.sampled_from([JitteryBackend, PromptBackend])


def plan_of(definition: dict[str, Any]) -> Plan:
    """Without the rules: they may know better than to run such a thing, but it has a meaning."""
    loaded = read(json.dumps(definition), file="case.json")
    assert loaded.definition is not None, loaded.diagnostics
    return make_plan(loaded.definition, build_graph(loaded.resources), loaded.source)


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
@given(
    definitions(), tables(), BACKENDS, st.integers(0, 9), st.sampled_from([1, 2, 10]), st.sampled_from([0, 3, 10_000])
)
def test_any_definition_gives_what_the_reference_gives(
    definition: dict[str, Any],
    records: dict[str, list[Any]],
    kind: type[JitteryBackend],
    seed: int,
    concurrency: int,
    keep: int,
) -> None:
    reference = Reference(definition, Service(records))
    expected = reference.run()
    backend = kind(Service(records), seed)
    body: Any = run(definition, backend, concurrency, keep).body()
    assert body["result"] == expected["result"]
    assert comparable(body["errors"]) == comparable(expected["errors"])
    assert sorted(backend.calls) == sorted(reference.calls)


@settings(max_examples=50, deadline=None)
@given(definitions(), tables(), BACKENDS, st.data())
def test_a_fault_at_any_call_fails_only_what_depends_on_it(
    definition: dict[str, Any], records: dict[str, list[Any]], kind: type[JitteryBackend], data: st.DataObject
) -> None:
    sound = Reference(definition, Service(records))
    sound.run()
    if not sound.calls:
        return
    broken = frozenset(data.draw(st.lists(st.sampled_from(sorted(set(sound.calls))), min_size=1, max_size=2)))
    reference = Reference(definition, Service(records, broken))
    expected = reference.run()
    backend = kind(Service(records, broken), 1)
    body: Any = run(definition, backend, 3, 10_000).body()
    assert body["result"] == expected["result"]
    assert comparable(body["errors"]) == comparable(expected["errors"])
    assert sorted(backend.calls) == sorted(reference.calls)


@settings(max_examples=50, deadline=None)
@given(definitions(), tables(), st.data())
def test_what_is_accepted_fails_nothing(
    definition: dict[str, Any], records: dict[str, list[Any]], data: st.DataObject
) -> None:
    for node in definition["resources"]:
        if "resource" in node and data.draw(st.booleans()):
            node["x-accept"] = data.draw(st.sampled_from([404, [500], [404, 500]]))
    sound = Reference(definition, Service(records))
    sound.run()
    if not sound.calls:
        return
    broken = frozenset(data.draw(st.lists(st.sampled_from(sorted(set(sound.calls))), min_size=1, max_size=3)))
    reference = Reference(definition, Service(records, broken))
    expected = reference.run()
    backend = JitteryBackend(Service(records, broken), 1)
    ran = run(definition, backend, 3, 10_000)
    body: Any = ran.body()
    assert body["result"] == expected["result"]
    assert comparable(body["errors"]) == comparable(expected["errors"])
    assert sorted(backend.calls) == sorted(reference.calls)
    assert set(ran.failed) == set(reference.failed)


@settings(max_examples=30, deadline=None)
@given(definitions(), tables())
def test_two_runs_give_the_same_bytes(definition: dict[str, Any], records: dict[str, list[Any]]) -> None:
    first, second = (
        json.dumps(run(definition, JitteryBackend(Service(records), seed), concurrency, 2).body())
        for seed, concurrency in ((3, 7), (4, 2))
    )
    assert first == second


WHOLE: dict[str, Any] = {
    "integrated_account_id": "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10",
    "args": {"ids": ["1", "2"]},
    "resources": [
        {"name": "people", "resource": "m/people", "method": "list", "query": {"limit": 2}},
        {
            "name": "teams",
            "resource": "m/teams",
            "method": "list",
            "depends_on": "people",
            "loop_on": "ids",
            "query": {"up": "{{resources.m.people.id}}", "id": "{{args.ids}}", "limit": 1},
        },
        {
            "name": "tree",
            "resource": "blocks",
            "method": "list",
            "persist": True,
            "query": {"up": "1"},
            "recurse": {
                "if": "{{resources.blocks.more:bool}}",
                "config": {"query": {"up": "{{resources.blocks.id}}"}},
            },
        },
        {"name": "all", "type": "spool", "depends_on": ["people", "tree"]},
        {
            "name": "count",
            "type": "transform",
            "depends_on": "all",
            "persist": True,
            "config": {"expression": '{"people": $count(resources.m.people), "blocks": $count(resources.blocks)}'},
        },
        {
            "name": "leaf",
            "resource": "leaves",
            "method": "get",
            "depends_on": ["teams", "count"],
            "persist": True,
            "id": "{{resources.m.teams.up}}",
        },
    ],
}
RECORDS: dict[str, list[Any]] = {
    "m/people": [{"id": str(n), "up": "1", "more": False, "v": n, "tags": []} for n in range(1, 4)],
    "m/teams": [{"id": str(n), "up": str(3 - n), "more": False, "v": n, "tags": []} for n in range(1, 3)],
    "blocks": [
        {"id": "1", "up": "1", "more": True, "v": 0, "tags": []},
        {"id": "2", "up": "1", "more": True, "v": 0, "tags": []},
        {"id": "3", "up": "2", "more": True, "v": 0, "tags": []},
        {"id": "4", "up": "3", "more": False, "v": 0, "tags": []},
    ],
    "leaves": [{"id": "1", "up": "1", "more": False, "v": 0, "tags": []}],
}


def test_a_fault_at_each_call_in_turn() -> None:
    sound = Reference(WHOLE, Service(RECORDS))
    sound.run()
    calls = sorted(set(sound.calls))
    assert len(calls) > 12
    for broken in calls:
        reference = Reference(WHOLE, Service(RECORDS, frozenset([broken])))
        expected = reference.run()
        backend = JitteryBackend(Service(RECORDS, frozenset([broken])), 5)
        body: Any = run(WHOLE, backend, 4, 10_000).body()
        assert body["result"] == expected["result"], broken
        assert comparable(body["errors"]) == comparable(expected["errors"]), broken
        assert sorted(backend.calls) == sorted(reference.calls), broken
