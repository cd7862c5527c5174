"""An expression uses a function or an operator in a way that looks right and does something else on the service.

Why:
    Sorting with ``"DESC"`` sorts upwards, the text of a date in ``&`` has quotes around it, two dates are never ``=``:
    Truto's functions answer so, without a word. Each is only mentioned where the expression itself shows it (a date
    that is made there, an object that is written there, a literal), an argument that has a value, or a record in the
    fixtures beside the file. What only other records show, such as a time without an offset, a run says once it has
    them.

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

from typing import TYPE_CHECKING, Any

from batchctl.plan.reads import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.expression.pitfall_search import PitfallUse
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every function or operator in an expression that works otherwise on the service than it looks.

    For one, ``$orderBy`` with ``"DESC"`` sorts upwards.
    """
    for node, steps, text in subject.expressions.texts:
        if _may_have_one(text) and text not in subject.expressions.faults:
            for use in _uses(subject, text):
                yield subject.finding(
                    node,
                    subject.within(node, steps, use.start, use.end),
                    use.pitfall.message.rstrip("."),
                    help=use.pitfall.help,
                )


def _uses(subject: Subject, text: str) -> Iterator[PitfallUse]:
    # They parse expressions, and most files have none (tests/test_start_up.py).
    from batchctl.expression import find_pitfalls  # noqa: PLC0415
    from batchctl.expression.pitfalls import shown_by_values  # noqa: PLC0415

    found = {(use.start, use.end, use.pitfall.name): use for use in find_pitfalls(text)}
    if shown_by_values(text) and (data := _data(subject, text)):
        from batchctl.expression import observed_pitfalls  # noqa: PLC0415 - it brings an evaluator along

        found |= {(use.start, use.end, use.pitfall.name): use for use in observed_pitfalls(text, data)}
    yield from (found[key] for key in sorted(found))


def _data(subject: Subject, text: str) -> JsonObject:
    """The arguments that have a value, and the first records of the fixtures; empty where the expression reads none."""
    args = subject.arguments.values if "args" in text else {}
    resources: JsonObject = {}
    for request in subject.requests if "resources" in text and subject.given.samples else ():
        records = _first_records(subject, request)
        *above, last = address(request)
        if records:
            holder: Any = resources
            for step in above:
                holder = holder.setdefault(step, {})
            if isinstance(holder, dict):
                holder[last] = records
    return {"args": args, "resources": resources} if args or resources else {}


def _first_records(subject: Subject, request: Request) -> list[JsonValue]:
    samples = subject.given.samples
    if samples is None or request.method != "list":
        return []
    return list(samples(subject.fixtures, request.resource))


def _may_have_one(text: str) -> bool:
    """All of them need a function; to search an expression means to parse it once more."""
    return "$" in text
