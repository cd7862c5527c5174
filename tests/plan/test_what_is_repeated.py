"""For what a request is repeated, and what is remarked about its calls, where nodes add context and collect records."""

from __future__ import annotations

from batchctl.definition.model import Request
from batchctl.plan.planner import Plan, find_fan_outs
from batchctl.plan.preview import make_preview
from batchctl.plan.recursion import identity, recurs
from batchctl.plan.unresolved import find_unresolved
from batchctl.preparation import prepare

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
TOLERATED = ("undeclared-argument", "loop-not-array", "number-rounded", "empty-id", "unresolved-placeholder")


def plan(text: str) -> Plan:
    return prepare(HEAD + text, environment={}, tolerated=TOLERATED).require_plan()


def repeated_for(text: str, key: str) -> list[str]:
    made = plan(text)
    node = made.graph.nodes[key]
    assert isinstance(node, Request)
    return [fan_out.node for fan_out in find_fan_outs(node, made.graph)]


TEAMS = "  - {name: teams, resource: crm/teams, method: list}\n"
ADDED = '  - {name: ctx, type: add_context, depends_on: BEFORE, config: {expression: "{ \\"team\\": 1 }"}}\n'
READER = "  - {name: notes, resource: crm/notes, method: list, depends_on: ctx, query: '{\"t\": team}'}\n"


def test_what_is_added_to_each_record_is_read_record_by_record() -> None:
    assert repeated_for("resources:\n" + TEAMS + ADDED.replace("BEFORE", "teams") + READER, "notes") == ["teams"]


def test_what_is_added_after_a_spool_is_there_once() -> None:
    spool = "  - {name: all, type: spool, depends_on: teams}\n"
    text = "resources:\n" + TEAMS + spool + ADDED.replace("BEFORE", "all") + READER
    assert repeated_for(text, "notes") == []


def test_what_is_added_after_a_spool_within_a_loop_is_there_for_each_branch() -> None:
    members = (
        "  - {name: members, resource: crm/members, method: list, depends_on: teams,"
        ' query: {t: "{{resources.crm.teams.id}}"}}\n'
    )
    spool = "  - {name: all, type: spool, depends_on: members}\n"
    text = "resources:\n" + TEAMS + members + spool + ADDED.replace("BEFORE", "all") + READER
    assert repeated_for(text, "notes") == ["teams"]


def test_records_that_are_one_have_one_id() -> None:
    assert identity({"id": 5, "x": 1}) == identity({"id": "5", "x": 2})
    assert identity({"x": 1, "y": 2}) == identity({"y": 2, "x": 1})
    assert identity({"x": 1}) != identity({"x": 2})
    assert identity("a") != identity("b")


def test_a_request_without_a_recursion_is_not_repeated() -> None:
    from batchctl.plan.expansion import Scope

    made = plan("resources:\n" + TEAMS)
    assert not recurs(made.steps["teams"], made, Scope({}), {}, {"id": 1})


def test_a_loop_over_what_is_no_array() -> None:
    made = plan(
        "args: {ids: x}\nresources:\n"
        "  - {name: a, resource: crm/a, method: list, loop_on: args.ids, query: {i: '{{args.ids}}'}}\n"
    )
    found = [(each.key, each.path[-1], each.text) for each in find_unresolved(made)]
    assert found == [("a", "loop_on", "args.ids")]
    (previewed,) = make_preview(made).resources
    assert previewed.problem == "loop_on: args.ids is a string, not an array"
