"""Names without quotes beside an ``=``: which of them are reported."""

from __future__ import annotations

import pytest

from batchctl.preparation import prepare

JOB = """\
default_runtime_version: 4
integration_name: desk
args: {account: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10, field: notes}
resources:
  - {name: list, type: request, resource: desk/tickets, method: list, integrated_account_id: "{{args.account}}"}
  - {name: more, type: add_context, depends_on: list, config: {expression: '{"added": resources.desk.tickets.id}'}}
  - name: made
    type: transform
    depends_on: list
    config:
      expression: |
        EXPRESSION
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [made]}
"""
RECORD = "resources.desk.tickets"


def said(expression: str) -> list[str]:
    found = prepare(JOB.replace("EXPRESSION", expression), environment={}, jobs=True).diagnostics
    return [each.message for each in found if each.code == "BC508"]


@pytest.mark.parametrize(
    "expression",
    [
        f"{RECORD}.$sift(function($v, $k) {{ $k != notes }})",
        f"{RECORD}.$sift(function($v, $k) {{ notes != $k }})",
        f"{RECORD}.$sift(function($v,$k){{$k=notes}})",
        f"{RECORD}.($sift($, function($v, $k) {{ $k != notes and $k != 'id' }}))",
        f"{RECORD}.$each(λ($value, $k) {{ $k = notes ? 'x' : $value }})",
    ],
)
def test_the_name_of_a_field_is_no_content_of_a_field(expression: str) -> None:
    """The service keeps every field of a record whose ``notes`` are none of its fields' names."""
    assert said(expression) == ["$k is the name of a field, and notes without quotes is what is in the field notes"]


@pytest.mark.parametrize(
    "expression",
    [
        f'{RECORD}.$sift(function($v, $k) {{ $k != "notes" }})',
        f"{RECORD}.$sift(function($v, $k) {{ $v != notes }})",
        f"{RECORD}.$sift(function($v, $k) {{ $k != $$.args.field }})",
        f"{RECORD}.$sift(function($v, $k) {{ $k = notes.title }})",
        f"{RECORD}.$filter([1], function($v, $k) {{ $k != count }})",
        f"{RECORD}.($k := id; $k = number ? 1 : 2)",
        # The add_context may have brought it.
        "$sift(args, function($v, $k) { $k != added })",
    ],
)
def test_what_may_be_meant_is_not_reported(expression: str) -> None:
    assert said(expression) == []


def test_a_function_of_the_service_alone_has_advice_for_its_kind() -> None:
    job = JOB.replace("EXPRESSION", f"$convertMdToPdf({RECORD}[0].text)")
    (found,) = (each for each in prepare(job, environment={}, jobs=True).diagnostics if each.code == "BC503")
    assert found.help == "run the job on Truto: batchctl sync FILE --on-truto"
