"""``recurse`` without ``if``: nothing says for which records the request is repeated.

Why:
    Without a condition every record asks for one more call, and the recursion ends only at its depth limit.

Fails:
    args: {page_id: p-1}
    resources:
      - resource: block-children
        method: list
        persist: true
        query: {block_id: "{{args.page_id}}"}
        recurse:
          config:
            query: {block_id: "{{resources.block-children.id}}"}

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
    Add ``if:`` with a placeholder that is true for the records that have something below them.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every ``recurse`` whose ``if`` is missing or empty."""
    for node in subject.requests:
        if node.recurse is not None and not (node.recurse.condition or "").strip():
            yield subject.finding(
                node,
                subject.key(node, "recurse"),
                "recurse has no if: nothing says for which records it repeats",
                help=f'add if: "{{{{resources.{".".join(node.resource.split("/"))}.has_children:bool}}}}"',
            )
