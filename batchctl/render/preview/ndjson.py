"""A preview as NDJSON: a line per request, as fast as they are made."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from batchctl.json_text import text_of
from batchctl.plan.preview import FromArguments
from batchctl.render.preview.alike import Alike
from batchctl.render.preview.data import request_data
from batchctl.render.text.literals import escape_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.preview import Preview, PreviewedResource
    from batchctl.render.preview.data import RequestView
    from batchctl.render.preview.text import Document

# The first line comes by itself; then so many come together.
_MAX_TOGETHER = 128
# A loop over fewer is not worth a second look.
_MANY = 10
Item = TypeVar("Item")


def preview_ndjson(
    preview: Preview,
    view: RequestView,
    *,
    explain: bool = False,
    tag: str = "",
    document: Document | None = None,
) -> Iterator[str]:
    """The requests of a preview as NDJSON: a line of JSON each, several lines in a piece.

    A line has ``resource``, its key in the definition, then ``method``, ``path``, ``url``, ``query``, ``body``,
    ``unresolved`` and ``bindings``, as ``request_data`` makes them. ``tag`` is JSON text of members, such as ``"row":
    1,``, that come first in each line. ``explain`` adds the key ``explain``: where values came from. Remarks on the
    requests are added to the log of ``document``, None for no remarks. Raises ``TemplateError``, while it is iterated,
    for a placeholder that can't be rendered.
    """
    # Most lines hold no secret: they are made as they are, and made again where something has to be masked.
    quick = view if explain else view.opened()
    for resource in preview.resources:
        requests = resource.requests
        if not explain and isinstance(requests, FromArguments) and len(requests) >= _MANY:
            elements = requests.elements()
            if elements:
                yield from _looped(resource, requests, elements, view, tag, document)
                continue
        found = requests(explain=explain) if document is None else document.expanded(resource)
        for some in _growing(found):
            lines = _lines(resource, some, quick, explain=explain)
            if quick is not view and not view.redactor.clears(b"".join(lines)):
                lines = _lines(resource, some, view, explain=explain)
            yield _written(lines, tag)


def _looped(
    resource: PreviewedResource,
    requests: FromArguments,
    elements: list[JsonValue],
    view: RequestView,
    tag: str,
    document: Document | None,
) -> Iterator[str]:
    """The lines of a long loop."""
    quick = view.opened()
    alike = Alike(requests, lambda request: _written(_lines(resource, [request], quick), tag))
    for some_elements in _growing(iter(elements)):
        text = alike.text(some_elements)
        if text is not None and view.redactor.clears(text.encode()):
            if document is not None:
                # Whatever there is to say of one is to be said of all of them.
                document.note(resource, next(requests.of(some_elements[:1], explain=True)), len(some_elements))
            yield text
            continue
        some = list(requests.of(some_elements, explain=document is not None))
        if document is not None:
            for request in some:
                document.note(resource, request)
        lines = _lines(resource, some, view if text is not None else quick)
        if text is None and not view.redactor.clears(b"".join(lines)):
            lines = _lines(resource, some, view)
        yield _written(lines, tag)


def _lines(
    resource: PreviewedResource, requests: list[Expanded], view: RequestView, *, explain: bool = False
) -> list[bytes]:
    name = resource.step.node.key
    return [
        text_of({"resource": name, **request_data(resource, request, view, explain=explain)}) for request in requests
    ]


def _growing(items: Iterator[Item]) -> Iterator[list[Item]]:
    """All of them in lists that grow."""
    size = 1
    while some := list(islice(items, size)):
        yield some
        size = min(2 * size, _MAX_TOGETHER)


def _written(lines: list[bytes], tag: str) -> str:
    """Lines as they are shown: what does not print is escaped."""
    text = "\n".join([f"{{{tag}{line[1:].decode()}" for line in lines]) if tag else b"\n".join(lines).decode()
    if text.replace("\n", "").isprintable():
        return text + "\n"
    return "".join(f"{escape_unprintable(line)}\n" for line in text.split("\n"))
