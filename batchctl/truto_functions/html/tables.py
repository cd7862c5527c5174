"""Tables of HTML as tables of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.javascript.coercion import parse_int, units
from batchctl.javascript.values import WHITESPACE
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from batchctl.truto_functions.html.tree import Node

_EMPTY: Final = "   "
_WHITE: Final = lazy_regex(f"[{WHITESPACE}]+")
_RULE: Final = lazy_regex(f"\\|[{WHITESPACE}]*-+")
_CELLS: Final = ("td", "th")


def table_cell(content: str, node: Node) -> str:
    """A cell as Markdown: ``content``, the Markdown inside it, and the border on its right.

    The first cell of a row has a border on its left, too. ``node`` is the cell's element.
    """
    first = node.parent is not None and node.parent.children[0] is node
    return ("| " if first else " ") + _cleaned(content) + " |" + "   |" * (_columns(node) - 1)


def _cleaned(content: str) -> str:
    text = _WHITE.sub(" ", content.strip(WHITESPACE)).replace("|", "\\|").replace("\\", "\\\\")
    return text + " " * (3 - units(text)) if text else _EMPTY


def _columns(cell: Node) -> int:
    """Over how many columns a cell goes."""
    size = parse_int(cell.attribute("colspan") or "1")
    return int(size) if size >= 1 else 1


def table_row(content: str, node: Node) -> str:
    """A row as Markdown, after a line break; a heading has a line of dashes below it. Empty for an empty row.

    ``content`` is the Markdown of its cells, ``node`` the row's element.
    """
    if not content.strip(WHITESPACE):
        return ""
    width = _width(node) if _is_heading(node) else 0
    line = "\n" + _line(width) if width else ""
    return f"\n{content}{line}"


def _line(width: int) -> str:
    return "|" + " --- |" * width


def _is_heading(row: Node) -> bool:
    parent = row.parent
    if parent is None or parent.name == "thead":
        return parent is not None
    if parent.children[0] is row and parent.name in ("table", "tbody"):
        return bool(row.elements) and all(cell.name == "th" for cell in row.elements)
    return False


def _width(row: Node) -> int:
    table: Node | None = row
    while table is not None and table.name != "table":
        table = table.parent
    sizes = (_row_width(each) for each in rows_of(table)) if table else ()
    return max(sizes, default=0)


def _row_width(row: Node) -> int:
    return sum(_columns(cell) for cell in row.children if cell.name in _CELLS)


def rows_of(table: Node) -> list[Node]:
    """The ``tr`` elements of a table, without those of tables inside it.

    Those directly in it come first, then those of its ``thead``, ``tbody`` and ``tfoot`` as these are written.
    """
    parts = [table, *(part for part in table.children if part.name in ("thead", "tbody", "tfoot"))]
    return [row for part in parts for row in part.children if row.name == "tr"]


def table(content: str, node: Node) -> str:
    """A table as Markdown, between empty lines; where it has no heading, its first row becomes one.

    ``content`` is the Markdown of its rows, ``node`` the table's element. Empty for a table that shows nothing.
    """
    cells = [cell for row in rows_of(node) for cell in row.children if cell.name in _CELLS]
    if not cells or (len(cells) == 1 and cells[0].is_white):
        return ""
    lines = [line for line in content.strip(WHITESPACE).split("\n") if line.strip(WHITESPACE)]
    if not lines:
        return ""
    if len(lines) < 2 or not _RULE.search(lines[1]):
        width = lines[0].count("|") - 1
        if width > 0:
            lines.insert(1, _line(width))
    return "\n\n" + "\n".join(lines) + "\n\n"
