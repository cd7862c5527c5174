"""``loop_on`` in the spellings of other path languages is a problem with a way to write it, never a crash."""

from __future__ import annotations

import json

import pytest

from batchctl.plan.preview import make_preview
from batchctl.preparation import prepare

SPELLINGS = {
    "user_ids[0]": "write args.user_ids.0",
    "$.user_ids": "write args.user_ids",
    'args["user_ids"]': "write args.user_ids",
    "args['user_ids']": "write args.user_ids",
    "args.user_ids[*]": "write args.user_ids",
    "user_ids[]": "write args.user_ids",
    '"args.user_ids"': "write args.user_ids",
    "résumés": "between dots are letters, digits, _, - and /: rename the argument",
    "$": "between dots are letters, digits, _, - and /: rename the argument",
    "user ids": "between dots are letters, digits, _, - and /: rename the argument",
    ".": "between dots are letters, digits, _, - and /: rename the argument",
    "user_ids.": "between dots are letters, digits, _, - and /: rename the argument",
    "user_ids:json": "between dots are letters, digits, _, - and /: rename the argument",
    "user_ids|ids": "between dots are letters, digits, _, - and /: rename the argument",
    "}}": "between dots are letters, digits, _, - and /: rename the argument",
    "a[b": "between dots are letters, digits, _, - and /: rename the argument",
}


def text(loop_on: str, ignored: str = "") -> str:
    written = json.dumps(loop_on, ensure_ascii=False)
    return (
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
        "args: {user_ids: [u1]}\n"
        "resources:\n"
        f"  - {{resource: crm/users, method: get, id: '{{{{args.user_ids:json}}}}', loop_on: {written}}}{ignored}\n"
    )


@pytest.mark.parametrize("loop_on", SPELLINGS)
def test_it_is_named_with_what_to_write(loop_on: str) -> None:
    (found,) = prepare(text(loop_on), environment={}).diagnostics
    assert (found.rule, found.message) == ("loop-not-array", f"loop_on: {loop_on} is not a path")
    assert found.help == SPELLINGS[loop_on]
    assert found.span.start.line == 4


@pytest.mark.parametrize("loop_on", SPELLINGS)
def test_whoever_ignores_it_gets_no_request(loop_on: str) -> None:
    prepared = prepare(text(loop_on, " # batchctl: ignore[loop-not-array]"), environment={})
    (resource,) = make_preview(prepared.require_plan()).resources
    assert "is not a path that can be followed" in (resource.problem or "")
