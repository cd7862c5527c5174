"""``list`` and ``create`` take no ``id``: it is not sent, so one record was meant and all come back.

Why:
    One record was meant, and all come back.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        id: "7001"

Passes:
    resources:
      - resource: crm/contacts
        method: get
        id: "7001"

Fix:
    Use ``get`` for one record, or filter with ``query``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_TAKE_NONE = {"list": "use get for one record, or filter with query", "create": "the service makes the id; drop it"}


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``list`` or ``create`` with an ``id``."""
    for node in subject.requests:
        if node.id is not None and node.method in _TAKE_NONE:
            yield subject.finding(
                node,
                subject.key(node, "id"),
                f'method "{node.method}" takes no id, and does not send it',
                help=_TAKE_NONE[node.method],
            )
