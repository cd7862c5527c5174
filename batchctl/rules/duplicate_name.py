"""Two resources share one key, so one would hide the other's records.

Why:
    A resource is known by its ``name``, or by its ``resource`` when it has none. Results and errors are kept by
    that key, and ``depends_on`` names it.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - resource: crm/contacts
        method: create
        body: {name: Zoë}

Passes:
    resources:
      - resource: crm/contacts
        method: list
      - name: new-contact
        resource: crm/contacts
        method: create
        body: {name: Zoë}

Fix:
    Give one of them a ``name`` of its own.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Place, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every resource whose key an earlier one has."""
    for node in subject.graph.duplicates:
        first = subject.graph.nodes[node.key]
        yield subject.finding(
            node,
            _key(subject, node),
            f'two resources are called "{node.key}"',
            help="give one of them another name: results and errors are kept by name",
            related=(Related(_key(subject, first).span, "first used here"),),
        )


def _key(subject: Subject, node: Resource) -> Place:
    """Where the key is written: at ``name``, or at ``resource`` (second, as a missing path answers its owner)."""
    return subject.at(node, "name" if subject.has(node, "name") else "resource")
