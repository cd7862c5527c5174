"""An expression calls a function that neither JSONata nor Truto has.

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
            $uppercas(resources.crm.contacts.name)

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
            $uppercase(resources.crm.contacts.name)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.expression import FUNCTIONS
from batchctl.rules.base import Finding
from batchctl.rules.names import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``$name`` that is called and that the expression does not define itself."""
    for node, path, use in subject.function_uses:
        if use.called and use.name not in FUNCTIONS:
            yield Finding(
                f"there is no function ${use.name}",
                path,
                subject.source.within(path, use.start, use.end),
                help=closest(use.name, FUNCTIONS),
                resource=node.key,
            )
