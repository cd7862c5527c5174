"""A definition in JSON, laid out: two blanks of indentation, keys of resources in order, short lists on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.formatting.emitter import WIDEST, in_order

if TYPE_CHECKING:
    from batchctl.formatting.nodes import Node
    from batchctl.json_types import DataPath


def json_layout(root: Node, text: str) -> str:
    """The JSON text of ``root`` in canonical layout: two blanks per level, keys of resources in order.

    Every scalar is as it is written in ``text``, from which ``root`` was read. The text ends with a line break.
    """
    return _written(root, text, (), "") + "\n"


def _written(node: Node, text: str, path: DataPath, margin: str) -> str:
    if node.kind == "s":
        return text[node.start : node.end]
    if not node.items:
        return "{}" if node.kind == "m" else "[]"
    inner = margin + "  "
    if node.kind == "m":
        pairs = in_order(list(node.pairs), path)
        lines = [
            f"{inner}{text[key.start : key.end]}: {_written(value, text, (*path, key.value), inner)}"
            for key, value in pairs
        ]
        return "{\n" + ",\n".join(lines) + f"\n{margin}}}"
    items = [_written(item, text, (*path, number), inner) for number, item in enumerate(node.items)]
    short = f"[{', '.join(items)}]"
    if all(item.kind == "s" for item in node.items) and len(margin) + len(short) <= WIDEST:
        return short
    return "[\n" + ",\n".join(inner + item for item in items) + f"\n{margin}]"
