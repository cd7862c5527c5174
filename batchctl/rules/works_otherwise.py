"""An expression uses a function or an operator in a way that looks right and does something else on the service.

Why:
    Sorting with ``"DESC"`` sorts upwards, the text of a date in ``&`` has quotes around it, two dates are never ``=``:
    Truto's functions answer so, without a word. Each is only mentioned where the expression itself shows it (a date
    that is made there, an object that is written there, a literal), or an argument that has a value. What only records
    show, such as a time without an offset, a run says once it has them, and so does ``eval --node … --explain``.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - name: newest
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: $orderBy(resources.crm.contacts, "created_at", "DESC")

Passes:
    resources:
      - resource: crm/contacts
        method: list
      - name: newest
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: $orderBy(resources.crm.contacts, "created_at", "desc")

Fix:
    Write what the help of the finding says; docs/jsonata.md has the whole table.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.expression.pitfall_search import PitfallUse
    from batchctl.json_types import JsonObject
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every pitfall in an expression without a syntax error."""
    for node, steps, text in subject.expressions.texts:
        if _may_have_one(text) and text not in subject.expressions.faults:
            for use in _uses(text, subject.arguments.values):
                yield subject.finding(
                    node,
                    subject.within(node, steps, use.start, use.end),
                    use.pitfall.message.rstrip("."),
                    help=use.pitfall.help,
                )


def _uses(text: str, args: JsonObject) -> Iterator[PitfallUse]:
    # They parse the expression, and most files have none.
    from batchctl.expression import find_pitfalls  # noqa: PLC0415
    from batchctl.expression.pitfalls import shown_by_values  # noqa: PLC0415

    found = {(use.start, use.end, use.pitfall.name): use for use in find_pitfalls(text)}
    if args and "args" in text and shown_by_values(text):
        from batchctl.expression import observed_pitfalls  # noqa: PLC0415 - it brings an evaluator along

        seen = observed_pitfalls(text, {"args": args, "resources": {}})
        found |= {(use.start, use.end, use.pitfall.name): use for use in seen}
    yield from (found[key] for key in sorted(found))


def _may_have_one(text: str) -> bool:
    """All of them need a function; to search an expression means to parse it once more."""
    return "$" in text
