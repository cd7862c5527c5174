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

from batchctl.definition.model import Request
from batchctl.plan.reads import address, reads_node
from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.plan.reads import Segments
    from batchctl.rules.base import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every path below ``resources``, in a placeholder or an expression, that leads to no ancestor."""
    for node, read in subject.reads:
        is_own = read.reference.path[0] == "recurse" and reads_node(read.segments, node)
        if not read.reference.has_way_out and not is_own and _is_missed(subject, node, read.segments):
            yield Finding(
                f'"{node.key}" does not wait for {read.path}; {read.reference.text} would be sent as it stands',
                subject.at(node, *read.reference.path),
                subject.placeholder(node, read),
                help=_advice(subject, node, read.segments),
                resource=node.key,
            )
    for other, steps, _, analysis in subject.analyses:
        for found in analysis.paths if other.depends_on or isinstance(other, Request) else ():
            if not found.relative and len(found.segments) > 1 and _is_missed(subject, other, found.segments):
                path = subject.at(other, *steps)
                yield Finding(
                    f'"{other.key}" does not wait for {".".join(found.segments)}: the expression finds nothing there',
                    path,
                    subject.source.within(path, found.start, found.end),
                    help=_advice(subject, other, found.segments),
                    resource=other.key,
                )


def _is_missed(subject: Subject, node: Resource, segments: Segments) -> bool:
    """Whether a path leads to records of the file that ``node`` does not wait for."""
    if segments[:1] != ("resources",) or subject.is_unprovided(segments):
        return False
    ancestors = list(subject.graph.ancestors(node.key))
    if not subject.unknown_dependants.isdisjoint((node.key, *ancestors)):
        # One of them may be what a dependency that leads nowhere was meant to be.
        return False
    return not any(reads_node(segments, subject.graph.nodes[key]) for key in ancestors)


def _advice(subject: Subject, node: Resource, segments: Segments) -> str | None:
    for other in subject.graph.nodes.values():
        if other.key != node.key and reads_node(segments, other):
            return f"add depends_on: {other.key}"
    for other in subject.graph.nodes.values():
        dotted = ".".join(address(other))
        if other.key in segments or dotted.replace(".", "/") in segments:
            return f"placeholders name a request by its resource: resources.{dotted}"
    return None
