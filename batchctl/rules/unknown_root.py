"""A placeholder starts neither with ``args`` nor with ``resources``.

In a sync job the account's own fields stand beside them; in a batch there are none, and the text would be sent as it
stands.

Fails:
    args: {id: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{arg.id}}"}

Passes:
    args: {id: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{args.id}}"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext
from batchctl.plan.planner import find_places
from batchctl.rules.views.names import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.plan.reads import Segments
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_ROOTS = ("args", "resources")


def check(subject: Subject) -> Iterator[Finding]:
    """Every path with another root, unless an add_context before it may have brought that."""
    for node, read in subject.placeholders.reads:
        root = read.segments[0] if read.segments else None
        if read.reference.has_way_out or not isinstance(root, str) or root in _ROOTS:
            continue
        if (node.index, read.reference.path) in subject.leaves.foreign:
            continue
        ancestors = subject.graph.ancestors(node.key)
        if any(isinstance(subject.graph.nodes[key], AddContext) for key in ancestors):
            continue
        yield subject.finding(
            node,
            read.reference,
            f'nothing is called "{root}" in a batch; {read.reference.text} would be sent as it stands',
            help=_advice(subject, read.segments),
        )


def _advice(subject: Subject, segments: Segments) -> str | None:
    path = ".".join(map(str, segments))
    if segments[0] in subject.arguments.values or segments[0] in subject.arguments.declared:
        return f"did you mean args.{path}?"
    if any(find_places(("resources", *segments), subject.graph)):
        return f"did you mean resources.{path}?"
    return closest(str(segments[0]), _ROOTS)
