"""``method`` looks like a misspelling of a known one, and would be called as a custom method.

Why:
    The known methods are ``list``, ``get``, ``create``, ``update`` and ``delete``. Any other name is a custom
    method of the resource: ``lists`` would be a ``POST`` to ``/unified/crm/contacts/lists``.

Fails:
    resources:
      - resource: crm/contacts
        method: lists

Passes:
    resources:
      - name: found
        resource: crm/contacts
        method: search
        body: {text: Zoë}

Fix:
    Correct the name; if a custom method is really called so: ``# batchctl: ignore[unknown-method] reason``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.truto.calls import STANDARD_METHODS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

# The words of HTTP, for those who think in them.
_HTTP = {"post": "create", "put": "update", "patch": "update", "head": "get", "remove": "delete"}
_LIKENESS = 0.75


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every method that is a likely misspelling of a known one.

    Known are ``list``, ``get``, ``create``, ``update`` and ``delete``.
    """
    for node in subject.requests:
        if node.method in STANDARD_METHODS:
            continue
        meant = _meant(node.method)
        if meant is not None:
            yield subject.finding(
                node,
                "method",
                f'"{node.method}" would be called as a custom method of {node.resource}',
                help=f'did you mean "{meant}"?',
            )


def _meant(method: str) -> str | None:
    plain = method.strip().lower()
    if plain in STANDARD_METHODS:
        return plain
    from difflib import get_close_matches  # noqa: PLC0415 - most files have no other method

    close = get_close_matches(plain, STANDARD_METHODS, 1, _LIKENESS)
    return _HTTP.get(plain) or (close[0] if close else None)
