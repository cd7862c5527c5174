"""The formats of a preview that list its requests, by name; a writer's module is imported when it is used.

The one call that sends the whole batch is in ``snippets.SNIPPETS``; the tree is drawn by ``tree``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.render.preview.text import Document


def _json(document: Document) -> Iterator[str]:
    from batchctl.render.preview.text import preview_json

    return preview_json(document)


def _yaml(document: Document) -> Iterator[str]:
    from batchctl.render.preview.yaml import preview_yaml

    return preview_yaml(document)


def _ndjson(document: Document) -> Iterator[str]:
    from batchctl.render.preview.ndjson import preview_ndjson

    return preview_ndjson(document.preview, document.view, explain=document.explain, document=document)


def _http(document: Document) -> Iterator[str]:
    from batchctl.render.preview.snippets_requests import http_requests

    return http_requests(document)


def _curl(document: Document) -> Iterator[str]:
    from batchctl.render.preview.snippets_requests import curl_requests

    return curl_requests(document)


FORMATS: Mapping[str, Callable[[Document], Iterator[str]]] = {
    "json": _json,
    "yaml": _yaml,
    "ndjson": _ndjson,
    "http": _http,
    "curl": _curl,
}
