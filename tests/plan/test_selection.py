"""``--only`` and ``--skip``: by name, by pattern, by tag."""

from __future__ import annotations

import pytest

from batchctl.errors import UsageError
from batchctl.preparation import prepare

TEXT = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {resource: crm/contacts, method: list, x-tags: daily}
  - {resource: crm/notes, method: list, depends_on: crm/contacts, x-tags: [daily, slow]}
  - {resource: ticketing/tickets, method: list}
  - {name: "odd*name", resource: hris/employees, method: list}
"""


def chosen(*words: str) -> str:
    plan = prepare(TEXT, environment={}, only=words).require_plan()
    assert [node.key for node in plan.definition.resources] == list(plan.steps)
    sent = plan.definition.payload["resources"]
    assert isinstance(sent, list)
    assert len(sent) == len(plan.steps)
    return " ".join(plan.steps)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["crm/notes"], "crm/contacts crm/notes"),
        (["crm/*"], "crm/contacts crm/notes"),
        (["*/notes"], "crm/contacts crm/notes"),
        (["odd*name"], "odd*name"),
        (["tag:slow"], "crm/contacts crm/notes"),
        (["tag:daily", "ticketing/tickets"], "crm/contacts crm/notes ticketing/tickets"),
        (["!crm/contacts"], "ticketing/tickets odd*name"),
        (["!tag:slow"], "crm/contacts ticketing/tickets odd*name"),
        (["crm/*", "!ticketing/*"], "crm/contacts crm/notes"),
    ],
)
def test_what_is_left(words: list[str], expected: str) -> None:
    assert chosen(*words) == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["crm/note"], 'no resource is called "crm/note"'),
        (["!crm/note"], 'no resource is called "crm/note"'),
        (["hr/*"], r"no resource is called like hr/\*"),
        (["tag:dayly"], 'no resource has the tag "dayly"'),
        (["crm/notes", "!crm/contacts"], '"crm/notes" needs "crm/contacts", which is left out'),
        (["crm/notes", "!crm/notes"], "both asked for and left out"),
        (["![ct]*", "!odd*name"], "no resource is left"),
    ],
)
def test_what_means_nothing_is_said(words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        chosen(*words)
