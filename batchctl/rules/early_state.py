"""A state is updated before it is known that the run has completed.

Why:
    A date that is kept before everything was delivered makes the next run skip what this one has not brought. Behind an
    event ``complete`` it is kept only when there was no error.

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
      - name: remember
        type: update_state
        depends_on: contacts
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
    Add an event ``complete`` and let the update depend on it.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import SyncNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``update_state`` that does not depend on an event ``complete``, directly or not."""
    for node in subject.resources:
        if node.kind != "update_state":
            continue
        before = [subject.graph.nodes[key] for key in subject.graph.ancestors(node.key)]
        if not any(_is_complete(other) for other in before) and not subject.dependencies.is_unresolvable(node.key):
            yield subject.finding(
                node,
                "depends_on" if subject.has(node, "depends_on") else "type",
                "the state is updated before the run has completed: the next run would skip what failed",
                help="let it depend on a node of type event with config: {name: complete}",
            )


def _is_complete(node: Resource) -> bool:
    return isinstance(node, SyncNode) and node.kind == "event" and node.config.get("name") == "complete"
