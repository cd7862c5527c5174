"""The default has a type and the path has none: the default is sent as a number, a given value as text.

Fails:
    args_schema: {limit: {type: string}}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit?:10:int}}"}

Passes:
    args_schema: {limit: {type: string}}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit:int?:10:int}}"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.base import Subject

_TYPED = ("int", "num", "bool", "json")


def check(subject: Subject) -> Iterator[Finding]:
    """Every placeholder whose default alone has a type."""
    for node, reference in subject.references:
        if reference.default_cast not in _TYPED or not reference.whole:
            continue
        plain = [each for each in reference.alternatives if each.cast in (None, "str")]
        if plain:
            yield Finding(
                f"the default is sent as {reference.default_cast}, a value of {plain[0].path} as text",
                subject.at(node, *reference.path),
                subject.place(node, reference),
                help=f"write {plain[0].path}:{reference.default_cast} too",
                resource=node.key,
            )
