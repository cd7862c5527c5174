"""A request that writes is repeated: once per element, per record of a parent, or recursively.

Why:
    Nothing is wrong with that when it is meant. The warning is there for when it is not: a wrong filter above it
    decides how many records are written. ``dry-run`` shows the calls.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - name: farewell
        resource: crm/contacts
        method: delete
        depends_on: crm/contacts
        id: "{{resources.crm.contacts.id}}"

Passes:
    args: {contact_id: "7001"}
    resources:
      - resource: crm/contacts
        method: delete
        id: "{{args.contact_id}}"

Fix:
    Look at the calls with ``batchctl dry-run``; if all are meant: ``# batchctl: ignore[write-in-loop] reason``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.loops import read_loop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_WRITES = ("create", "update", "delete")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``create``, ``update`` or ``delete`` that may be made more than once.

    It may where it loops, reads the records of another node, or calls itself (``recurse``).
    """
    for node in subject.requests:
        if node.method not in _WRITES:
            continue
        repeated = _repeated(subject, node)
        if repeated is not None:
            yield subject.finding(
                node,
                "method",
                f'"{node.method}" is repeated {repeated}',
                help="see how often with batchctl dry-run; if it is meant: # batchctl: ignore[write-in-loop] why",
            )


def _repeated(subject: Subject, node: Request) -> str | None:
    loop = read_loop(node.loop_on)
    if loop is not None:
        return f"for each element of {loop.over}"
    if node.recurse is not None:
        return "for each record that its recursion brings"
    fan_outs = subject.records.fan_outs(node)
    many = [out.node for out in fan_outs if _brings_many(subject, out.node)]
    return f'for each record of "{many[0]}"' if many else None


def _brings_many(subject: Subject, key: str, below: frozenset[str] = frozenset()) -> bool:
    """Whether a node may bring more than one record: not a get, create or update that is made once."""
    node = subject.graph.nodes[key]
    if key in below or not isinstance(node, Request) or node.method not in _ONE_RECORD:
        return True
    if node.loop_on is not None or node.recurse is not None:
        return True
    return any(_brings_many(subject, out.node, below | {key}) for out in subject.records.fan_outs(node))


_ONE_RECORD = ("get", "create", "update", "delete")
