"""``loop_on`` leads to something that is not an array, so there is nothing to loop over.

``loop_on: user_ids`` repeats the request for each element of the argument ``user_ids``.

Fails:
    args: {user_ids: u1}
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
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.loops import NotAnArray, loop_elements
from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``loop_on`` over an argument that has another type, or no value though nobody declares it."""
    for node, loop in subject.loops:
        if len(loop.segments) < 2 or loop.segments[0] != "args":
            continue
        name = loop.segments[1]
        if name not in subject.args and name in subject.declared:
            continue
        try:
            loop_elements(loop, subject.loop_value(loop))
        except NotAnArray as error:
            path = subject.at(node, "loop_on")
            yield Finding(
                str(error),
                path,
                subject.source.span(path),
                help=f"make {loop.over} a list",
                resource=node.key,
            )
