"""A spool gathers a whole list, however long it is.

Why:
    A spool closes per branch: behind a request that runs for each record of another, it gathers what belongs to that
    record. Behind a list that runs once it gathers everything, in memory, before anything is delivered.

Fails:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: all, type: spool, depends_on: contacts}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [all]}

Passes:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - name: notes
        resource: crm/notes
        method: list
        depends_on: contacts
        integrated_account_id: "{{args.account}}"
        query: {contact_id: "{{resources.crm.contacts.id}}"}
      - {name: all, type: spool, depends_on: notes}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [all]}

Fix:
    Deliver page by page, or spool what belongs to one record. If the list is short:
    ``# batchctl: ignore[unbounded-spool] reason``.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request, Spool, SyncNode, Transform
from batchctl.plan.planner import branch_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every spool that gathers all records of a list at once.

    That is one after a list, where nothing before it runs once per record.
    """
    for node in subject.resources:
        if not isinstance(node, Spool) or subject.dependencies.is_unresolvable(node.key):
            continue
        over = [subject.graph.nodes[key] for key in branch_nodes(node.key, subject.graph)]
        lists = _lists(subject, node.key)
        if lists and all(isinstance(each, SyncNode) for each in over):
            yield subject.finding(
                node,
                "type",
                f'the spool gathers all records of "{lists[0]}" in memory before it hands on any',
                help="deliver page by page, or spool what belongs to one record",
            )


def _lists(subject: Subject, key: str) -> list[str]:
    """The lists whose records come to a node."""
    found: list[str] = []
    for source in subject.graph.sources(key):
        node = subject.graph.nodes[source]
        if isinstance(node, Request):
            found += [source] if node.method == "list" else []
        elif isinstance(node, Transform):
            found += _lists(subject, source)
    return found
