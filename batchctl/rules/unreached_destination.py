"""A destination persists nodes that bring no records.

Why:
    States, events and ``add_context`` nodes bring nothing to deliver: the run completes, and the destination stays
    empty.

Fails:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: hello, type: add_context, depends_on: contacts, config: {expression: '{"said": "hello"}'}}
      - {name: all, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [hello]}

Passes:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}

Fix:
    Name a request, a transform or a spool.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, SyncNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every name in ``resources_to_persist`` of a node that has no records."""
    for node in subject.resources:
        persisted = node.config.get("resources_to_persist") if isinstance(node, SyncNode) else None
        for number, name in enumerate(persisted if isinstance(persisted, list) else ()):
            other = subject.graph.nodes.get(str(name))
            if isinstance(other, SyncNode | AddContext):
                yield subject.finding(
                    node,
                    subject.at(node, "resources_to_persist", number),
                    f'"{name}" brings no records: nothing of it reaches the destination',
                    help="name a request, a transform or a spool",
                )
