"""The default has a type and the path has none: the default is sent as a number, a given value as text.

Why:
    Which type arrives depends on which of the two was used. The other way round is the same, and a number as the
    default of an untyped path in a body is mentioned, too.

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

Fix:
    Give both a type: ``{{args.limit:int?:50:int}}``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Severity
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject
    from batchctl.template import Reference

_TYPED = ("int", "num", "bool", "json")
_NUMBER = lazy_regex(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder whose default is sent as another type than its value would be.

    So it is with ``{{args.limit?:50:int}}``, where the value is text; in a body also with a default that is a number
    and has no type, as it is sent as text.
    """
    for node, reference in subject.placeholders.references:
        found = _uneven(reference) if reference.whole and reference.default is not None else None
        if found is not None:
            message, advice, severity = found
            yield subject.finding(node, reference, message, help=advice, severity=severity)


def _uneven(reference: Reference) -> tuple[str, str, Severity | None] | None:
    plain = [each.path for each in reference.alternatives if each.cast in (None, "str")]
    typed = [each for each in reference.alternatives if each.cast in ("int", "num")]
    kind, default = reference.default_cast, (reference.default or "").strip()
    if kind in _TYPED:
        message = f"the default is sent as {kind}, a value of {plain[0]} as text" if plain else ""
        return (message, f"write {plain[0]}:{kind} too", None) if plain else None
    # Elsewhere everything is text on its way.
    if reference.path[0] != "body" or kind is not None or not _NUMBER.fullmatch(default):
        return None
    if typed:
        return (
            f"the default is sent as text, a value of {typed[0].path} as {typed[0].cast}",
            f"write ?:{default}:{typed[0].cast} too",
            None,
        )
    wanted = "num" if "." in default else "int"
    message = f'the default is sent as the text "{default}"'
    return message, f"if a number is meant: {plain[0]}:{wanted}?:{default}:{wanted}", Severity.INFO
