"""Plans of several files, what words mean in them, which failures are accepted, and the totals of many rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.definition.model import Request
from batchctl.errors import UsageError
from batchctl.plan.acceptance import accepting, statuses_of, words_of
from batchctl.plan.preview import make_preview
from batchctl.plan.row_totals import RowTotals
from batchctl.plan.run_row import for_expressions, for_placeholders
from batchctl.plan.selection import Choices, refuse_meaningless, tags_of
from batchctl.plan.side_by_side import side_by_side
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from batchctl.plan.planner import Plan

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject

ONE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {ids: [a, b, c]}
resources:
  - {name: people, resource: crm/contacts, method: list, x-tags: daily}
  - {name: notes, resource: crm/notes, method: create, loop_on: args.ids, depends_on: people, body: {of: x}}
"""
OTHER = """\
integrated_account_id: 7d3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a11
resources:
  - {name: people, resource: hris/employees, method: get, id: e1}
"""


def plan(text: str) -> Plan:
    return prepare(text, environment={}).require_plan()


def choices(text: str) -> Choices:
    made = plan(text)
    return Choices(made.graph, tags_of(made.source.data))


def test_each_resource_stands_under_its_file() -> None:
    whole = side_by_side({"one.yaml": plan(ONE), "other.yaml": plan(OTHER)})
    assert list(whole.steps) == ["one.yaml::people", "one.yaml::notes", "other.yaml::people"]
    assert whole.waves == (("one.yaml::people", "other.yaml::people"), ("one.yaml::notes",))
    assert whole.steps["one.yaml::notes"].parents == ("one.yaml::people",)
    assert [node.index for node in whole.definition.resources] == [0, 1, 2]
    assert whole.definition.name == "2 files"
    assert whole.definition.integrated_account_id.split(", ")[1].startswith("7d3b5d2e")


def test_words_mean_something_in_some_of_the_files() -> None:
    one, other = choices(ONE), choices(OTHER)
    assert [one.has("notes"), other.has("notes"), one.has("!tag:daily"), other.has("tag:daily")] == [
        True,
        False,
        True,
        False,
    ]
    assert (one.taken(["notes"]), other.taken(["notes"])) == (("notes",), None)
    # What is only left out leaves the others as they are; where nothing is left, the file is not asked for.
    assert (one.taken(["!notes"]), other.taken(["!notes"])) == (("!notes",), ())
    assert (one.taken(["!people"]), other.taken(["!people"])) == (None, None)
    assert one.taken(["people", "!notes"]) == ("people", "!notes")
    assert one.selected(["!notes"]) == {"people"}
    assert other.selected([]) == {"people"}


def test_a_word_that_means_nothing_in_any_file() -> None:
    refuse_meaningless(["notes", "!people"], [choices(ONE), choices(OTHER)])
    with pytest.raises(UsageError, match='"note" is in none of these files') as caught:
        refuse_meaningless(["people", "!note"], [choices(ONE), choices(OTHER)])
    assert caught.value.hint == 'did you mean "notes"?'


def test_tags_of_what_is_no_definition() -> None:
    assert tags_of(None) == {}
    assert tags_of({"resources": "x"}) == {}
    assert tags_of({"resources": [1, {"x-tags": "a"}, {"x-tags": ["b", 3]}]}) == {
        0: frozenset(),
        1: frozenset({"a"}),
        2: frozenset({"b", "3"}),
    }


def test_failures_that_whoever_runs_it_accepts() -> None:
    accept = statuses_of(["people=404", "notes=409,422", "people=403"])
    assert accept == {"people": {403, 404}, "notes": {409, 422}}
    assert words_of({**accept, "none": ()}) == ("people=403,404", "notes=409,422")
    changed = accepting(plan(ONE).definition, accept)
    assert [node.accept for node in changed.resources if isinstance(node, Request)] == [{403, 404}, {409, 422}]


@pytest.mark.parametrize("word", ["people", "people=200", "people=4044", "=404", "people=404,"])
def test_a_word_that_accepts_nothing(word: str) -> None:
    with pytest.raises(UsageError, match="is not RESOURCE=STATUS"):
        statuses_of([word])


def test_only_requests_fail_with_a_status() -> None:
    with pytest.raises(UsageError, match='no request is called "peple"') as caught:
        accepting(plan(ONE).definition, {"peple": {404}})
    assert caught.value.hint == 'did you mean "people"?'


def test_rows_are_counted_by_account() -> None:
    totals = RowTotals()
    assert (totals.least_s, totals.limited_by) == (0, None)
    preview = make_preview(plan(ONE))
    for number in range(100):
        totals.add(f"account-{number % 2}", preview)
    assert (totals.rows, totals.requests, totals.writes, totals.lists) == (100, 400, 300, 100)
    assert totals.calls == {"account-0": 200, "account-1": 200}
    assert totals.least_s > 0
    assert totals.limited_by is not None


def test_the_date_of_a_run_is_a_javascript_date() -> None:
    row: JsonObject = {"id": "r", "started_at": "2026-01-31T10:00:00.000Z"}
    shown = for_placeholders({"args": {}, "sync_job_run": row})["sync_job_run"]
    assert isinstance(shown, dict)
    assert str(shown["started_at"]).startswith("Sat Jan 31 2026 10:00:00 GMT")
    made = for_expressions({"args": {}}, {"sync_job_run": row})["sync_job_run"]
    assert isinstance(made, dict)
    assert not isinstance(made["started_at"], str)
    # A batch has no such row, and a row may have no date.
    assert for_placeholders({"args": {}}) == {"args": {}}
    assert for_expressions({"args": {}}, {}) == {"args": {}}
    assert for_placeholders({"sync_job_run": {"id": "r"}}) == {"sync_job_run": {"id": "r"}}


def test_a_file_that_ends_in_a_carriage_return_has_its_places_beside_others() -> None:
    whole = side_by_side({"one.yaml": plan(ONE.replace("\n", "\r")), "other.yaml": plan(OTHER)})
    assert whole.source.span(("resources", 2, "id")).start.line > whole.source.span(("resources", 1)).start.line
    assert whole.source.written(("resources", 2, "resource")) == "hris/employees"
