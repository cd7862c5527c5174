"""``loop_on`` leads to something that is not an array, so there is nothing to loop over.

Why:
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

Fix:
    Make the argument a list.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.loops import NotAnArray, loop_elements, nearest_path
from batchctl.rules.finding import Blame
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``loop_on`` over an argument that has another type, or no value though nobody declares it."""
    for node, loop in subject.loops.pathless:
        meant = nearest_path(loop)
        advice = f"write {meant}" if meant else "between dots are letters, digits, _, - and /: rename the argument"
        yield subject.finding(
            node, "loop_on", f"loop_on: {shortened(node.loop_on or loop.over)} is not a path", help=advice
        )
    for node, loop in subject.loops.all:
        if len(loop.segments) < 2 or loop.segments[0] != "args" or node.index in subject.loops.over_context:
            continue
        name = loop.segments[1]
        if name not in subject.arguments.values and name in subject.arguments.declared:
            continue
        try:
            loop_elements(loop, subject.loops.value(loop))
        except NotAnArray as error:
            value = subject.loops.value(loop)
            yield subject.finding(
                node,
                "loop_on",
                str(error),
                help=f"make {loop.over} a list",
                blame=Blame(loop.segments[1:], [value] if isinstance(value, str | int) else None),
            )
