"""Lines that are cut from one pattern are those that are made one by one."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from batchctl.json_text import text_of
from batchctl.plan.preview import FromArguments, make_preview
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.preview.alike import Alike
from batchctl.render.preview.data import request_data, shown
from batchctl.render.preview.ndjson import preview_ndjson
from batchctl.render.text.literals import escape_unprintable

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

PLAIN = ["u-1", "12", "true", "null", "007", "..", "a.b~c", "args.team", "zq-8c1f~mark", "9007199254740993"]
OTHERS: list[JsonValue] = ["a b", "", "ü", "{{args.team}}", "$&", 7, 1.5, None, True, {"id": 1}, [1], "x\ny", "\u202e"]
REQUESTS = {
    "id": 'id: "{{args.ids}}"',
    "twice": 'id: "{{args.ids}}"\n    query: {a: "x{{args.ids}}-{{args.ids}}", b: 1}',
    "int": 'query: {a: "{{args.ids:int}}"}',
    "bool": 'query: {a: "{{args.ids:bool}}"}',
    "null": 'query: {a: "{{args.ids:null}}"}',
    "any": 'query: {a: "{{args.ids:any}}"}',
    "all": 'query: {a: "{{args:any}}"}',
    "other first": 'query: {a: "{{args.team|args.ids}}", b: "{{args.nobody|args.ids}}"}',
    "default": 'query: {a: "{{args.ids:ignore-empty-str?:none}}"}',
    "in braces": 'query: {a: "{{{args.ids}}}", b: "{{args.team}}"}',
    "a made placeholder": 'query: {a: "{{ {{args.ids}} }}", b: "{{args.team}} {{args.ids}}"}',
    "constant type": 'query: {a: "{{args.ids}}", n: "{{args.n:int}}"}',
    "no element": 'query: {a: "{{args.team}}"}',
    "secret name": 'query: {api_key: "{{args.ids}}"}',
}


def lines(request: str, elements: list[JsonValue], redactor: Redactor) -> tuple[str, str]:
    """As they are written, and one by one."""
    text = f"""
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - name: users
    resource: ticketing/users
    method: get
    loop_on: args.ids
    {request}
"""
    tolerated = ("undeclared-argument", "missing-id", "list-with-id")
    args: dict[str, JsonValue] = {"ids": elements, "team": "sales", "n": "5"}
    plan = prepare(text, args=args, tolerated=tolerated).require_plan()
    preview = make_preview(plan)
    view = shown(plan, api_url="https://api.truto.one", redactor=redactor)
    (resource,) = preview.resources
    one_by_one = [
        text_of({"resource": "users", **request_data(resource, each, view)}).decode() for each in resource.requests()
    ]
    return "".join(preview_ndjson(preview, view)), "".join(f"{escape_unprintable(line)}\n" for line in one_by_one)


@pytest.mark.parametrize("name", REQUESTS)
def test_lines_of_a_pattern_are_those_made_one_by_one(name: str) -> None:
    chosen = random.Random(16)
    for redactor in (Redactor(), Redactor(["u-1", "a.b~c"])):
        for some in (PLAIN, [*PLAIN, *OTHERS]):
            elements = chosen.choices(some, k=40)
            if name in ("id", "twice"):
                elements = [each for each in elements if not isinstance(each, dict | list)]
            found, expected = lines(REQUESTS[name], elements, redactor)
            assert found == expected


def test_a_loop_over_ids_is_written_from_a_pattern() -> None:
    text = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: users, resource: ticketing/users, method: get, id: "{{args.ids}}", loop_on: args.ids}
"""
    preview = make_preview(prepare(text, args={"ids": ["a", "b"]}).require_plan())
    (resource,) = preview.resources
    assert isinstance(resource.requests, FromArguments)
    alike = Alike(resource.requests, lambda request: json.dumps([request.call.path, request.call.id]) + "\n")
    assert alike.text(["x-1", "y"]) == '["/unified/ticketing/users/x-1", "x-1"]\n["/unified/ticketing/users/y", "y"]\n'
    assert alike.text(["x-1", "a b"]) is None
    assert alike.text(["x-1", 7]) is None
