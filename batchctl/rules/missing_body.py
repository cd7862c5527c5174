"""``create`` and ``update`` need a ``body``: the fields of the record.

Why:
    Without fields there is nothing to write.

Fails:
    resources:
      - resource: crm/contacts
        method: create

Passes:
    resources:
      - resource: crm/contacts
        method: create
        body: {first_name: Zoë}

Fix:
    Add ``body:`` with the fields of the record.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_NEED_BODY = ("create", "update")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``create`` or ``update`` without a ``body``."""
    for node in subject.requests:
        if node.method in _NEED_BODY and node.body is None:
            yield subject.finding(
                node, "method", f'method "{node.method}" needs a body', help="add body: with the fields to write"
            )
