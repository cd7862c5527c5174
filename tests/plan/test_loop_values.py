"""What is said of all elements of a loop at once is what a look at each of them says."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING

import pytest

from batchctl.errors import TemplateError
from batchctl.plan.loop_values import surely_in_all
from batchctl.plan.loops import read_loop
from batchctl.plan.preview import make_preview
from batchctl.plan.unresolved import lacking
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.preview.data import shown
from batchctl.render.preview.ndjson import preview_ndjson
from batchctl.template import compile_template

if TYPE_CHECKING:
    from types import FrameType

    from batchctl.json_types import JsonValue

PLACEHOLDERS = (
    "{{args.all}}",
    "{{args.all:int}}",
    "{{args.all:json}}",
    "{{args.all:nonsense}}",
    "{{args.all.a}}",
    "{{args.all.a.b}}",
    "{{args.all.a:any}}",
    "{{args.all.a?:none}}",
    "{{args.all.a.b?:none}}",
    "{{args.all.a|args.other}}",
    "{{args.other|args.all.a}}",
    "{{args.all.length}}",
    "{{args.all.0}}",
    "{{args.all.toString}}",
    "{{args.all.constructor}}",
    "{{args.all.a:ignore-empty-str}}",
    "{{args.all.a:null}}",
)
ELEMENTS: tuple[JsonValue, ...] = (
    "u-1",
    "",
    7,
    None,
    True,
    ["x"],
    {"a": "x"},
    {"a": ""},
    {"a": None},
    {"a": {"b": 1}},
    {"a": {"b": {"toString": 1}}},
    {"b": 1},
    {"toString": 1},
    {"constructor": 1},
    {"length": 2},
)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_an_answer_for_all_is_true_of_each(text: str) -> None:
    """Where all are said to have a value, none lacks it, and none is refused."""
    chosen = random.Random(16)
    loop, template = read_loop("args.all"), compile_template(text)
    assert loop is not None
    (reference,) = template.references
    for _ in range(300):
        elements = chosen.choices(ELEMENTS, k=chosen.randint(1, 3))
        if surely_in_all(reference, loop, elements):
            for element in elements:
                assert template.without_value({"args": {"all": element}}) == []


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_what_lacks_a_value_is_what_a_look_at_each_finds(text: str) -> None:
    chosen = random.Random(61)
    loop, template = read_loop("args.all"), compile_template(text)
    assert loop is not None
    for _ in range(200):
        elements = chosen.choices(ELEMENTS, k=chosen.randint(1, 3))
        try:
            one_by_one = any(template.without_value({"args": {"all": element}}) for element in elements)
        except TemplateError:
            continue
        found = lacking(template, loop, {"args": {"all": elements}}, lambda _path: False)
        assert bool(found) is one_by_one


def calls_until_the_first_line(elements: list[JsonValue]) -> int:
    """How many functions of Python are called from the text of a definition to the first line of its dry run."""
    text = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - name: users
    resource: ticketing/users
    method: get
    id: "{{args.ids.id}}"
    query: {name: "{{args.ids.name?:nobody}}"}
    loop_on: args.ids
"""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        preview = make_preview(prepare(text, args={"ids": elements}).require_plan())
        first = next(preview_ndjson(preview, shown(preview.plan, api_url="https://x", redactor=Redactor())))
    finally:
        sys.setprofile(None)
    assert first.count("\n") == 1
    return calls


def test_the_first_line_does_not_wait_for_the_others() -> None:
    few: list[JsonValue] = [{"id": f"u-{number}"} for number in range(10)]
    many: list[JsonValue] = [{"id": f"u-{number}"} for number in range(20_000)]
    calls_until_the_first_line(few)
    assert calls_until_the_first_line(many) < calls_until_the_first_line(few) + 1_000
