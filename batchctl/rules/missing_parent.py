"""A transform or spool that depends on nothing has no records to work on.

Why:
    Transforms and spools make no calls of their own: without parents there is nothing to do.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        persist: true
        config: {expression: resources.crm.contacts.name}

Passes:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        depends_on: crm/contacts
        persist: true
        config: {expression: resources.crm.contacts.name}

Fix:
    Add ``depends_on:`` with the resource whose records it takes.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Spool, Transform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every transform or spool without ``depends_on``."""
    for node in subject.resources:
        if isinstance(node, Spool | Transform) and not node.depends_on:
            kind = node.kind
            yield subject.finding(
                node,
                "type",
                f"a {kind} needs depends_on: it works on the records of its parents",
                help="add depends_on: with the name of the resource whose records it takes",
            )
