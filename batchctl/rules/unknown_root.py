"""A placeholder starts neither with ``args`` nor with ``resources``.

Why:
    Beside ``args`` and ``resources`` there are ``tenant_id``, the keys of the account's context, and what an
    ``add_context`` brings. Which keys an account has is not in the file; where it has none of that name, the text
    is sent literally.

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

Fix:
    Correct the root. If the account has this key: ``# batchctl: ignore[unknown-root] account context``, or give the
    fixtures an ``account.yaml`` with it.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext
from batchctl.diagnostics.spelling import suggestion
from batchctl.plan.planner import find_places

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
    return suggestion(str(segments[0]), _ROOTS)
