"""A line above each resource: how many requests it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.lsp.names import name_span
from batchctl.plain import counted
from batchctl.plan.preview import make_preview
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.diagnostics import Span
    from batchctl.lsp.document import Document
    from batchctl.plan.preview import PreviewedResource


class Lens(Struct, frozen=True):
    """A line that an editor shows above a resource: how many requests it makes.

    ``title`` is its text, shown above ``span``; a click previews ``resource``, a resource's key.
    """

    title: str
    span: Span
    resource: str


def lenses(document: Document) -> Iterator[Lens]:
    """A lens for each request in the text, in the order of the file; none while the definition has errors."""
    if document.plan is None:
        return
    for found in make_preview(document.plan).resources:
        node = found.step.node
        if isinstance(node, Request) and node in document.own_resources:
            yield Lens(f"{_count(found)} · dry-run", name_span(document.subject, node), node.key)


def _count(found: PreviewedResource) -> str:
    repeats = [repeat.over for repeat in found.repeats if repeat.count is None]
    if repeats:
        return f"a request for each of {', '.join(repeats)}"
    return counted(len(found.requests), "request")
