"""A request of a sync job names no account.

Why:
    A sync job has no account on top: each request of runtime 4 says in whose name it calls, mostly with an argument.

Fails:
    default_runtime_version: 4
    resources:
      - {name: contacts, resource: crm/contacts, method: list}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}

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
    Add ``integrated_account_id: "{{args.account}}"`` and declare the argument.

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
    """A finding for every request of a job of runtime 4 without ``integrated_account_id``."""
    if subject.job is None or not subject.job.is_typed:
        return
    for node in subject.requests:
        if node.account is None:
            yield subject.finding(
                node,
                "method",
                f'"{node.key}" names no account for its calls',
                help='add integrated_account_id: "{{args.…}}"',
            )
