"""A JSONata expression that can't be read: the service would refuse it when it comes to it.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: |
            resources.crm.contacts[age > ].name

Passes:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: |
            resources.crm.contacts[age > 30].name
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.base import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every expression with a fault, at the place where the reading stopped."""
    for node, steps, text in subject.expressions:
        error = subject.faults.get(text)
        if error is not None:
            path = subject.at(node, *steps)
            at = min(error.position or 0, max(len(text.rstrip()) - 1, 0))
            yield Finding(
                f"the expression can't be read: {error}",
                path,
                subject.source.within(path, at, at + 1),
                help=error.hint,
                resource=node.key,
            )
