"""A type that the service does not know: it refuses the whole batch.

Why:
    The types are ``str``, ``int``, ``num``, ``bool``, ``json``, ``any``, ``null``, ``undefined`` and
    ``ignore-empty-str``.

Fails:
    args: {limit: "10"}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit:integer}}"}

Passes:
    args: {limit: "10"}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit:int}}"}

Fix:
    Write one of them, or none.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion
from batchctl.rules.exp_placeholders import ADVICE, SENTENCE, is_exp
from batchctl.template import KNOWN_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every type after a path or a default that the service does not know, such as ``:integer``."""
    for node, reference in subject.placeholders.references:
        if reference.unknown_casts and is_exp(reference.text):
            yield subject.finding(node, reference, f"{SENTENCE}: it takes what is there for a type", help=ADVICE)
            continue
        for cast in reference.unknown_casts:
            yield subject.finding(
                node,
                subject.within(node, reference.path, cast.offset, cast.end),
                f'a placeholder has no type "{cast.text}"',
                help=suggestion(cast.text, sorted(KNOWN_TYPES)) or f"the types are {', '.join(sorted(KNOWN_TYPES))}",
            )
