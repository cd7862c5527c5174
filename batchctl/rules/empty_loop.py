"""``loop_on`` leads to an empty list, so the request is never made.

Why:
    The result is empty, and nothing says why.

Fails:
    args: {user_ids: []}
    resources:
      - resource: crm/users
        method: get
        id: "{{args.user_ids}}"
        loop_on: args.user_ids

Passes:
    args: {user_ids: [u1, u2]}
    resources:
      - resource: crm/users
        method: get
        id: "{{args.user_ids}}"
        loop_on: args.user_ids

Fix:
    Give the argument elements, in the file or with ``--arg``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.finding import Blame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every loop over an argument that is an empty list."""
    for node, loop in subject.loops.all:
        if loop.segments[:1] != ("args",) or len(loop.segments) < 2:
            continue
        if subject.loops.value(loop) == []:
            yield subject.finding(
                node,
                "loop_on",
                f"{loop.over} is an empty list: the request is never made",
                help="give it elements, here or with --arg",
                blame=Blame(loop.segments[1:]),
            )
