"""A datastore does not say what to do with the records.

Why:
    A datastore takes objects (``uploadObject``), points (``upsertPoints``) or documents (``insertMany``, ``update``,
    ``deleteMany``). Without a method nobody knows which of these is meant, and a run here writes the records to a
    numbered file.

Fails:
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
        resources_to_persist: [pages]
        config: {id: "{{args.bucket}}", config: {path: pages, file_name: "{{payload.records.0.id}}.json"}}

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
        resources_to_persist: [pages]
        config: {id: "{{args.bucket}}", config: {path: pages, file_name: "{{payload.records.0.id}}.json"}}

Fix:
    Add ``method`` to the destination.

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
    """A finding for every datastore that has no ``method``, neither beside its ``config`` nor in it."""
    for node in subject.resources:
        if not isinstance(node, SyncNode) or node.config.get("destination_type") != "datastore":
            continue
        settings = node.config.get("config")
        if "method" in node.config or (isinstance(settings, dict) and "method" in settings):
            continue
        yield subject.finding(
            node,
            subject.at(node, "destination_type"),
            f'the datastore "{node.key}" does not say what to do with the records',
            help="add method: uploadObject, upsertPoints, insertMany, update or deleteMany",
        )
