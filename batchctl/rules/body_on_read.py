"""``list``, ``get`` and ``delete`` send no ``body``, so what is in it has no effect.

Why:
    Where it was meant as a filter, everything comes back.

Fails:
    resources:
      - resource: crm/contacts
        method: list
        body: {email: zoe@example.com}

Passes:
    resources:
      - resource: crm/contacts
        method: list
        query: {email: zoe@example.com}

Fix:
    Filters and options belong in ``query``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_SEND_NONE = ("list", "get", "delete")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``list``, ``get`` or ``delete`` with a ``body``."""
    for node in subject.requests:
        if node.body is not None and node.method in _SEND_NONE:
            yield subject.finding(
                node,
                subject.key(node, "body"),
                f'method "{node.method}" sends no body',
                help="filters and options belong in query",
            )
