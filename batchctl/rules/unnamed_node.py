"""A request of runtime 4 has no name.

Why:
    Nodes of runtime 4 are known by their ``name``: in ``depends_on``, in ``resources_to_persist``, in the figures of a
    run. Without one batchctl calls a request by its resource, which Truto does not say.

Fails:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [crm/contacts]}

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
    Give it a name that no other node has.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every request of a job of runtime 4 without a ``name``."""
    if subject.job is None or not subject.job.is_typed:
        return
    for node in subject.requests:
        if not subject.has(node, "name"):
            yield subject.finding(
                node,
                "resource",
                "a node of runtime 4 needs a name",
                help=f"add name: {node.resource.rpartition('/')[2]}",
            )
