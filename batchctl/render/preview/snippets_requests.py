"""Every expanded request by itself: as a curl command, and as an ``.http`` file."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from batchctl.definition.model import Request
from batchctl.plain import clean
from batchctl.render.curl import TOKEN_VARIABLE, curl_lines
from batchctl.render.preview.fields import unknown_name
from batchctl.render.text.literals import json_literal
from batchctl.truto.calls import call_path
from batchctl.truto.query_string import encode_keeping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.json_types import JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.preview import Preview, PreviewedResource
    from batchctl.render.preview.data import RequestView
    from batchctl.render.preview.text import Document
    from batchctl.truto.calls import Call

    # For the text of an unknown placeholder: what it is in words, and the variable that stands for it.
    Names: TypeAlias = Mapping[str, tuple[str, str]]


def curl_requests(document: Document) -> Iterator[str]:
    """A curl command for each request of the preview, piece by piece.

    One with values that only a run knows is written as a comment.
    """
    preview, view = document.preview, document.view
    for resource, request in _each(document):
        command = "\n".join(_curl(resource, request, view)) + "\n"
        yield f"# {clean(resource.step.node.key, 80)}\n"
        lacking = [unknown_name(reference, resource.step, preview.plan) for reference in request.unresolved]
        lacking += [f"its {name}, a JSONata expression" for name in request.expressions]
        if lacking:
            yield f"# not complete: only a run knows {', '.join(dict.fromkeys(map(clean, lacking)))}\n"
            command = re.sub("^", "# ", command.rstrip("\n"), flags=re.MULTILINE) + "\n"
        yield command + "\n"


def _curl(resource: PreviewedResource, request: Expanded, view: RequestView) -> Iterator[str]:
    call = view.call(request)
    has_body = call.body is not None or "body" in request.expressions
    body = json_literal(_body(resource, request, call, view)) if has_body else None
    yield from curl_lines(call.http_method, _url(request, call, view), body)


def http_requests(document: Document) -> Iterator[str]:
    """The requests of the preview as an ``.http`` file, piece by piece.

    A value that only a run knows is a variable at its top, to be filled in.
    """
    preview, view = document.preview, document.view
    names = _variables(preview)
    yield f"# {clean(view.redactor.text(preview.plan.definition.name or 'Requests of a batch'), 120)}\n"
    yield f"# The token comes from {TOKEN_VARIABLE} in the environment.\n"
    yield f"@api = {view.api_url}\n"
    for text, name in dict.fromkeys(names.values()):
        yield f"# Put {clean(text)} here, encoded as in a URL.\n@{name} = fill-in\n"
    for resource, request in _each(document):
        yield "\n" + "\n".join(_http(resource, request, view, names)) + "\n"


def _http(resource: PreviewedResource, request: Expanded, view: RequestView, names: Names) -> Iterator[str]:
    call = view.call(request)
    url = _url(request, call, view)
    yield f"### {clean(view.redactor.text(resource.step.node.key), 80)}"
    for field in request.expressions:
        yield f"# its {field} is a JSONata expression, which only a run can evaluate"
    yield f"{call.http_method} {{{{api}}}}{_filled(url.removeprefix(view.api_url), request, names)}"
    yield f"Authorization: Bearer {{{{$processEnv {TOKEN_VARIABLE}}}}}"
    if call.body is not None:
        yield "Content-Type: application/json"
        yield ""
        # Braces in a body would be taken for a variable of the file.
        text = json_literal(call.body)
        pattern = {reference.text: names[reference.text] for reference in request.unresolved}
        yield _body_text(text, pattern)


def _url(request: Expanded, call: Call, view: RequestView) -> str:
    encode = encode_keeping(reference.text for reference in request.unresolved)
    return view.url(call_path(call.resource, call.method, call.id, encode), call.query, encode, call.account)


def _variables(preview: Preview) -> Names:
    found = {}
    for resource in preview.resources:
        for reference in chain.from_iterable(request.unresolved for request in resource.requests()):
            words = unknown_name(reference, resource.step, preview.plan)
            found[reference.text] = (words, re.sub(r"\W+", "_", words.strip("‹›"), flags=re.ASCII).strip("_"))
    return found


def _filled(text: str, request: Expanded, names: Names) -> str:
    for reference in request.unresolved:
        text = text.replace(reference.text, f"{{{{{names[reference.text][1]}}}}}")
    return text


def _body_text(text: str, names: Names) -> str:
    kept = "|".join(re.escape(json_literal(placeholder)[1:-1]) for placeholder in names)
    pieces = re.split(f"({kept})", text) if kept else [text]
    by_text = {json_literal(placeholder)[1:-1]: name for placeholder, (_words, name) in names.items()}
    return "".join(
        f"{{{{{by_text[piece]}}}}}" if index % 2 else piece.replace("{{", "\\u007b\\u007b")
        for index, piece in enumerate(pieces)
    )


def _body(resource: PreviewedResource, request: Expanded, call: Call, view: RequestView) -> JsonValue:
    node = resource.step.node
    if "body" in request.expressions and isinstance(node, Request):
        return view.redactor.text(str(node.body))
    return call.body


def _each(document: Document) -> Iterator[tuple[PreviewedResource, Expanded]]:
    return ((each, request) for each in document.preview.resources for request in document.expanded(each))
