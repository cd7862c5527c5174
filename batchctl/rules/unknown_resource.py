"""A placeholder reads the records of a resource that the file does not have.

Why:
    Placeholders name a request by its ``resource`` (``resources.crm.contacts``), a spool, transform or
    ``add_context`` by its ``name``. What an ``add_context`` made has the keys that its expression gives it.

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

Fix:
    Correct the path, or add the resource.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext
from batchctl.diagnostics.spelling import suggestion
from batchctl.plan.reads import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.plan.reads import Segments
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every path below ``resources`` that leads to the records of no resource in the file."""
    for node, read in subject.placeholders.reads:
        if not read.reference.has_fallback and _is_unknown(subject, node, read.segments):
            yield subject.finding(
                node,
                read.reference,
                f"{_nothing(subject, read.segments, read.path)}; {read.reference.text} would be sent literally",
                help=_advice(subject, read.segments),
            )
    for other, steps, analysis in subject.expressions.analyses:
        for found in analysis.paths:
            if not found.relative and _is_unknown(subject, other, found.segments):
                nothing = _nothing(subject, found.segments, ".".join(found.segments))
                yield subject.finding(
                    other,
                    subject.within(other, steps, found.start, found.end),
                    f"{nothing}: the expression finds nothing there",
                    help=_advice(subject, found.segments),
                )


def _is_unknown(subject: Subject, node: Resource, segments: Segments) -> bool:
    """Not where the same misspelled name is in ``depends_on`` too: that is reported there."""
    if subject.records.is_no_member(segments):
        return True
    if not subject.records.is_unprovided(segments):
        return False
    path = ".".join(map(str, segments[1:]))
    return not any(
        path.startswith(name.replace("/", ".")) for name in subject.dependencies.unresolvable.get(node.key, ())
    )


def _nothing(subject: Subject, segments: Segments, path: str) -> str:
    if subject.records.is_no_member(segments):
        return f'the add_context "{segments[1]}" adds no "{segments[2]}"'
    return f"no resource brings {path}"


def _advice(subject: Subject, segments: Segments) -> str | None:
    if (members := subject.records.members(segments)) is not None:
        return suggestion(str(segments[2]), members)
    named = subject.graph.nodes.get(str(segments[1]))
    if isinstance(named, AddContext):
        # Records stand below its name.
        read = ".".join(map(str, segments[2:])) or "its keys"
        return f"what an add_context adds is read by its own name: {read}"
    if named is not None:
        return f"a request is named by its resource here: resources.{'.'.join(address(named))}"
    return subject.records.addresses.suggestion(".".join(map(str, segments[:3])))
