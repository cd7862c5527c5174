"""A key is where Truto does not read it.

Why:
    ``loop_on`` of a destination is for datastores: a webhook or a table in Truto gets every page as a whole, though a
    run here delivers record by record. ``delete_tracking`` is for Unified resources: of a Proxy resource Truto finds no
    records that are missing.

Fails:
    default_runtime_version: 4
    args_schema: {account: {type: string}, webhook: {type: string}}
    resources:
      - name: pages
        resource: knowledge-base/pages
        method: list
        integrated_account_id: "{{args.account}}"
      - name: hook
        type: destination
        destination_type: webhook
        loop_on: payload.records
        resources_to_persist: [pages]
        config: {id: "{{args.webhook}}"}

Passes:
    default_runtime_version: 4
    args_schema: {account: {type: string}, bucket: {type: string}}
    resources:
      - name: pages
        resource: knowledge-base/pages
        method: list
        integrated_account_id: "{{args.account}}"
      - name: files
        type: destination
        destination_type: datastore
        method: uploadObject
        loop_on: payload.records
        resources_to_persist: [pages]
        config:
          id: "{{args.bucket}}"
          config: {path: pages, file_name: "{{payload.records.id}}.json", content: "{{payload.records:any}}"}

Fix:
    Remove the key. What a webhook gets one by one a receiver can divide; rows of a Proxy resource can be deleted by
    what reads them.

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
    """A finding for ``loop_on`` of a destination that is no datastore, and ``delete_tracking`` of a Proxy resource."""
    for node in subject.resources:
        kind = node.config.get("destination_type") if isinstance(node, SyncNode) else None
        if isinstance(node, SyncNode) and kind in ("webhook", "superquery") and "loop_on" in node.config:
            yield subject.finding(
                node,
                subject.at(node, "loop_on"),
                f"loop_on is for datastores: in Truto this {kind} gets every page as a whole",
                help="remove it, or let a transform make the records of a page one",
            )
    for request in subject.requests:
        if request.delete_tracking is not None and not request.is_unified:
            yield subject.finding(
                request,
                "delete_tracking",
                f'delete_tracking is for Unified resources, and "{request.resource}" is a Proxy resource',
                help="remove it: Truto does not look for records that are missing",
            )
