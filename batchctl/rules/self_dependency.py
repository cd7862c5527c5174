"""A resource depends on itself, so it could never start.

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
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.base import Finding, dependency_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``depends_on`` that leads to its own resource."""
    for key, edges in subject.graph.edges.items():
        for edge in edges:
            if edge.needs == key:
                path = dependency_path(subject, key, edge.item)
                yield Finding(
                    f'"{key}" depends on itself',
                    path,
                    subject.source.span(path),
                    help="remove it from depends_on",
                    resource=key,
                )
