"""A Unified resource that a batch's answer does not name: it failed, and no gateway has said so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from batchctl.engine.causes import causes
from batchctl.engine.result import Failed, Succeeded
from batchctl.preparation import prepare
from batchctl.render.result.data import run_ndjson
from batchctl.service.answer import read_answer

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

TEXT = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources: [{name: a, resource: crm/contacts, method: list}]
"""


def test_it_is_no_answer_rather_than_a_gateways() -> None:
    plan = prepare(TEXT).require_plan()
    outcome = read_answer({"result": {"b": []}, "errors": {}}, plan.steps, elapsed_s=0.1).outcomes["a"]
    assert isinstance(outcome, Failed)
    (cause,) = causes(outcome.errors)
    assert cause.origin == "connection"
    assert cause.sentence == "no usable answer: the answer names it neither in result nor in errors"


@pytest.mark.parametrize(
    ("held", "records", "empty"),
    [([], 0, None), (None, 0, None), ({}, 0, 1), ("", 0, 1), ({"id": 1}, 1, None), ("none", 1, None), (0, 1, None)],
)
def test_what_is_no_list_under_a_resources_name(held: JsonValue, records: int, empty: int | None) -> None:
    steps = prepare(TEXT).require_plan().steps
    for errors in ({}, {"a": [{"message": "m"}]}):
        outcome = read_answer({"result": {"a": held}, "errors": errors}, steps, elapsed_s=0.1).outcomes["a"]
        assert isinstance(outcome, Failed if errors else Succeeded)
        assert (outcome.count, outcome.work.empty) == (records, empty)


def test_errors_that_the_answer_does_not_name_have_a_line_each() -> None:
    steps = prepare(TEXT).require_plan().steps
    absent = read_answer({"result": {"b": []}, "errors": {}}, steps, elapsed_s=0.1)
    (line,) = "".join(run_ndjson(absent)).splitlines()
    assert json.loads(line)["resource"] == "a"
    assert json.loads(line)["error"]["message"] == "the answer names it neither in result nor in errors"
    listed = read_answer({"result": {"a": [{"id": 1}]}, "errors": ["boom"]}, steps, elapsed_s=0.1)
    assert list(map(json.loads, "".join(run_ndjson(listed)).splitlines())) == [
        {"resource": "a", "record": {"id": 1}},
        {"resource": "errors", "error": "boom"},
    ]
    # The body is the service's own in any case.
    assert listed.body() == {"result": {"a": [{"id": 1}]}, "errors": ["boom"]}
    named = read_answer({"result": {"a": []}, "errors": {"a": ["x"]}}, steps, elapsed_s=0.1)
    assert [json.loads(each)["error"] for each in "".join(run_ndjson(named)).splitlines()] == ["x"]
