"""Nodes → canonical lines: blocks, two blanks of indentation, the keys of a resource in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.formatting.scalars import key_text, scalar_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.formatting.nodes import Node
    from batchctl.json_types import DataPath

KEY_ORDER = (
    "name", "type", "resource", "method", "id", "depends_on", "loop_on", "run_if", "query", "body", "recurse",
    "config", "persist",
)  # fmt: skip
_RANK = {key: rank for rank, key in enumerate(KEY_ORDER)}
_EXPRESSIONS = frozenset({("query",), ("body",), ("run_if",), ("config", "expression"), ("recurse", "config", "query")})
# A list longer than this is easier to read and to compare with an item per line.
WIDEST = 88


class Emitter:
    """Writes the nodes of a YAML text as canonical lines; ``text`` is what they were read from.

    Call ``document`` with the root, to whose nodes ``Trivia`` has attached the comments. ``keeps_order`` leaves the
    keys of resources in their order, as they must be where an alias comes after its anchor.
    """

    def __init__(self, text: str, *, keeps_order: bool) -> None:
        self._text = text
        self._keeps_order = keeps_order

    def document(self, root: Node) -> list[str]:
        """The lines of a document with this root, without breaks and without a ``---`` before it.

        Raises ``ValueError``, whose message is the header, for a block scalar whose text would change with its
        indentation.
        """
        lines = _margined(root.lead, 0)
        if root.kind in "sa":
            first, more = self._scalar(root, (), 2)
            return [*lines, _tailed(first, root), *more, *_margined(root.foot, 0)]
        if not root.items:
            return [*lines, _tailed(_with_props(root, "{}" if root.kind == "m" else "[]"), root), *root.foot]
        if root.props:
            lines.append(root.props)
        return _without_blank_start([*lines, *self._block(root, (), 0)])

    def _block(self, node: Node, path: DataPath, indent: int) -> list[str]:
        lines: list[str] = []
        if node.kind == "m":
            for key, value in self._ordered(node, path):
                lines += self._entry(key, value, (*path, key.value), indent)
        else:
            for number, item in enumerate(node.items):
                lines += self._item(item, (*path, number), indent)
        return lines + _margined(node.foot, indent)

    def _ordered(self, node: Node, path: DataPath) -> list[tuple[Node, Node]]:
        pairs = list(node.pairs)
        if self._keeps_order:
            return pairs
        ordered = in_order(pairs, path)
        if ordered and ordered[0] is not pairs[0]:
            # A blank line above the first key was above the resource.
            blank = pairs[0][0].lead[:1] == [""]
            first = ordered[0][0]
            first.lead = ["", *first.lead] if blank and first.lead[:1] != [""] else first.lead
        return ordered

    def _entry(self, key: Node, value: Node, path: DataPath, indent: int) -> list[str]:
        margin = " " * indent
        head = f"{margin}{key_text(key, self._text)}:"
        lead = _margined([*key.lead, *filter(None, value.lead)], indent)
        if value.kind in "sa":
            first, more = self._scalar(value, path, indent + 2)
            return [*lead, *_line(f"{head} {first}".rstrip(), indent, key, value), *more]
        flow = self._flow(value, path, len(head) + 1)
        if flow is not None:
            return [*lead, *_line(f"{head} {flow}", indent, key, value)]
        opening = f"{head} {value.props}" if value.props else head
        return [*lead, *_line(opening, indent, key, value), *self._block(value, path, indent + 2)]

    def _item(self, item: Node, path: DataPath, indent: int) -> list[str]:
        margin = " " * indent
        lead = _margined(item.lead, indent)
        if item.kind in "sa":
            first, more = self._scalar(item, path, indent + 2)
            return [*lead, *_line(f"{margin}- {first}".rstrip(), indent, item), *more]
        flow = self._flow(item, path, indent + 2)
        if flow is not None:
            return [*lead, *_line(f"{margin}- {flow}", indent, item)]
        if item.props:
            return [*lead, *_line(f"{margin}- {item.props}", indent, item), *self._block(item, path, indent + 2)]
        lines = self._block(item, path, indent + 2)
        # The comments above the first key come above the dash.
        at = next(number for number, line in enumerate(lines) if line and not line.lstrip().startswith("#"))
        above = [line[2:] for line in lines[:at]]
        over = [f"{margin}{comment}" for comment in item.tail]
        return [*lead, *over, *above, f"{margin}- {lines[at][indent + 2 :]}", *lines[at + 1 :]]

    def _scalar(self, node: Node, path: DataPath, indent: int) -> tuple[str, list[str]]:
        if node.kind == "a":
            return self._text[node.start : node.end], []
        is_expression = len(path) > 2 and path[0] == "resources" and path[2:] in _EXPRESSIONS
        return scalar_lines(node, self._text, indent, is_expression=is_expression)

    def _flow(self, node: Node, path: DataPath, column: int) -> str | None:
        """A container on one line: an empty one, a short list of scalars, a mapping of one key. None for others."""
        if not node.items and not node.foot:
            return _with_props(node, "{}" if node.kind == "m" else "[]")
        if not node.is_flow or node.commented:
            return None
        parts = list(self._flow_parts(node, path))
        if None in parts:
            return None
        text = ", ".join(filter(None, parts))
        written = _with_props(node, f"{{{text}}}" if node.kind == "m" else f"[{text}]")
        return written if column + len(written) <= WIDEST else None

    def _flow_parts(self, node: Node, path: DataPath) -> Iterator[str | None]:
        if node.kind == "l":
            for number, item in enumerate(node.items):
                yield self._flow_scalar(item, (*path, number))
            return
        if len(node.items) > 2:
            yield None
            return
        key, value = node.items
        inner = self._flow_scalar(value, (*path, key.value)) if value.kind in "sa" else None
        if value.kind == "l":
            inner = self._flow(value, (*path, key.value), 0)
        yield None if inner is None else f"{key_text(key, self._text)}: {inner}".rstrip()

    def _flow_scalar(self, node: Node, path: DataPath) -> str | None:
        if node.kind not in "sa":
            return None
        first, more = self._scalar(node, path, 0)
        return None if more else first


def in_order(pairs: list[tuple[Node, Node]], path: DataPath) -> list[tuple[Node, Node]]:
    """The keys and values of a mapping in canonical order if it is a resource, by its ``path``; else unchanged.

    That order begins with ``name``, ``type``, ``resource``, ``method``; keys that it does not have come last, in their
    own order. ``path`` is from the top: ``("resources", 0)``.
    """
    if len(path) != 2 or path[0] != "resources":
        return pairs
    return sorted(pairs, key=lambda pair: rank_of(pair[0].value))


def rank_of(key: str) -> int:
    """The place of a key of a resource in canonical order; keys that it does not know come last."""
    return _RANK.get(key, len(_RANK))


def _line(text: str, indent: int, *nodes: Node) -> list[str]:
    """A line with the comment that belongs at its end; further ones come above it."""
    comments = [comment for node in nodes for comment in node.tail]
    above = [" " * indent + comment for comment in comments[:-1]]
    return [*above, f"{text} {comments[-1]}" if comments else text]


def _tailed(text: str, node: Node) -> str:
    return " ".join((text, *node.tail))


def _with_props(node: Node, text: str) -> str:
    return f"{node.props} {text}" if node.props else text


def _margined(comments: list[str], indent: int) -> list[str]:
    """Comments at a margin; of several blank lines one is left."""
    lines: list[str] = []
    for comment in comments:
        if comment or not lines or lines[-1]:
            lines.append(" " * indent + comment if comment else "")
    return lines


def _without_blank_start(lines: list[str]) -> list[str]:
    first = next((number for number, line in enumerate(lines) if line), 0)
    return lines[first:]
