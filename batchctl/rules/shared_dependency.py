"""``depends_on`` names a resource that two nodes share, so it waits for both.

Why:
    Two nodes can ask for the same ``resource``. What depends on it by that word waits for both, and runs for the
    records of both.

Fails:
    resources:
      - name: leads
        resource: crm/contacts
        method: list
        query: {stage: lead}
      - name: customers
        resource: crm/contacts
        method: list
        query: {stage: customer}
      - resource: crm/notes
        method: list
        depends_on: crm/contacts

Passes:
    resources:
      - name: leads
        resource: crm/contacts
        method: list
        query: {stage: lead}
      - name: customers
        resource: crm/contacts
        method: list
        query: {stage: customer}
      - resource: crm/notes
        method: list
        depends_on: [leads, customers]

Fix:
    Give the nodes names, and name the one that is meant.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every name in ``depends_on`` that more than one node has."""
    for key, edges in subject.graph.edges.items():
        by_item: dict[int, list[str]] = {}
        for edge in edges:
            by_item.setdefault(edge.item, []).append(edge.needs)
        for item, targets in by_item.items():
            if len(targets) > 1:
                yield subject.finding(
                    subject.graph.nodes[key],
                    subject.dependency(subject.graph.nodes[key], item),
                    f'"{_written(subject, key, item)}" is what '
                    f"{len(targets)} nodes are about: it waits for all of them",
                    help=f"name the one that is meant: {', '.join(targets[:5])}",
                )


def _written(subject: Subject, key: str, item: int) -> str:
    return next(edge.written for edge in subject.graph.edges[key] if edge.item == item)
