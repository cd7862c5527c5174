"""What a request sends: placeholders rendered, expressions evaluated, the recursion's config over its own parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.definition.model import Request
from batchctl.errors import ExpressionError
from batchctl.plan.forms import WrongShape, path_of_recursion, recursion_form, request_form
from batchctl.preparation import prepare

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\nresources:\n  - name: a\n    resource: crm/a\n"


def request(text: str) -> Request:
    tolerated = ("undeclared-argument",)
    (node,) = prepare(HEAD + text, environment={}, tolerated=tolerated).require_plan().definition.resources
    assert isinstance(node, Request)
    return node


WRITE = """\
    method: create
    query: '{"limit": args.n}'
    body: '{EXPRESSION}'
"""


def body(expression: str, data: JsonObject) -> object:
    form = request_form(request(WRITE.replace("{EXPRESSION}", expression)))
    return form.call({}, data).body


def test_expressions_give_the_query_and_the_body() -> None:
    form = request_form(request(WRITE.replace("{EXPRESSION}", "args.people")))
    call = form.call({}, {"args": {"n": 5, "people": [{"id": 1}]}})
    assert (call.query, call.body) == ({"limit": 5}, [{"id": 1}])
    # Before a run they are left out: only a run knows what they read.
    assert (form.call({}, None).query, form.call({}, None).body) == ({}, None)
    # What gives nothing is not sent.
    assert form.call({}, {"args": {"n": 5}}).body is None


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), (True, "a boolean"), (1.5, "a number"), ("x", "text")],
)
def test_a_body_must_be_an_object_or_an_array(value: object, kind: str) -> None:
    data: JsonObject = {"args": {"n": 1, "people": value}}  # type: ignore[dict-item]  # of a parameter
    with pytest.raises(WrongShape, match=f"^body: the expression must give an object, not {kind}$") as caught:
        body("args.people", data)
    assert caught.value.field == "body"


def test_a_query_must_be_an_object() -> None:
    form = request_form(request("    method: list\n    query: '[args.n, 2]'\n"))
    with pytest.raises(WrongShape, match=r"^query: the expression must give an object, not an array$"):
        form.call({}, {"args": {"n": 1}})


def test_an_expression_that_fails_says_in_which_field() -> None:
    with pytest.raises(ExpressionError) as caught:
        body("$sum(args.people)", {"args": {"n": 1, "people": "x"}})
    assert caught.value.field == "body"


RECURSION = """\
    method: list
    query: {limit: 5, cursor: none}
    response_format: raw
    recurse:
      if: "{{resources.crm.a.next:bool}}"
      config: {CONFIG}
"""


def test_what_is_sent_again_has_the_config_over_the_query() -> None:
    again = recursion_form(request(RECURSION.replace("{CONFIG}", "{query: {cursor: '{{resources.crm.a.next}}'}}")))
    assert again is not None
    call = again.call({"query": {"limit": 5, "cursor": "none"}, "over": {"cursor": "c2"}}, None)
    assert call.query == {"limit": 5, "cursor": "c2", "truto_response_format": "raw"}
    assert again.call({"query": {"truto_response_format": "unified"}}, None).query == {
        "truto_response_format": "unified"
    }


def test_where_the_parts_of_what_is_sent_again_are_written() -> None:
    own_id = request(RECURSION.replace("{CONFIG}", "{id: '{{resources.crm.a.next}}', query: {x: 1}}"))
    assert path_of_recursion(own_id, ("over", "x")) == ("recurse", "config", "query", "x")
    assert path_of_recursion(own_id, ("id",)) == ("recurse", "config", "id")
    assert path_of_recursion(own_id, ("query", "limit")) == ("query", "limit")
    without = request(RECURSION.replace("{CONFIG}", "{query: {cursor: '{{resources.crm.a.next}}'}}"))
    assert path_of_recursion(without, ("id",)) == ("id",)
    assert recursion_form(request("    method: list\n")) is None
