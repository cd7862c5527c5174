"""``resource`` is neither ``model/resource`` (Unified API) nor one name (Proxy API).

Why:
    It becomes a part of the address: anything else leads to another address than the one that was meant, or to
    none.

Fails:
    resources:
      - resource: crm/
        method: list

Passes:
    resources:
      - resource: crm/contacts
        method: list

Fix:
    Write ``crm/contacts`` for the Unified API, ``block-children`` for the Proxy API.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``resource`` with spaces, empty segments or too many of them."""
    for node in subject.records.malformed:
        yield subject.finding(
            node,
            "resource",
            "resource is neither model/resource nor a single name",
            help='write "crm/contacts" for the Unified API, or a name like "block-children" for the Proxy API',
        )
