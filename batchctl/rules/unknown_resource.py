"""A placeholder reads the records of a resource that the file does not have.

Placeholders name a request by its ``resource`` (``resources.crm.contacts``), a spool or transform by its ``name``.

Fails:
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
      - name: notes
        resource: crm/notes
        method: list
        depends_on: contacts
        query: {contact_id: "{{resources.crm.contact.id}}"}

Passes:
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
      - name: notes
        resource: crm/notes
        method: list
        depends_on: contacts
        query: {contact_id: "{{resources.crm.contacts.id}}"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.reads import address
from batchctl.rules.base import Finding
from batchctl.rules.names import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.plan.reads import Read
    from batchctl.rules.base import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``{{resources.…}}`` that leads to no resource of the file."""
    for node, read in subject.reads:
        if subject.is_unprovided(read):
            yield Finding(
                f"no resource brings {read.path}; {read.reference.text} would be sent as it stands",
                subject.at(node, *read.reference.path),
                subject.placeholder(node, read),
                help=_advice(subject, read),
                resource=node.key,
            )


def _advice(subject: Subject, read: Read) -> str | None:
    named = subject.graph.nodes.get(str(read.segments[1])) if len(read.segments) > 1 else None
    if named is not None:
        return f"placeholders name a request by its resource: resources.{'.'.join(address(named))}"
    addresses = {".".join(("resources", *address(node))) for node in subject.graph.nodes.values()}
    size = max(len(one.split(".")) for one in addresses) if addresses else 0
    return closest(".".join(map(str, read.segments[:size])), sorted(addresses))
