"""Where the names of resources are written and used: definition, references, rename, symbols."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, Spool, SyncNode
from batchctl.errors import UsageError
from batchctl.plan.reads import address
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import Resource
    from batchctl.diagnostics import Position, Span
    from batchctl.lsp.document import Document
    from batchctl.rules.subject import Subject

# The name of a resource in a rename: what YAML takes as text without quotes, and a path without backticks.
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class Use(StrEnum):
    """How a place in the text refers to a resource: it names it (``NAME``), waits for it, or reads its records.

    ``DEPENDENCY`` is a place in a ``depends_on``, ``READ`` one in a placeholder or expression.
    """

    NAME = "name"
    DEPENDENCY = "dependency"
    READ = "read"


class Mention(Struct, frozen=True):
    """A place in the text that refers to a resource: ``span`` covers the name only; ``key`` is the resource's."""

    key: str
    use: Use
    span: Span


class Symbol(Struct, frozen=True):
    """A resource in an editor's outline of a definition.

    ``detail`` says what it is (``list crm/contacts``, ``spool``), ``name_span`` is where its name is written; ``whole``
    is its first and last line, counted from 1.
    """

    name: str
    detail: str
    name_span: Span
    whole: tuple[int, int]


def mentions(document: Document) -> Iterator[Mention]:
    """Every place in the text that refers to a resource: names and dependencies node by node, then reads of records."""
    subject = document.subject
    for key, node in document.nodes.items():
        yield Mention(key, Use.NAME, name_span(subject, node))
        for edge in document.graph.edges[key]:
            for place in subject.waits_at(node, edge.written):
                yield Mention(edge.needs, Use.DEPENDENCY, place.span)
    yield from _reads(document, subject)


def mention_at(document: Document, position: Position) -> Mention | None:
    """The mention at ``position``; None where no resource is named."""
    return next((each for each in mentions(document) if each.span.start <= position <= each.span.end), None)


def rename(document: Document, position: Position, name: str) -> tuple[Span, ...]:
    """The spans, in no certain order, to replace by ``name`` so that the resource at ``position`` is called that.

    They are in the whole definition, included files too. Raises ``UsageError`` where there is no name to change, and
    for a name that another resource has or that is not made of letters, digits, ``_`` and ``-``.
    """
    found = mention_at(document, position)
    node = document.nodes.get(found.key) if found else None
    if found is None or node is None:
        raise UsageError("there is no resource here")
    if not document.subject.has(node, "name"):
        raise UsageError("this resource has no name of its own", hint="give it one with the key name")
    if not name or not set(name) <= _LETTERS or name[0] == "-":
        raise UsageError("a name has letters, digits, _ and -")
    if name != found.key and name in document.nodes:
        raise UsageError(f'another resource is called "{name}"')
    # The records of a request stand under its resource: only other kinds of nodes are read by their name.
    return tuple(
        each.span
        for each in mentions(document)
        if each.key == found.key and not (each.use is Use.READ and isinstance(node, Request))
        if not (each.use is Use.DEPENDENCY and not _is_written(document, each, found.key))
    )


def symbols(document: Document) -> tuple[Symbol, ...]:
    """The resources of the text for an outline, in the order of the file."""
    subject = document.subject
    starts = [subject.at(node).span.start.line for node in document.own_resources]
    # Those of a list in one line all begin in it.
    ends = [*map(max, (line - 1 for line in starts[1:]), starts), max(len(document.lines), 1)][: len(starts)]
    return tuple(
        Symbol(node.key, _detail(node), name_span(subject, node), (start, _trimmed(document, start, end)))
        for node, start, end in zip(document.own_resources, starts, ends, strict=True)
    )


def name_span(subject: Subject, node: Resource) -> Span:
    """Where the name of ``node`` is written: the value of its ``name``, else of its ``resource``."""
    return subject.at(node, "name" if subject.has(node, "name") else "resource").span


def _reads(document: Document, subject: Subject) -> Iterator[Mention]:
    places = {("resources", *address(node)): key for key, node in document.nodes.items()}
    for node, read in subject.placeholders.reads:
        key, words = _owner(read.segments, places)
        if key is not None:
            start = read.reference.offset + read.reference.text.find(words)
            span = subject.within(node, read.reference.path, start, start + len(words)).span
            yield Mention(key, Use.READ, span)
    texts = {(id(node), path): text for node, path, text in subject.expressions.texts}
    for owner, path, analysis in subject.expressions.analyses:
        for use in analysis.paths:
            key, words = _owner(use.segments, places)
            last = words.rpartition(".")[2]
            start = texts[id(owner), path].find(last, use.start, use.end)
            if key is not None and start >= 0:
                yield Mention(key, Use.READ, subject.within(owner, path, start, start + len(last)).span)


def _owner(segments: tuple[object, ...], places: dict[tuple[str, ...], str]) -> tuple[str | None, str]:
    """Whose records a path reads, and the words of the path that name it."""
    for length in range(len(segments), 1, -1):
        key = places.get(tuple(str(segment) for segment in segments[:length]))
        if key is not None:
            return key, ".".join(str(segment) for segment in segments[1:length])
    return None, ""


def _is_written(document: Document, mention: Mention, key: str) -> bool:
    """Whether a dependency says the name itself, and not the resource."""
    source, ((line, start), (_, end)) = document.place(mention.span)
    return source.lines[line - 1][start - 1 : end - 1].strip("'\"") == key


def _detail(node: Resource) -> str:
    if isinstance(node, Request):
        return f"{node.method} {node.resource}"
    return kind_of(node)


def kind_of(node: Resource) -> str:
    """The resource's ``type`` as it is written in a definition; ``request`` for one that is written without."""
    if isinstance(node, SyncNode):
        return node.kind
    if isinstance(node, Request):
        return "request"
    return "spool" if isinstance(node, Spool) else "add_context" if isinstance(node, AddContext) else "transform"


def _trimmed(document: Document, start: int, end: int) -> int:
    """The last line of a resource that is not empty."""
    while end > start and not document.lines[end - 1].strip():
        end -= 1
    return end
