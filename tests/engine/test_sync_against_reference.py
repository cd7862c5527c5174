"""Random sync jobs, with faults: what is delivered, kept and reported is what the reference delivers."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from definitions import tables
from hypothesis import given, settings
from hypothesis import strategies as st
from jobs import ACCOUNT, jobs
from reference import MAX_DEPTH, Service
from sync_reference import SyncReference
from test_against_reference import JitteryBackend, comparable

from batchctl.definition import read
from batchctl.definition.sync_job import planned_nodes
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.outlets import Settled
from batchctl.plan.definition_graph import build_graph
from batchctl.plan.planner import make_plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.outlets import Delivery
    from batchctl.engine.result import RunResult


class Kept:
    """A state in memory, and all that was delivered."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = dict(state)
        self.delivered: list[tuple[str, list[Any], dict[str, Any]]] = []

    def get_state(self, key: str) -> Any:
        return self.state.get(key)

    def set_state(self, key: str, value: Any) -> None:
        self.state[key] = value

    def delete_state(self, key: str) -> None:
        self.state.pop(key, None)

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        self.delivered.append((delivery.node, list(delivery.records), delivery.config))
        return [Settled(delivery)]

    def lose(self, node: str) -> None:
        """Nothing is counted."""

    async def flush(self, node: str) -> Sequence[Settled]:  # noqa: ARG002 - nothing waits
        return ()


def run(job: dict[str, Any], backend: JitteryBackend, kept: Kept, concurrency: int) -> RunResult:
    loaded = read(json.dumps(job), file="job.json")
    assert loaded.definition is not None, loaded.diagnostics
    plan = make_plan(loaded.definition, build_graph(planned_nodes(loaded.definition)), loaded.source)
    options = RunOptions(concurrency=concurrency, max_depth=MAX_DEPTH, account={**ACCOUNT})
    return asyncio.run(execute(plan, backend, options=options, outlets=kept))


def in_order(delivered: list[tuple[str, list[Any], dict[str, Any]]]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in delivered)


def assert_same(job: dict[str, Any], service: Service, state: dict[str, Any], seed: int, concurrency: int) -> None:
    reference = SyncReference(job, service, ACCOUNT, state)
    expected = reference.run()
    backend, kept = JitteryBackend(service, seed), Kept(state)
    body: Any = run(job, backend, kept, concurrency).body()
    assert sorted(backend.calls) == sorted(reference.calls)
    assert in_order(kept.delivered) == in_order(reference.delivered)
    assert comparable(body["errors"]).keys() == comparable(expected["errors"]).keys()
    assert kept.state == reference.state


@settings(max_examples=150, deadline=None)
@given(jobs(), tables(), st.sampled_from([{}, {"last": "4"}]), st.integers(0, 9), st.sampled_from([1, 2, 10]))
def test_any_job_delivers_what_the_reference_delivers(
    job: dict[str, Any], records: dict[str, list[Any]], state: dict[str, Any], seed: int, concurrency: int
) -> None:
    assert_same(job, Service(records), state, seed, concurrency)


@settings(max_examples=75, deadline=None)
@given(jobs(), tables(), st.data())
def test_a_fault_keeps_back_only_what_depends_on_it(
    job: dict[str, Any], records: dict[str, list[Any]], data: st.DataObject
) -> None:
    sound = SyncReference(job, Service(records), ACCOUNT)
    sound.run()
    if not sound.calls:
        return
    broken = frozenset(data.draw(st.lists(st.sampled_from(sorted(set(sound.calls))), min_size=1, max_size=2)))
    assert_same(job, Service(records, broken), {}, 1, 3)
