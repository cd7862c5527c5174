"""A Unified resource that a batch's answer does not name: it failed, and no gateway has said so."""

import json

from batchctl.engine.causes import causes
from batchctl.engine.result import Failed
from batchctl.preparation import prepare
from batchctl.render.result.data import run_ndjson
from batchctl.service.answer import read_answer

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
