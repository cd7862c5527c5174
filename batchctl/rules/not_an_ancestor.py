"""A placeholder reads records of a resource that this one does not wait for, so its text would be sent as it stands.

Records are visible to the resources that depend on them, directly or through others. Placeholders name a
request by its ``resource`` with dots: records of ``crm/contacts`` stand at ``resources.crm.contacts``.

Fails:
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
      - name: notes
        resource: crm/notes
        method: list
        query: {contact_id: "{{resources.crm.contacts.id}}"}

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

from batchctl.plan.reads import address, reads_node
from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.plan.reads import Read
    from batchctl.rules.base import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``{{resources.…}}`` that leads to no ancestor."""
    for node, read in subject.reads:
        if read.reference.has_way_out or not read.segments or read.segments[0] != "resources":
            continue
        if subject.is_unprovided(read) or (read.reference.path[0] == "recurse" and reads_node(read.segments, node)):
            # The one is another rule's, the other is the record that a recursion starts from.
            continue
        ancestors = (subject.graph.nodes[key] for key in subject.graph.ancestors(node.key))
        if not any(reads_node(read.segments, ancestor) for ancestor in ancestors):
            yield Finding(
                f'"{node.key}" does not wait for {read.path}; {read.reference.text} would be sent as it stands',
                subject.at(node, *read.reference.path),
                subject.placeholder(node, read),
                help=_advice(subject, node, read),
                resource=node.key,
            )


def _advice(subject: Subject, node: Request, read: Read) -> str | None:
    for other in subject.graph.nodes.values():
        if other.key != node.key and reads_node(read.segments, other):
            return f"add depends_on: {other.key}"
    for other in subject.graph.nodes.values():
        dotted = ".".join(address(other))
        if other.key in read.segments or dotted.replace(".", "/") in read.segments:
            return f"placeholders name a request by its resource: resources.{dotted}"
    return None
