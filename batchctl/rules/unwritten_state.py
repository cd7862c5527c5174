"""A ``get_state`` reads a key that no node writes, and a node writes one of nearly the same name.

Why:
    The state never has a value, so each run begins from the default and fetches everything.

Fails:
    default_runtime_version: 4
    state_key: contacts
    mutex_key: contacts
    resources:
      - {name: since, type: get_state, config: {key: last_sync, default: "1970-01-01"}}
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: since
        integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
        query: {updated_at: {gt: "{{resources.since.value}}"}}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
      - {name: done, type: event, config: {name: complete}}
      - {name: keep, type: update_state, depends_on: done, config: {key: lastsync, value: "2026-01-31"}}

Passes:
    default_runtime_version: 4
    state_key: contacts
    mutex_key: contacts
    resources:
      - {name: since, type: get_state, config: {key: last_sync, default: "1970-01-01"}}
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: since
        integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
        query: {updated_at: {gt: "{{resources.since.value}}"}}
      - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
      - {name: done, type: event, config: {name: complete}}
      - {name: keep, type: update_state, depends_on: done, config: {key: last_sync, value: "2026-01-31"}}

Fix:
    Write the same key in both. Where another job with the same ``state_key`` writes it, say so in an ignore comment.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import SyncNode
from batchctl.diagnostics.spelling import closest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``get_state`` whose key is nearly one that is written, and is not written itself."""
    states = [(node, str(node.config.get("key"))) for node in subject.resources if isinstance(node, SyncNode)]
    written = {key for node, key in states if node.kind == "update_state"}
    read = {key for node, key in states if node.kind == "get_state"}
    for node, key in states:
        if node.kind != "get_state" or key in written:
            continue
        # One that is read under its own name is not the one that was meant.
        meant = closest(key, tuple(sorted(written - read)))
        if meant is not None:
            yield subject.finding(
                node,
                subject.at(node, "config", "key"),
                f'nothing writes the state "{key}", so that it never has a value',
                help=f'did you mean "{meant}"?',
            )
