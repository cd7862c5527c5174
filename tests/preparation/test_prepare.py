"""From text to a plan, or to everything that stands against one."""

from __future__ import annotations

import pytest

from batchctl.definition.given import Given, Origin
from batchctl.diagnostics import Severity
from batchctl.errors import DefinitionError, UsageError
from batchctl.preparation import prepare

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
TWO = HEAD + "resources:\n  - {resource: crm/contacts, method: list}\n  - {resource: crm/deals, method: list}\n"
REQUIRED = HEAD + (
    "args_schema: {since: {type: string, required: true}}\n"
    "resources:\n  - {resource: crm/contacts, method: list, query: {since: '{{args.since}}'}}\n"
)


def test_only_keeps_what_is_named_in_plan_and_payload() -> None:
    prepared = prepare(TWO, only=["crm/deals"])
    assert list(prepared.require_plan().steps) == ["crm/deals"]
    assert prepared.definition is not None
    assert prepared.definition.payload["resources"] == [{"resource": "crm/deals", "method": "list"}]


def test_only_of_an_unknown_name_suggests() -> None:
    with pytest.raises(UsageError, match='no resource is called "crm/deal"') as caught:
        prepare(TWO, only=["crm/deal"])
    assert caught.value.hint == 'did you mean "crm/deals"?'


def test_errors_are_raised_with_their_diagnostics() -> None:
    prepared = prepare("resources: []\n", file="a.yaml")
    assert not prepared.ok
    with pytest.raises(DefinitionError, match=r"a\.yaml has 2 errors") as caught:
        prepared.require_plan()
    assert [found.rule for found in caught.value.diagnostics] == ["missing-key", "no-resources"]


def test_what_a_comment_hides_can_still_be_in_the_way() -> None:
    text = TWO.replace("crm/deals, method: list}", "crm/contacts, method: list} # batchctl: ignore[duplicate-name]")
    prepared = prepare(text)
    assert (prepared.diagnostics, prepared.ok) == ((), False)
    assert [found.rule for found in prepared.obstacles] == ["duplicate-name"]


@pytest.mark.parametrize(
    ("severity", "ok"), [(None, True), (Severity.WARNING, True), (Severity.ERROR, False)], ids=["none", "warn", "error"]
)
def test_how_bad_a_missing_argument_is(severity: Severity | None, ok: bool) -> None:
    prepared = prepare(REQUIRED, required=severity)
    assert (prepared.ok, [found.severity for found in prepared.diagnostics]) == (ok, [severity] if severity else [])


def test_an_argument_that_nothing_reads() -> None:
    given = Given({"sinc": "x"}, origins={("sinc",): Origin("--arg sinc=x")})
    with pytest.raises(UsageError, match=r'"sinc" \(from --arg sinc=x\)'):
        prepare(REQUIRED, given=given)
