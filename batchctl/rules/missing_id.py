"""``get``, ``update`` and ``delete`` need the ``id`` of the record they are about.

Fails:
    resources:
      - resource: crm/contacts
        method: get

Passes:
    resources:
      - resource: crm/contacts
        method: get
        id: "7001"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.subject import Subject

_NEED_ID = ("get", "update", "delete")


def check(subject: Subject) -> Iterator[Finding]:
    """Every such request without an ``id``, or with an empty one."""
    for node in subject.requests:
        if node.method in _NEED_ID and not node.id:
            path = subject.at(node, "method")
            yield Finding(
                f'method "{node.method}" needs an id',
                path,
                subject.source.span(path),
                help='add id: "…", for example id: "{{args.id}}"',
                resource=node.key,
            )
