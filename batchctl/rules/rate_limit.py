"""The calls that are certain are more than the account may make in ten seconds.

Why:
    Truto allows 50 calls in ten seconds per integrated account, and 500 per token. The batch runs all the same, and
    takes as long as the limit makes it; what depends on records comes on top.

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

Fix:
    Ask for several records at once, if the resource can filter so.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.loops import read_loop
from batchctl.truto.limits import ACCOUNT_CALLS, WINDOW_S, least_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """One finding, at the request with the most calls, when the calls that are certain exceed 50, the most in 10 s.

    Certain is one call of a request, or one per element of an argument that it loops over; none of a request that has a
    ``run_if`` or may read records of other nodes.
    """
    calls = [(node, _certain(subject, node)) for node in subject.requests]
    total = sum(count for _, count in calls)
    if total <= ACCOUNT_CALLS:
        return
    node, most = max(calls, key=lambda pair: pair[1])
    yield subject.finding(
        node,
        subject.at(node, "loop_on" if most > 1 else "method"),
        f"{total:,} calls: the account may make {ACCOUNT_CALLS} in {WINDOW_S} s, "
        f"so it takes {least_seconds(total)} s or more",
        help="ask for several at once in one list, if the resource can filter so",
    )


def _certain(subject: Subject, node: Request) -> int:
    """How many calls a request makes whatever its parents bring: none for one that runs per record of them."""
    if node.run_if is not None or subject.records.reads_any(node):
        return 0
    loop = read_loop(node.loop_on)
    if loop is None:
        return 1
    elements = subject.loops.value(loop)
    return len(elements) if isinstance(elements, list) else 0
