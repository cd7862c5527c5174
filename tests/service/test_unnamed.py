"""A Unified resource that a batch's answer does not name: it failed, and no gateway has said so."""

from batchctl.engine.causes import causes
from batchctl.engine.result import Failed
from batchctl.preparation import prepare
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
