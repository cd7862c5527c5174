"""A sync job that remembers what it fetched has no ``mutex_key``.

Why:
    A trigger starts a run by the clock, whether or not the one before is at its end. Of two at a time the one that ends
    first moves the date on, past what the other has not delivered. With a ``mutex_key`` one waits for the other.

Fails:
    default_runtime_version: 4
    state_key: "contacts-{{args.account}}"
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
      - {name: done, type: event, config: {name: complete}}
      - name: remember
        type: update_state
        depends_on: done
        config: {key: last, value_expression: "sync_job_run.started_at.toISOString()"}

Passes:
    default_runtime_version: 4
    state_key: "contacts-{{args.account}}"
    mutex_key: "contacts-{{args.account}}"
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
      - {name: done, type: event, config: {name: complete}}
      - name: remember
        type: update_state
        depends_on: done
        config: {key: last, value_expression: "sync_job_run.started_at.toISOString()"}

Fix:
    Add ``mutex_key``, for example the text of the ``state_key``.

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
    """A finding at the first ``update_state`` node of a job without ``mutex_key``."""
    if subject.job is None or subject.job.mutex_key is not None:
        return
    for node in subject.resources:
        if node.kind == "update_state":
            yield subject.finding(
                node,
                "type",
                "two runs may be at work at a time, and the one that ends first moves the state on",
                help="add a mutex_key on top, for example the text of the state_key",
            )
            return
