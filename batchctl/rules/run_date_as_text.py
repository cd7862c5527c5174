"""A placeholder writes the moment at which a run began, which is a JavaScript date.

Why:
    A placeholder turns a date into text as JavaScript does: ``Tue Jan 02 2024 03:04:05 GMT+0000 (Coordinated Universal
    Time)``. A state that keeps it, or a filter that gets it, has no ISO 8601 date, and compares it as text. In an
    expression the date has a method for that.

Fails:
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
        config: {key: last, value: "{{sync_job_run.started_at}}"}

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
    Keep it with ``value_expression: sync_job_run.started_at.toISOString()``; for a request, let an add_context
    add that text.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.run_row import ROOT, STARTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """Every placeholder that reads it."""
    for node, read in subject.placeholders.reads:
        if read.segments[:2] == (ROOT, STARTED):
            yield subject.finding(
                node,
                read.reference,
                "the placeholder writes the date as JavaScript does (Tue Jan 02 2024 03:04:05 …), not in ISO 8601",
                help="use an expression: sync_job_run.started_at.toISOString()",
            )
