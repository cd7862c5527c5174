"""``depends_on`` names a resource that is not in the file.

Why:
    A resource that waits for nothing that exists runs too early, or never. It may name another resource by its
    ``name`` or by its ``resource``.

Fails:
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
      - name: notes
        resource: crm/notes
        method: list
        depends_on: contcats

Passes:
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
      - name: notes
        resource: crm/notes
        method: list
        depends_on: contacts

Fix:
    Correct the name, or add the resource.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every name in a ``depends_on`` that no resource has."""
    if not subject.complete:
        # The name may belong to a resource that could not be read.
        return
    for unknown in subject.graph.unknown:
        yield subject.finding(
            subject.graph.nodes[unknown.key],
            subject.dependency(subject.graph.nodes[unknown.key], unknown.item),
            f'"{unknown.key}" depends on "{unknown.written}", which is not in this file',
            help=subject.dependencies.names.suggestion(unknown.written),
        )
