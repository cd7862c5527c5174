"""The quick way to a call gives what the general one gives, or leaves the call to it."""

import json
from typing import Any

import pytest

from batchctl import prepare
from batchctl.plan.expansion import Scope, expand
from batchctl.plan.plain_calls import PlainCalls, is_plain
from batchctl.plan.planner import Plan

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
CONTACTS: dict[str, Any] = {"name": "contacts", "resource": "crm/contacts", "method": "list"}
NOTES: dict[str, Any] = {
    "name": "notes",
    "resource": "crm/notes",
    "method": "get",
    "depends_on": "contacts",
    "id": "{{resources.crm.contacts.note}}",
    "query": {"of": "{{args.who}}", "region": "{{region}}", "fields": ["id", "{{resources.crm.contacts.field:any}}"]},
}


def plan_of(**changes: Any) -> Plan:
    resources = [CONTACTS, {**NOTES, **changes}]
    definition = {"integrated_account_id": ACCOUNT, "args": {"who": "zoë", "ids": ["1"]}, "resources": resources}
    return prepare(json.dumps(definition)).require_plan()


@pytest.mark.parametrize(
    "record",
    [
        {"note": "n-1", "field": "text"},
        {"note": 7, "field": {"deep": [1, None]}},
        {"note": "a/../b", "field": None},
        {"note": True, "field": [], "more": "ignored"},
    ],
)
def test_a_call_is_the_same_both_ways(record: Any) -> None:
    plan = plan_of()
    step = plan.steps["notes"]
    extra: Any = {"region": "eu"}
    made = PlainCalls(step, plan, plan.definition.args, extra).make({"contacts": record})
    (expanded,) = expand(step, plan, Scope(plan.definition.args, {"contacts": record}, extra=extra)).calls
    assert made is not None
    assert (made.call, made.call.node) == (expanded.call, "notes")
    assert (made.missing, made.rounded, made.objects, dict(made.bindings)) == ((), (), (), {})


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"field": "text"}, id="without value"),
        pytest.param({"note": 2**60 + 1, "field": "text"}, id="rounded"),
        pytest.param({"note": {"id": 1}, "field": "text"}, id="an object as text"),
        pytest.param({"note": "n", "field": "{{args.who}}"}, id="a value with a placeholder"),
        pytest.param({"note": {"toString": 1}, "field": "text"}, id="an error"),
    ],
)
def test_what_there_is_more_to_say_about_is_left_to_the_general_way(record: Any) -> None:
    plan = plan_of()
    assert PlainCalls(plan.steps["notes"], plan, plan.definition.args, {}).make({"contacts": record}) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"loop_on": "ids"},
        {"run_if": "true"},
        {"query": "{'a': 1}"},
        {"recurse": {"if": "{{resources.crm.notes.more:bool}}", "config": {"id": "{{resources.crm.notes.up}}"}}},
    ],
    ids=["loop", "condition", "expression", "recursion"],
)
def test_other_requests_are_not_plain(changes: Any) -> None:
    plan = plan_of(**changes)
    assert not is_plain(plan.steps["notes"])
    with pytest.raises(ValueError, match="notes is not plain"):
        PlainCalls(plan.steps["notes"], plan, {}, {})
