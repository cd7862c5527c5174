"""A resource depends on itself, so it could never start.

Why:
    It would wait for its own records for ever.

Fails:
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: contacts

Passes:
    resources:
      - name: contacts
        resource: crm/contacts
        method: list

Fix:
    Remove the name from ``depends_on``; to repeat a request for its own records there is ``recurse``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every resource that names itself in ``depends_on``."""
    for key, edges in subject.graph.edges.items():
        for edge in edges:
            if edge.needs == key:
                yield subject.finding(
                    subject.graph.nodes[key],
                    subject.dependency(subject.graph.nodes[key], edge.item),
                    f'"{key}" depends on itself',
                    help="remove it from depends_on",
                )
