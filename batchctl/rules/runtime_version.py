"""A sync job names no runtime version, or one that has not the nodes that it uses.

Why:
    Truto takes 3 where the file names none. Runtimes 1 to 3 know requests and transforms alone, and deliver what they
    persist to the one webhook or daemon of the run; states, events, spools and destinations are of runtime 4.

Fails:
    kind: sync-job
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"

Passes:
    default_runtime_version: 4
    args_schema: {account: {type: string}}
    resources:
      - name: contacts
        resource: crm/contacts
        method: list
        integrated_account_id: "{{args.account}}"
      - name: rows
        type: destination
        destination_type: superquery
        resources_to_persist: [contacts]

Fix:
    Write ``default_runtime_version: 4``, or the version that the job was made for.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import SyncNode
from batchctl.diagnostics import Severity
from batchctl.json_types import value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

ABOUT = frozenset({"sync-job"})


_KEY = "default_runtime_version"


def check(subject: Subject) -> Iterator[Finding]:
    """A finding where ``default_runtime_version`` is missing, or at the first node that this runtime does not have."""
    if not subject.source.has((_KEY,)):
        yield subject.finding(
            None,
            subject.at(None),
            "the sync job names no runtime version: Truto takes 3, which has no states, events and destinations",
            help="add default_runtime_version: 4, or 3 for a flat list of requests and transforms",
        )
        return
    written = value_at(subject.source.data, (_KEY,))
    if subject.job is None or subject.job.is_typed or not isinstance(written, int):
        return
    for node in subject.resources:
        if isinstance(node, SyncNode):
            yield subject.finding(
                node,
                "type",
                f"runtime {subject.job.version} has no nodes of type {node.kind}",
                help="write default_runtime_version: 4",
                severity=Severity.ERROR,
            )
            return
