"""An object would be turned into the text ``[object Object]``.

Why:
    A placeholder makes text of what it finds. With ``:json``, and as the whole of its string, it keeps what it is.

Fails:
    args: {owner: {id: u1}}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.owner}}"}

Passes:
    args: {owner: {id: u1}}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.owner:json}}"}

Fix:
    Read a field of the object, or write ``:json`` and let the placeholder be the whole string.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Templated
    from batchctl.plan.reads import Read
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every placeholder that would send ``[object Object]``, text made of an argument or a record."""
    found = [(node, reference) for node, reference, _ in subject.arguments.as_text(dict)]
    found += [(node, read.reference) for node, read in subject.placeholders.reads if _is_record(subject, node, read)]
    for node, read in subject.placeholders.reads:
        if _is_state(subject, read):
            yield subject.finding(
                node,
                read.reference,
                f'{read.reference.text} would be sent as the text "[object Object]"',
                help=f"the state is its value: {{{{{read.path}.value}}}}",
            )
    for node, reference in found:
        yield subject.finding(
            node,
            reference,
            f'{reference.text} would be sent as the text "[object Object]"',
            help="name what is inside it; as the whole string and with :json it keeps its shape",
            blame=subject.arguments.blamed(reference),
        )


def _is_state(subject: Subject, read: Read) -> bool:
    """Whether it reads what a get_state gives as a whole: an object with the key and the value."""
    if len(read.segments) != 2 or read.segments[0] != "resources":
        return False
    cast = next(each.cast for each in read.reference.alternatives if each.path == read.path)
    named = subject.graph.nodes.get(str(read.segments[1]))
    return named is not None and named.kind == "get_state" and cast in (None, "str")


def _is_record(subject: Subject, node: Templated, read: Read) -> bool:
    if (
        not isinstance(node, Request)
        or len(read.segments) != 3
        or read.segments[0] != "resources"
        or read.reference.path[0] == "loop_on"
    ):
        return False
    cast = next(each.cast for each in read.reference.alternatives if each.path == read.path)
    if read.reference.whole and cast not in (None, "str"):
        return False
    return any(out.over == read.path for out in subject.records.fan_outs(node))
