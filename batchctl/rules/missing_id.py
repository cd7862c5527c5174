"""``get`` needs the ``id`` of the record it is about; ``update`` and ``delete`` nearly always do.

Why:
    A ``get`` without one has no address. Some integrations take the id of an ``update`` or ``delete`` in the body or
    the query; there it is an info, and the request goes to the resource itself. What such a request does where the
    integration does not is up to the provider.

Fails:
    resources:
      - resource: crm/contacts
        method: get

Passes:
    args: {contact_id: "7001"}
    resources:
      - resource: crm/contacts
        method: get
        id: "{{args.contact_id}}"

Fix:
    Add ``id:``, for example ``id: "{{args.id}}"``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_MAY_DO_WITHOUT = ("update", "delete")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``get``, ``update`` or ``delete`` without an ``id``, or with an empty one."""
    for node in subject.requests:
        if node.method in _MAY_DO_WITHOUT and node.id is None:
            yield subject.finding(
                node,
                "method",
                f'"{node.method}" has no id: it goes to {node.resource} as a whole',
                help='add id: "…", unless the integration takes it in the body or query',
                severity=Severity.INFO,
            )
        elif node.method in ("get", *_MAY_DO_WITHOUT) and not node.id:
            yield subject.finding(
                node,
                "method",
                f'method "{node.method}" needs an id',
                help='add id: "…", for example id: "{{args.id}}"',
            )
