"""A sync job keeps a state without a ``state_key``.

Why:
    The key is the namespace of what state nodes keep. Without it, runs for different accounts share one state, and one
    account's date decides what is fetched of another's.

Fails:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - {name: since, type: get_state, config: {key: last, default: "1970-01-01"}}
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: since
        integrated_account_id: "{{args.account}}"
        query: {updated_at: {gt: "{{resources.since.value}}"}}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}

Passes:
    default_runtime_version: 4
    state_key: "contacts-{{args.account}}"
    args_schema: {account: {type: string}}
    resources:
      - {name: since, type: get_state, config: {key: last, default: "1970-01-01"}}
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: since
        integrated_account_id: "{{args.account}}"
        query: {updated_at: {gt: "{{resources.since.value}}"}}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}

Fix:
    Add one that differs by account: ``state_key: "contacts-{{args.account}}"``.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


_STATES = ("get_state", "update_state", "delete_state")


def check(subject: Subject) -> Iterator[Finding]:
    """A finding at the first node that reads, updates or deletes a state, in a job without ``state_key``."""
    if subject.job is None or subject.job.state_key is not None:
        return
    for node in subject.resources:
        if node.kind in _STATES:
            yield subject.finding(
                node,
                "type",
                "the job keeps a state and has no state_key: runs of all accounts would share it",
                help='add state_key: "…-{{args.…}}" on top, with the argument that names the account',
            )
            return
