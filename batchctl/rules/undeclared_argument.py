"""A placeholder reads an argument that is neither given nor declared, so its text would be sent as it stands.

An argument is given in ``args``, with ``--arg`` or ``--args-file``, or declared in ``args_schema``. A
placeholder with a default, another alternative, ``:null`` or ``:undefined`` says itself what happens without
the argument.

Fails:
    args: {user_id: "42"}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.usr_id}}"}

Passes:
    args: {user_id: "42"}
    resources:
      - resource: crm/contacts
        method: list
        query: {owner: "{{args.user_id}}", team: "{{args.team?:sales}}"}
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.rules.base import Finding
from batchctl.rules.names import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.base import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every ``{{args.…}}`` whose argument nobody names."""
    known = dict.fromkeys([*subject.args, *sorted(subject.declared)])
    for node, read in subject.reads:
        if read.reference.has_way_out or len(read.segments) < 2 or read.segments[0] != "args":
            continue
        name = read.segments[1]
        if isinstance(name, str) and name not in known:
            yield Finding(
                f'argument "{name}" is neither given nor declared; {read.reference.text} would be sent as it stands',
                subject.at(node, *read.reference.path),
                subject.placeholder(node, read),
                help=closest(name, known) or f"add {name} to args, or pass --arg {name}=…",
                resource=node.key,
            )
