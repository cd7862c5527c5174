"""A destination's id is written in the file.

Why:
    Webhooks and datastores have other ids in other environments: a job that is pushed to a second one would deliver to
    the first one's, or to nothing.

Fails:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - name: hook
        type: destination
        destination_type: webhook
        resources_to_persist: [contacts]
        config: {id: 7c0f4a2e-51b3-4f0e-9d0c-5a1b8e1f0a11}

Passes:
    default_runtime_version: 4
    args_schema: {account: {type: string}, webhook: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - name: hook
        type: destination
        destination_type: webhook
        resources_to_persist: [contacts]
        config: {id: "{{args.webhook}}"}

Fix:
    Let an argument bring it, ``{{args.webhook}}``, or a variable, ``${WEBHOOK_ID}``.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import SyncNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every destination id that is written without a placeholder or a variable."""
    for node in subject.resources:
        settings = node.config.get("config") if isinstance(node, SyncNode) and node.kind == "destination" else None
        written = settings.get("id") if isinstance(settings, dict) else None
        if not isinstance(written, str) or "{{" in written or "${" in written:
            continue
        if not subject.source.is_filled(subject.path(node, "config", "id")):
            yield subject.finding(
                node,
                subject.at(node, "config", "id"),
                "the id of the destination is written in the file: in another environment it is another",
                help='let an argument bring it: "{{args.…}}"',
            )
