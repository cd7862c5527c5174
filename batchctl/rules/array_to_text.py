"""An array would be turned into the text ``a,b``.

Why:
    A placeholder makes text of what it finds. With ``:json``, and as the whole of its string, it keeps what it is.

Fails:
    args: {tags: [a, b]}
    resources:
      - resource: crm/contacts
        method: list
        query: {tags: "{{args.tags}}"}

Passes:
    args: {tags: [a, b]}
    resources:
      - resource: crm/contacts
        method: list
        query: {tags: "{{args.tags:json}}"}

Fix:
    Write ``:json``, and let the placeholder be the whole string.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_MAX_SHOWN = 40


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder that would make text of an argument that is an array."""
    for node, reference, raw in subject.arguments.as_text(list):
        if node.index in subject.loops.faulty:
            # The array was meant for the loop.
            continue
        yield subject.finding(
            node,
            reference,
            f"{reference.text} would be sent as the text {_shown(raw)}",
            help="as the whole string and with :json it keeps its shape",
            blame=subject.arguments.blamed(reference),
        )


def _shown(raw: object) -> str:
    # So many elements have commas enough between them.
    text = to_text(raw[: _MAX_SHOWN + 2] if isinstance(raw, list) else raw)
    return f'"{text[:_MAX_SHOWN]}…"' if len(text) > _MAX_SHOWN else f'"{text}"'
