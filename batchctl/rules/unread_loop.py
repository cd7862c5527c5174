"""The request never reads what it loops over, so it is the same request once per element.

Why:
    Inside the loop, the looped path is the current element.

Fails:
    args: {user_ids: [u1, u2], team: t1}
    resources:
      - resource: crm/users
        method: get
        id: "{{args.team}}"
        loop_on: args.user_ids

Passes:
    args: {user_ids: [u1, u2]}
    resources:
      - resource: crm/users
        method: get
        id: "{{args.user_ids}}"
        loop_on: args.user_ids

Fix:
    Read the element where it is needed, or remove ``loop_on``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.reads import on_one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.plan.loops import Loop
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every loop whose element the request does not read."""
    for node, loop in subject.loops.all:
        is_argument = loop.segments[:1] == ("args",) and node.index not in subject.loops.over_context
        is_known = is_argument and node.index not in subject.loops.faulty
        if is_known and not _is_read(subject, node, loop):
            yield subject.finding(
                node,
                "loop_on",
                f"the request does not read {loop.over}: it would be the same once per element",
                help=f'use the element: "{{{{{loop.over}}}}}"',
            )


def _is_read(subject: Subject, node: Request, loop: Loop) -> bool:
    if isinstance(node.query, str) or isinstance(node.body, str):
        # An expression may read it in ways that only running it tells.
        return True
    return any(
        on_one_line(read.segments, loop.segments)
        for read in subject.placeholders.by_node[node.index]
        if read.reference.path[0] != "loop_on"
    )
