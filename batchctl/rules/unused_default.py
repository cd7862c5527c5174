"""A default, or a second path, after an argument that is null or empty text: it is not used, the null is sent.

Why:
    ``?:`` and ``|`` are for what is not there at all. A null is a value, and so is the empty text: as the whole string
    it is sent as null, inside of other text as the word ``null``. As JavaScript's ``??`` and ``||`` do otherwise, most
    people expect the default.

Fails:
    args: {limit: null}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit:int?:50:int}}"}

Passes:
    args_schema: {limit: {type: integer}}
    resources:
      - resource: crm/contacts
        method: list
        query: {limit: "{{args.limit:int?:50:int}}"}

Fix:
    Leave the argument out where there is no value; the type ``ignore-empty-str`` does that for empty text.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject
    from batchctl.template import Reference


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder whose default, or second path, is not used though its argument is null or empty.

    An argument that ``args_schema`` allows to be null counts, too.
    """
    seen = set()
    for node, reference, raw in subject.arguments.read:
        seen.add((node.index, reference.path, reference.offset))
        if _falls_back(reference) and (raw is None or (raw == "" and not _ignores_empty(reference))):
            what = "null" if raw is None else "empty text"
            yield subject.finding(
                node,
                reference,
                f"the value is {what}, and that is sent: a default is only for what is missing",
                help="leave the argument out, or give it a value",
            )
    for node, reference in subject.placeholders.references:
        name = _argument(reference)
        is_new = (node.index, reference.path, reference.offset) not in seen
        if is_new and _falls_back(reference) and name and "null" in subject.arguments.declared_types(name):
            yield subject.finding(
                node,
                reference,
                f"args_schema lets {name} be null, and that is sent: a default is only for what is missing",
                help="leave null out of its types, or expect it",
            )


def _falls_back(reference: Reference) -> bool:
    return reference.default is not None or len(reference.alternatives) > 1


def _ignores_empty(reference: Reference) -> bool:
    return any(cast.text == "ignore-empty-str" for cast in reference.casts)


def _argument(reference: Reference) -> str:
    root, _, name = reference.alternatives[0].path.partition(".")
    return name if root == "args" and "." not in name else ""
