"""A request runs once per pair of records of two parents that have nothing to do with each other.

Why:
    With 100 contacts and 50 companies that is 5,000 calls.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - resource: crm/companies
        method: list
      - resource: crm/deals
        method: list
        depends_on: [crm/contacts, crm/companies]
        query: {contact: "{{resources.crm.contacts.id}}", company: "{{resources.crm.companies.id}}"}

Passes:
    resources:
      - resource: crm/companies
        method: list
      - resource: crm/contacts
        method: list
        depends_on: crm/companies
        query: {company: "{{resources.crm.companies.id}}"}
      - resource: crm/deals
        method: list
        depends_on: crm/contacts
        query: {contact: "{{resources.crm.contacts.id}}", company: "{{resources.crm.companies.id}}"}

Fix:
    Let one of the parents depend on the other, if their records belong together.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every request that runs once per pair of records of two nodes that do not depend on each other."""
    for node in subject.requests:
        keys = [fan_out.node for fan_out in subject.records.fan_outs(node)] if len(node.depends_on) > 1 else []
        pair = _unrelated(subject, keys)
        if pair is not None:
            yield subject.finding(
                node,
                "depends_on",
                f'it runs once per pair of records of "{pair[0]}" and "{pair[1]}"',
                help="let one parent depend on the other, if their records belong together",
            )


def _unrelated(subject: Subject, keys: list[str]) -> tuple[str, str] | None:
    above = {key: set(subject.graph.ancestors(key)) for key in keys}
    for index, one in enumerate(keys):
        for other in keys[index + 1 :]:
            if one not in above[other] and other not in above[one]:
                return one, other
    return None
