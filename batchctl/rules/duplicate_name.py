"""Two resources share one key, so one would hide the other's records.

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
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Related
from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.json_types import DataPath
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every resource whose key an earlier one has."""
    for node in subject.graph.duplicates:
        first = subject.graph.nodes[node.key]
        path = _key_path(subject, node)
        yield Finding(
            f'two resources are called "{node.key}"',
            path,
            subject.source.span(path),
            help="give one of them another name: results and errors are kept by name",
            related=(Related(subject.source.span(_key_path(subject, first)), "first used here"),),
            resource=node.key,
        )


def _key_path(subject: Subject, node: Resource) -> DataPath:
    """Where the key is written: at ``name``, or at ``resource`` (second, as a missing path answers its owner)."""
    named = subject.at(node, "name")
    return named if subject.source.has(named) else subject.at(node, "resource")
