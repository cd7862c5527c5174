"""The loops over arguments alone make more calls than the account may make in ten seconds.

Truto allows 50 calls in ten seconds per integrated account, and 500 per token. The batch runs all the same, and takes
as long as the limit makes it; what depends on records comes on top.

Fails:
    args: {ids: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
      27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51]}
    resources:
      - resource: crm/contacts
        method: get
        id: "{{args.ids}}"
        loop_on: args.ids

Passes:
    args: {ids: [1, 2]}
    resources:
      - resource: crm/contacts
        method: get
        id: "{{args.ids}}"
        loop_on: args.ids
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.plan.loops import read_loop
from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.rules.base import Subject

_CALLS = 50
_WINDOW_S = 10


def check(subject: Subject) -> Iterator[Finding]:
    """One finding, at the loop that makes the most calls, when all of them together are too many."""
    turns = {node.index: found for node in subject.requests if (found := _turns(subject, node)) is not None}
    total = sum(turns.values())
    if total <= _CALLS:
        return
    node = max((each for each in subject.requests if each.index in turns), key=lambda each: turns[each.index])
    path = subject.at(node, "loop_on")
    yield Finding(
        f"{total:,} calls: the account may make {_CALLS} in {_WINDOW_S} s, so this takes {_seconds(total)} s or more",
        path,
        subject.source.span(path),
        help="ask for several at once in one list, if the resource can filter so",
        resource=node.key,
    )


def _turns(subject: Subject, node: Request) -> int | None:
    loop = read_loop(node.loop_on)
    if loop is None or loop.segments[:1] != ("args",):
        return None
    try:
        value = loop.template.render({"args": subject.args})
    except TemplateError:
        return None
    return len(value) if isinstance(value, list) else None


def _seconds(total: int) -> int:
    return (total - 1) // _CALLS * _WINDOW_S
