"""A preview as YAML, written while the requests are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.render.text.yaml_text import list_items, yaml_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.render.preview.text import Document


def preview_yaml(document: Document) -> Iterator[str]:
    """The preview as YAML, piece by piece, with the same content as its JSON."""
    yield from yaml_lines(document.head())
    yield "resources:\n"
    for resource in document.preview.resources:
        yield from list_items([document.resource(resource)], 2)
        if not len(resource.requests):
            yield "    requests: []\n"
            continue
        yield "    requests:\n"
        for data in document.requests(resource):
            yield from list_items([data], 6)
    yield from yaml_lines({"diagnostics": document.diagnostics()})
