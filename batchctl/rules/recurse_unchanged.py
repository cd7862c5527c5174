"""The ``config`` of ``recurse`` changes nothing, so the same request would be made again and again.

Why:
    Each repetition is the request with ``config`` merged over it. Unless that reads the record that asked for it
    (``{{resources.block-children.id}}``), every repetition is the first request once more.

Fails:
    args: {page_id: p-1}
    resources:
      - resource: block-children
        method: list
        persist: true
        query: {block_id: "{{args.page_id}}"}
        recurse:
          if: "{{resources.block-children.has_children:bool}}"
          config:
            query: {block_id: "{{args.page_id}}"}

Passes:
    args: {page_id: p-1}
    resources:
      - resource: block-children
        method: list
        persist: true
        query: {block_id: "{{args.page_id}}"}
        recurse:
          if: "{{resources.block-children.has_children:bool}}"
          config:
            query: {block_id: "{{resources.block-children.id}}"}

Fix:
    Let ``config`` read the record: its ``id`` in ``query`` or ``id``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.plan.reads import reads, reads_node
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Request
    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``recurse`` whose ``config`` reads nothing of the record that it starts from."""
    for node in subject.requests:
        if node.recurse is not None and not _reads_own_record(subject, node):
            steps = ("recurse", "config") if subject.has(node, "recurse", "config") else ("recurse",)
            own = ".".join(("resources", *node.resource.split("/"), "id"))
            yield subject.finding(
                node,
                subject.key(node, *steps),
                "the config of recurse reads nothing of the record: every repetition is the same request",
                help=f"let it read the record, for example {{{{{own}}}}}",
            )


def _reads_own_record(subject: Subject, node: Request) -> bool:
    config = dict(node.recurse.config) if node.recurse else {}
    if any(isinstance(config.get(part), str) for part in ("query", "body")):
        # A JSONata string sees the record as a whole.
        return True
    found = [read.segments for read in reads(compile_template(config))]
    # A path to nothing is reported by another rule, and was probably meant to.
    return any(reads_node(segments, node) or subject.records.is_unprovided(segments) for segments in found)
