"""For what a request is repeated, and what is remarked about its calls, where nodes add context and collect records."""

from __future__ import annotations

import pytest

from batchctl.definition.model import Request
from batchctl.plan.planner import Plan, find_fan_outs
from batchctl.plan.preview import make_preview
from batchctl.plan.recursion import identity, recurs
from batchctl.plan.unresolved import find_unresolved
from batchctl.preparation import prepare
from batchctl.render.preview.fields import unknown_name

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


def test_what_an_add_context_made_is_read_record_by_record_by_its_name_too() -> None:
    text = (
        "resources:\n" + TEAMS + ADDED.replace("BEFORE", "teams") + READER.replace(": team}", ": resources.ctx.team}")
    )
    assert repeated_for(text, "notes") == ["teams"]


@pytest.mark.parametrize("query", ['{t: "{{resources.ctx.team}}"}', "'{\"t\": resources.ctx.team}'"])
def test_it_is_not_known_before_the_run(query: str) -> None:
    reader = READER.partition(" query:")[0] + f" query: {query}}}\n"
    made = plan("resources:\n" + TEAMS + ADDED.replace("BEFORE", "teams") + reader)
    (notes,) = (each for each in make_preview(made).resources if each.step.node.key == "notes")
    (request,) = notes.requests()
    assert [*map(str, request.expressions)] == ["query"] if query[0] == "'" else request.unresolved
    assert not request.missing
    if request.unresolved:
        assert unknown_name(request.unresolved[0], notes.step, made) == "‹ctx.team›"


def test_a_loop_over_a_list_that_an_add_context_made() -> None:
    """Once for each record that it was made for."""
    reader = "  - {name: notes, resource: crm/notes, method: list, depends_on: teams, loop_on: resources.ctx.team}\n"
    assert repeated_for("resources:\n" + TEAMS + ADDED.replace("BEFORE", "teams") + reader, "notes") == ["teams"]


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
