"""A placeholder reads records of a resource that this one does not wait for, so its text would be sent literally.

Why:
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

Fix:
    Add the resource to ``depends_on``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.planner import find_places
from batchctl.plan.reads import reads_node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.plan.reads import Segments
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every path to records of a resource that the node which reads them does not depend on."""
    for node, read in subject.placeholders.reads:
        is_own = read.reference.path[0] == "recurse" and reads_node(read.segments, node)
        if not read.reference.has_fallback and not is_own and _is_missed(subject, node, read.segments):
            yield subject.finding(
                node,
                read.reference,
                f'"{node.key}" does not wait for {read.path}; {read.reference.text} would be sent literally',
                help=_advice(subject, node, read.segments),
            )
    for other, steps, analysis in subject.expressions.analyses:
        for found in analysis.paths if other.depends_on or isinstance(other, Request) else ():
            if not found.relative and len(found.segments) > 1 and _is_missed(subject, other, found.segments):
                yield subject.finding(
                    other,
                    subject.within(other, steps, found.start, found.end),
                    f'"{other.key}" does not wait for {".".join(found.segments)}: the expression finds nothing there',
                    help=_advice(subject, other, found.segments),
                )


def _is_missed(subject: Subject, node: Resource, segments: Segments) -> bool:
    """Whether a path leads to records of the file that ``node`` does not wait for."""
    if not subject.records.is_provided(segments):
        return False
    before = (*subject.graph.ancestors(node.key), *subject.graph.contexts(node.key))
    if any(reads_node(segments, subject.graph.nodes[key]) for key in before):
        return False
    # A dependency that does not exist may have been meant to be the one that is missing here.
    return not subject.dependencies.is_unresolvable(node.key)


def _advice(subject: Subject, node: Resource, segments: Segments) -> str | None:
    for place in find_places(segments, subject.graph):
        for owner in subject.records.by_address[place]:
            if owner.key != node.key:
                return f"add depends_on: {owner.key}"
    return None
