"""A type on a placeholder that is not the whole string: what comes out is text all the same.

Why:
    Inside of other text every value becomes text.

Fails:
    args: {size: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {filter: "size>{{args.size:int}}"}

Passes:
    args: {size: "7"}
    resources:
      - resource: crm/contacts
        method: list
        query: {filter: "size>{{args.size}}"}

Fix:
    Let the placeholder be the whole string, or drop the type.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_TYPED = ("int", "num", "bool", "json", "any")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder with a type inside other text, as in ``no. {{args.n:int}}``.

    The type has no effect there: the value becomes text.
    """
    for node, reference in subject.placeholders.references:
        cast = next((each.cast for each in reference.alternatives if each.cast in _TYPED), None)
        if cast is not None and not reference.whole:
            yield subject.finding(
                node,
                reference,
                f":{cast} has no effect here: inside other text the value becomes text",
                help="let the placeholder be the whole string, or drop the type",
            )
