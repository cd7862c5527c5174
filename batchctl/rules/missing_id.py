"""``get``, ``update`` and ``delete`` need the ``id`` of the record they are about.

Why:
    A ``get`` without one has no address. Some integrations take the id of an ``update`` or ``delete`` in the body
    or the query, so there it is a hint.

Fails:
    resources:
      - resource: crm/contacts
        method: get

Passes:
    resources:
      - resource: crm/contacts
        method: get
        id: "7001"

Fix:
    Add ``id:``, for example ``id: "{{args.id}}"``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_NEED_ID = ("get", "update", "delete")


def check(subject: Subject) -> Iterator[Finding]:
    """Every such request without an ``id``, or with an empty one."""
    for node in subject.requests:
        if node.method in _NEED_ID and not node.id:
            yield subject.finding(
                node, "method", f'method "{node.method}" needs an id', help='add id: "…", for example id: "{{args.id}}"'
            )
