"""A bare name in ``loop_on`` that no argument has: only a run can tell what the account's context holds there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from batchctl.plan.preview import PreviewedResource, make_preview
from batchctl.preparation import prepare
from batchctl.render.text.words import repetition

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject

TEXT = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
{more}resources:
  - {{name: a, resource: items, method: list, persist: true, loop_on: drives, query: {{d: "{{{{drives.id}}}}"}}}}
"""


def previewed(more: str = "", account: JsonObject | None = None) -> tuple[PreviewedResource, str]:
    plan = prepare(TEXT.format(more=more)).require_plan()
    (resource,) = make_preview(plan, account).resources
    return resource, repetition(resource.step, plan)


def test_without_its_value_the_request_is_shown_once_under_its_own_name() -> None:
    resource, words = previewed()
    assert (resource.problem, resource.known, resource.more) == ("", 0, True)
    assert [(each.over, each.count) for each in resource.repeats] == [("drives", None)]
    (request,) = resource.requests()
    assert [each.text for each in request.unresolved] == ["{{drives.id}}"]
    assert words == "for each of drives"


def test_with_its_value_there_is_a_request_per_element() -> None:
    resource, words = previewed(account={"drives": [{"id": 1}, {"id": 2}]})
    assert [(each.over, each.count) for each in resource.repeats] == [("drives", 2)]
    assert [each.call.query for each in resource.requests()] == [{"d": "1"}, {"d": "2"}]
    assert words == "for each of drives"


@pytest.mark.parametrize("more", ["args: {drives: [{id: 1}]}\n", "args_schema: {drives: {type: array}}\n"])
def test_what_an_argument_has_is_an_argument(more: str) -> None:
    resource, words = previewed(more)
    assert resource.repeats[0].over == "args.drives"
    assert words == "for each of args.drives"
