"""What is said about the thing under a cursor, as Markdown: a key, a placeholder, a function, a request."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.diagnostics import Position
from batchctl.expression import FUNCTIONS
from batchctl.lsp.completion import node_at
from batchctl.lsp.cursor import cursor_at
from batchctl.lsp.shapes import shape_at
from batchctl.plain import clean
from batchctl.plan.preview import make_preview
from batchctl.redaction import MASK, is_secret_name
from batchctl.template import UNDEFINED, compile_template

if TYPE_CHECKING:
    from batchctl.lsp.cursor import Cursor
    from batchctl.lsp.document import Document
    from batchctl.plan.reads import Read

MAX_VALUE = 200
# Where a placeholder has its value from, by its root.
_ORIGINS = {
    "resources": "a record",
    "payload": "the page that the destination gets",
    "previous_run_date": "the last complete run",
    "sync_job_run": "the run itself",
}
_ACCOUNT = "an add_context before it, or from the account's context"
MAX_URLS = 3


def hover(document: Document, position: Position) -> str | None:
    """Markdown about what is at ``position``: a key, a placeholder, a function, a request; None for nothing to say."""
    return _placeholder(document, position) or _function(document, position) or _field(document, position)


def _placeholder(document: Document, position: Position) -> str | None:
    subject = document.subject
    for node, read in subject.placeholders.reads:
        span = subject.within(node, read.reference.path, read.reference.offset, read.reference.end).span
        if span.start <= position <= span.end:
            return f"`{clean(read.reference.text, MAX_VALUE)}`\n\n{_value(document, read)}"
    return None


def _value(document: Document, read: Read) -> str:
    """The value of a placeholder now, or that only a run knows it."""
    if read.segments[:1] != ("args",):
        return f"Only a run knows the value: it comes from {_origin(document, read)}."
    if any(is_secret_name(str(segment)) for segment in read.segments):
        return f"Now: `{MASK}`"
    value = compile_template(read.reference.text).render({"args": document.args})
    if value is UNDEFINED:
        return "Now: left out"
    if value == read.reference.text:
        return "Now: no value; it would be sent literally."
    shown = json.dumps(document.redactor.data(value), ensure_ascii=False, default=str)
    return f"Now: `{clean(shown, MAX_VALUE)}`"


def _origin(document: Document, read: Read) -> str:
    if read.segments[0] == "resources" and len(read.segments) > 1 and read.segments[1] in document.graph.values:
        return "an add_context"
    return _ORIGINS.get(str(read.segments[0]), _ACCOUNT)


def _function(document: Document, position: Position) -> str | None:
    subject = document.subject
    for node, path, use in subject.expressions.function_uses:
        span = subject.within(node, path, use.start, use.end).span
        info = FUNCTIONS.get(use.name)
        if info is not None and span.start <= position <= span.end:
            where = "" if info.local else "\n\nTruto alone evaluates it; batchctl does not."
            origin = "JSONata" if info.preset == "jsonata" else f"Truto ({info.preset})"
            return f"`{info.usage}`\n\n{origin}{where}"
    return None


def _field(document: Document, position: Position) -> str | None:
    line = document.lines[position.line - 1] if position.line <= len(document.lines) else ""
    end = re.compile(r"[\w-]*").match(line, position.column - 1)
    cursor = cursor_at(document.lines, Position(position.line, (end.end() if end else 0) + 1))
    path = (*cursor.path, cursor.word) if cursor.key else cursor.path
    shape = shape_at(document.data, path, document.kind)
    described = shape.get("description")
    text = f"**{path[-1]}**: {described}" if isinstance(described, str) and path else None
    requests = _requests(document, cursor) if path[-1:] in (("resource",), ("method",)) else None
    return "\n\n".join(filter(None, (text, requests))) or None


def _requests(document: Document, cursor: Cursor) -> str | None:
    """The first requests of the resource, as a dry-run shows them."""
    node, plan = node_at(document, cursor.path), document.plan
    if not isinstance(node, Request) or plan is None:
        return None
    found = next((each for each in make_preview(plan).resources if each.step.node.key == node.key), None)
    if found is None or found.problem:
        return found.problem if found else None
    shown = islice(found.requests(), MAX_URLS)
    hidden = document.redactor.text
    lines = [f"{each.call.http_method} {clean(hidden(each.call.path), MAX_VALUE)}" for each in shown]
    more = len(found.requests) - len(lines)
    rest = [f"and {more:,} more"] if more > 0 else []
    return "\n".join(["```http", *lines, *rest, "```"])
