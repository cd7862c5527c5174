"""The records of a Proxy resource, a transform or a spool go nowhere: nothing reads them and they are not persisted.

Why:
    Unified resources are always in the result; these are only with ``persist: true``. A sync job with destinations
    delivers what these name, and nothing else.

Fails:
    resources:
      - resource: block-children
        method: list

Passes:
    resources:
      - resource: block-children
        method: list
        persist: true

Fix:
    Add ``persist: true``, let something read the records, or remove the resource.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, SyncNode
from batchctl.definition.sync_job import destinations
from batchctl.plan.reads import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every node whose records are neither in the result nor read by another node.

    Requests that write are left out: they are made for what they do.
    """
    if not subject.complete:
        return
    # Where a job has destinations, these say what is kept.
    is_typed = subject.job is not None and subject.job.is_typed
    has_destinations = is_typed or bool(destinations(subject.resources))
    children, read = subject.graph.children(), subject.records.read
    for key, node in subject.graph.nodes.items():
        writes = isinstance(node, Request) and node.is_write
        if isinstance(node, AddContext | SyncNode) or writes or node in subject.records.malformed:
            continue
        if node.in_result and not has_destinations:
            continue
        takers = [other for child in children[key] if not _is_event(other := subject.graph.nodes[child])]
        if read is None or address(node) in read or any(not isinstance(child, Request) for child in takers):
            continue
        if takers and not isinstance(node, Request):
            # What a transform or spool brings takes the place of its parent's records for those that follow it.
            continue
        yield subject.finding(
            node,
            subject.at(node, "resource" if isinstance(node, Request) else "name"),
            f'the records of "{key}" would be thrown away: nothing reads them and they are not persisted',
            help="name it in the resources_to_persist of a destination, or remove it"
            if has_destinations
            else "add persist: true, or remove it",
        )


def _is_event(node: Resource) -> bool:
    """Events wait for all nodes, and read none."""
    return node.kind == "event"
