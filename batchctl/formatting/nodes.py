"""A YAML text as nodes that keep what data has not: comments, blank lines, quotes, anchors, the order of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, field
from batchctl.yaml12.reader import read_events

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.yaml12.events import Event, ScalarEvent, StartEvent

_PROPERTY = lazy_regex(r"(?:[&!][^\s,\[\]{}]*[^\S\n]*)+")


class Node(Struct, eq=False):
    """One value or key of a YAML text, with its comments and how it is written.

    ``kind`` is "s" for a scalar, "a" for an alias, "m" for a mapping (whose ``items`` are keys and values in turn), "l"
    for a list. ``value`` is a scalar's text after its quotes and escapes are read. ``start`` and ``end`` (exclusive)
    are offsets, in code points, of its text without its properties (``props``: anchor and tag, as written). ``lead``
    are the comments above it and empty texts for blank lines, ``tail`` the comments at the end of its line, ``foot``
    those below its last item; ``commented`` says that there are any inside of it. ``style`` is how a scalar is written
    (its quotes, ``|`` or ``>``), ``is_flow`` means ``{}`` or ``[]``.
    """

    kind: str
    start: int
    end: int
    value: str = ""
    style: str = ""
    is_flow: bool = False
    props: str = ""
    items: list[Node] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    foot: list[str] = field(default_factory=list)
    commented: bool = False

    @property
    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """The keys of a mapping with their values, in order."""
        return zip(self.items[::2], self.items[1::2], strict=True)


def compose(text: str) -> Node | None:
    """The root of the first document in ``text``, with all nodes below it; None for a text without content.

    The text must be YAML without errors; comments are not attached yet.
    """
    root: Node | None = None
    opened: list[Node] = []
    for event in read_events(text):
        name = type(event).__name__
        if name in ("MappingEndEvent", "SequenceEndEvent"):
            closed = opened.pop()
            if closed.is_flow:
                closed.end = event.end_mark.index
            continue
        node = _node(name, event, text)
        if node is None:
            continue
        if opened:
            opened[-1].items.append(node)
        elif root is None:
            root = node
        if node.kind in "ml":
            opened.append(node)
    return root


def _node(name: str, event: Event, text: str) -> Node | None:
    start, end = event.start_mark.index, event.end_mark.index
    if name == "ScalarEvent":
        scalar = cast("ScalarEvent", event)
        props = _props(text, start, end) if scalar.anchor or scalar.tag else ""
        return Node("s", start + len(props), end, scalar.value, scalar.style or "", props=props.strip())
    if name == "AliasEvent":
        return Node("a", start, end)
    if name in ("MappingStartEvent", "SequenceStartEvent"):
        opening = cast("StartEvent", event)
        props = _props(text, start, len(text)) if opening.anchor or opening.tag else ""
        kind = "m" if name == "MappingStartEvent" else "l"
        return Node(kind, start + len(props), end, is_flow=bool(opening.flow_style), props=props.strip())
    return None


def _props(text: str, start: int, end: int) -> str:
    found = _PROPERTY.match(text, start, end)
    return found[0] if found else ""
