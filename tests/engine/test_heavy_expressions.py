"""A heavy expression holds up no other call, wherever it stands, and changes nothing of what comes out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from batchctl.engine.backends.base import Reply
from batchctl.engine.evaluations import Evaluations, TooHeavy
from batchctl.engine.executor import execute
from batchctl.engine.outlets import Settled
from batchctl.engine.result import Failed, Succeeded
from batchctl.errors import ExpressionError
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from batchctl.engine.outlets import Delivery
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources:\n"
# Some tenths of a second, whatever the machine.
IDS = "resources.m.b.id"
HEAVY = "$sum([1..1000000].($ * 2)) > 0"


class Beating:
    """Answers every call; between two of them the event loop has its turn, which it counts."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def send(self, call: Call) -> Reply:
        self.calls.append(call)
        rows: list[JsonValue] = [{"id": str(number)} for number in range(3)]
        return Reply(200, {"result": rows, "next_cursor": None})

    async def aclose(self) -> None:
        """Nothing to close."""


def run(resources: str) -> tuple[Beating, dict[str, object], int]:
    """The backend, the outcomes, and how often another task had its turn meanwhile."""
    backend = Beating()
    turns, outcomes = turns_during(execute(prepare(HEAD + resources).require_plan(), backend))
    return backend, outcomes, turns


def turns_during(running: Awaitable[RunResult]) -> tuple[int, dict[str, object]]:
    """How often another task had its turn during a run, and the outcomes of this."""
    turns = 0

    async def both() -> dict[str, object]:
        async def beat() -> None:
            nonlocal turns
            while True:
                await asyncio.sleep(0.001)
                turns += 1

        task = asyncio.create_task(beat())
        result = await running
        task.cancel()
        return dict(result.outcomes)

    outcomes = asyncio.run(both())
    return turns, outcomes


@pytest.mark.parametrize(
    "node",
    [
        f"resource: m/b, method: list, run_if: '{HEAVY}'",
        f"resource: m/b, method: list, query: '{{\"a\": {HEAVY}}}'",
        f"resource: m/b, method: create, body: '{{\"a\": {HEAVY}}}'",
    ],
)
def test_a_request_waits_for_its_expression_and_others_do_not(node: str) -> None:
    backend, outcomes, turns = run(f"  - {{{node}, name: heavy}}\n  - {{resource: m/c, method: list}}\n")
    assert [call.node for call in backend.calls] == ["m/c", "heavy"]
    assert all(isinstance(each, Succeeded) for each in outcomes.values())
    assert turns > 2


def test_calls_that_were_made_before_it_are_made_once() -> None:
    query = f'{{"a": args.ids, "b": args.ids = "2" ? ({HEAVY}) : false}}'
    text = HEAD.replace("resources", "args: {ids: ['1', '2', '3', '4']}\nresources")
    plan = prepare(
        f"{text}  - {{name: all, resource: m/b, method: list, loop_on: args.ids, query: '{query}'}}\n"
    ).require_plan()
    backend = Beating()
    result = asyncio.run(execute(plan, backend))
    assert result.ok
    assert sorted((str(call.query["a"]), call.query["b"]) for call in backend.calls) == [
        ("1", False),
        ("2", True),
        ("3", False),
        ("4", False),
    ]


def test_one_that_fails_after_a_while_is_an_error_of_its_call() -> None:
    expression = f'({HEAVY}; $number("x"))'
    _, outcomes, _ = run(f"  - {{name: it, resource: m/b, method: list, run_if: '{expression}'}}\n")
    outcome = outcomes["it"]
    assert isinstance(outcome, Failed)
    assert [each["field"] for each in outcome.errors if isinstance(each, dict)] == ["run_if"]


def test_a_transform_may_have_a_heavy_condition() -> None:
    _, outcomes, _ = run(
        "  - {name: rows, resource: m/b, method: list}\n"
        f"  - {{name: t, type: transform, depends_on: rows, run_if: '{HEAVY}', config: {{expression: {IDS}}}}}\n"
    )
    found = outcomes["t"]
    assert isinstance(found, Succeeded)
    assert list(found.records) == ["0", "1", "2"]


def test_a_spool_may_have_a_heavy_condition() -> None:
    _, outcomes, turns = run(
        "  - {name: rows, resource: m/b, method: list}\n"
        f"  - {{name: s, type: spool, depends_on: rows, run_if: '{HEAVY}'}}\n"
        f"  - {{name: t, type: transform, depends_on: s, config: {{expression: {IDS}}}}}\n"
    )
    found = outcomes["t"]
    assert isinstance(found, Succeeded)
    assert list(found.records) == ["0", "1", "2"]
    assert turns > 2


def test_plain_code_that_begins_again_gets_what_is_known() -> None:
    evaluations = Evaluations()
    assert evaluations("1 + 1", {}) == 2
    with pytest.raises(TooHeavy) as raised:
        evaluations(HEAVY, {})
    asyncio.run(evaluations.settle(raised.value))
    evaluations.begin()
    assert (evaluations("1 + 1", {}), evaluations(HEAVY, {})) == (2, True)
    with pytest.raises(ExpressionError):
        evaluations('$number("x")', {})


ADDED = f"config: {{expression: '{{\"found\": {HEAVY}}}'}}"
LATER = "  - {name: later, resource: m/c, method: list, depends_on: added, query: {q: '{{found:bool}}'}}\n"


ROWS = "  - {name: rows, resource: m/b, method: list}\n"
SPOOL = f"{ROWS}  - {{name: s, type: spool, depends_on: rows}}\n"
LIGHT = "config: {expression: '{\"found\": true}'}"


@pytest.mark.parametrize(
    ("before", "node"),
    [
        ("", ADDED),
        (ROWS, f"depends_on: rows, {ADDED}"),
        (SPOOL, f"depends_on: s, {ADDED}"),
        (ROWS, f"depends_on: rows, run_if: '{HEAVY}', {LIGHT}"),
    ],
    ids=["to the run", "to records", "to a branch", "its condition"],
)
def test_an_add_context_may_take_its_time(before: str, node: str) -> None:
    backend, outcomes, turns = run(f"{before}  - {{name: added, type: add_context, {node}}}\n{LATER}")
    assert all(isinstance(each, Succeeded) for each in outcomes.values())
    assert {call.query.get("q") for call in backend.calls if call.node == "later"} == {True}
    assert turns > 2


def test_a_repeated_request_may_take_its_time() -> None:
    again = '{if: "true", config: {query: {up: "{{resources.m.b.id}}"}}}'
    backend, outcomes, turns = run(
        f"  - {{resource: m/b, method: list, query: '{{\"a\": {HEAVY}}}', recurse: {again}}}\n"
    )
    assert isinstance(outcomes["m/b"], Succeeded)
    assert [call.query.get("up") for call in backend.calls] == [None, "0", "1", "2"]
    assert all(call.query["a"] is True for call in backend.calls)
    assert turns > 2


class Shelf:
    """Keeps what is delivered and the state, in memory."""

    def __init__(self) -> None:
        self.delivered: list[JsonValue] = []
        self.state: dict[str, JsonValue] = {}

    def get_state(self, key: str) -> JsonValue:
        return self.state.get(key)

    def set_state(self, key: str, value: JsonValue) -> None:
        self.state[key] = value

    def delete_state(self, key: str) -> None:
        self.state.pop(key, None)

    async def deliver(self, delivery: Delivery) -> list[Settled]:
        self.delivered += delivery.records
        return [Settled(delivery)]

    def lose(self, node: str) -> None:
        """Nothing is counted."""

    async def flush(self, _node: str) -> list[Settled]:
        return []


def test_destinations_and_states_of_a_sync_job_may_take_their_time() -> None:
    shelf = Shelf()
    text = (
        "kind: sync-job\ndefault_runtime_version: 4\nresources:\n"
        "  - {name: rows, resource: m/b, method: list, integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10}\n"
        "  - {name: to, type: destination, destination_type: datastore, resources_to_persist: [rows],\n"
        f"     run_if: '{HEAVY}', config: {{id: x}}}}\n"
        "  - {name: end, type: event, config: {name: complete}}\n"
        "  - {name: kept, type: update_state, depends_on: end, "
        f"config: {{key: last, value_expression: '{HEAVY}'}}}}\n"
    )
    backend = Beating()
    turns, outcomes = turns_during(execute(prepare(text, jobs=True).require_plan(), backend, outlets=shelf))
    assert all(isinstance(each, Succeeded) for each in outcomes.values()), outcomes
    assert shelf.state == {"last": True}
    assert [row["id"] for row in shelf.delivered if isinstance(row, dict)] == ["0", "1", "2"]
    assert turns > 2
