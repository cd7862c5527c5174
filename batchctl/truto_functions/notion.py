"""``$convertNotionToMarkdown``: Notion's blocks → Markdown, with the service's own ways (underlined text is italic)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.javascript.coercion import as_array, is_nil, items, map_key, no_property, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.lodash_paths import own

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_GAP: Final = "\n\n"
_LISTS: Final = ("to_do", "numbered_list_item", "bulleted_list_item")
_BLANK: Final = {"type": "paragraph", "paragraph": {"rich_text": [], "color": "default"}}
_MAX_LEVELS: Final = 200
Block = dict[str, object]


def to_markdown(blocks: object, link_child_pages: object) -> object:
    """``$convertNotionToMarkdown``: the Markdown of a Notion block or a list of them, children below their parents.

    All blocks are in one list: those whose ``parent`` has a ``block_id`` are children of it, in the order of the list.
    ``link_child_pages`` true writes a link for a child page in place of what is in it. Empty for an empty list; raises
    ``HostError`` for what is no block, null and UNDEFINED included.
    """
    every = _with_gaps(as_array(blocks))
    roots = [block for block in every if own(own(block, "parent"), "type") != "block_id"]
    children: dict[object, list[object]] = {}
    for block in every:
        children.setdefault(map_key(_part(block, "parent_id")), []).append(block)
    resolved = _numbered([_resolved(block, children, 0) for block in roots])
    writer = _Writer(link_child_pages=truthy(link_child_pages))
    return "".join(writer.block(block, 1) for block in resolved)


def _part(holder: object, name: str) -> object:
    """``holder[name]``, which fails for null and for what is not there."""
    if is_nil(holder):
        raise no_property(holder, name)
    return own(holder, name)


def _with_gaps(blocks: list[object]) -> list[object]:
    """A blank paragraph after each list."""
    spaced: list[object] = []
    for index, block in enumerate(blocks):
        spaced.append(block)
        following = blocks[index + 1] if index + 1 < len(blocks) else UNDEFINED
        if _part(block, "type") in _LISTS and own(following, "type") not in _LISTS:
            spaced.append(_BLANK)
    return spaced


def _resolved(block: object, children: dict[object, list[object]], level: int) -> Block:
    own_block: Block = dict(block) if isinstance(block, dict) else {}
    if not truthy(own(block, "has_children")):
        return own_block
    if level > _MAX_LEVELS:
        raise HostError("Maximum call stack size exceeded")
    below = children.get(map_key(own(block, "id")), [])
    return {**own_block, "children": [_resolved(child, children, level + 1) for child in below]}


def _numbered(blocks: list[Block]) -> list[Block]:
    """Numbered items get their number; those below them are counted for themselves."""
    number, found = 0, []
    for block in blocks:
        if block.get("type") != "numbered_list_item":
            number = 0
            found.append(block)
            continue
        number += 1
        below = block.get("children")
        kept = {"children": _numbered(below)} if isinstance(below, list) else {}
        found.append({**block, **kept, "number": number})
    return found


class _Writer:
    def __init__(self, *, link_child_pages: bool) -> None:
        self.link_child_pages = link_child_pages

    def block(self, block: Block, level: int) -> str:
        kind = block.get("type", UNDEFINED)
        data = own(block, text(kind))
        rich = _part(data, "rich_text")
        spans = [_span(span) for span in items(rich, "data.rich_text", "map")] if truthy(rich) else []
        write = _WRITERS.get(text(kind), _Writer.other)
        return write(self, block, data, spans, level)

    def children(self, block: Block, level: int, between: str) -> str:
        below = block.get("children")
        return between.join(self.block(child, level) for child in below) if isinstance(below, list) else ""

    def listed(self, mark: str, block: Block, spans: list[str | None], level: int) -> str:
        tabs = "\t" * level
        below = self.children(block, level + 1, tabs)
        return f"{mark} {_joined(spans)}\n" + (tabs + below if below else "")

    def bullet(self, block: Block, _data: object, spans: list[str | None], level: int) -> str:
        return self.listed("-", block, spans, level)

    def number(self, block: Block, _data: object, spans: list[str | None], level: int) -> str:
        return self.listed(f"{text(block.get('number', UNDEFINED))}.", block, spans, level)

    def to_do(self, block: Block, data: object, spans: list[str | None], level: int) -> str:
        return self.listed(f"- [{'X' if truthy(own(data, 'checked')) else ' '}]", block, spans, level)

    def child_page(self, block: Block, data: object, _spans: list[str | None], level: int) -> str:
        title = own(data, "title")
        name = text(title) if truthy(title) else "Untitled Page"
        if self.link_child_pages:
            page = text(block.get("id", UNDEFINED)).replace("-", "")
            return f"[{name}](https://www.notion.so/{page}){_GAP}"
        return name + _GAP + self.children(block, level, "")

    def table(self, block: Block, data: object, _spans: list[str | None], _level: int) -> str:
        below = block.get("children")
        if not isinstance(below, list):
            return "Table as CSV\n"
        header = _row(_part(below[0] if below else UNDEFINED, "table_row"))
        width = own(data, "table_width")
        columns = int(width) if isinstance(width, int | float) and width > 0 else 0
        rows = "\n".join(_row(_part(row, "table_row")) for row in below[1:])
        return f"{header}\n|{'---|' * min(columns, 10_000)}\n{rows}{_GAP}"

    def other(self, block: Block, _data: object, spans: list[str | None], level: int) -> str:
        return _joined(spans) + _GAP + self.children(block, level, "")


def _row(row: object) -> str:
    cells = items(_part(row, "cells"), "cells", "map")
    return f"| {' | '.join(_joined(_span(span) for span in items(cell, 'x', 'map')) for cell in cells)} |"


def _joined(spans: Iterable[str | None]) -> str:
    return "".join(span or "" for span in spans)


_MARKS: Final = (("code", "`"), ("bold", "**"), ("italic", "_"), ("underline", "_"), ("strikethrough", "~~"))


def _span(span: object) -> str | None:
    """One piece of rich text; None for an empty one."""
    if not truthy(span):
        return None
    shown, link = own(span, "plain_text"), own(span, "href")
    if truthy(link):
        if not isinstance(link, str):
            raise HostError("x.href.startsWith is not a function")
        return f"[{text(shown)}]({'https://www.notion.so' if link.startswith('/') else ''}{link})"
    written = shown
    for name, mark in _MARKS:
        if truthy(own(own(span, "annotations"), name)):
            written = f"{mark}{text(written)}{mark}"
    return "" if is_nil(written) else text(written)


def address_of(data: object) -> str:
    """The URL of the file of a block with the content ``data``; empty where it has none."""
    for place in ("file", "external"):
        holder = own(data, place)
        if truthy(holder):
            return text(own(holder, "url"))
    return ""


def caption_of(data: object, otherwise: str) -> str:
    """The caption of a block with the content ``data``: its texts joined by commas; ``otherwise`` where it has none."""
    caption = own(data, "caption")
    parts = [own(part, "plain_text") for part in items(caption, "data.caption", "map")] if truthy(caption) else []
    return text([None if part is UNDEFINED else part for part in parts]) if parts else otherwise


def _around(before: str, after: str = _GAP) -> Callable[..., str]:
    return lambda _self, _block, _data, spans, _level: before + _joined(spans) + after


def _code(_self: object, _block: Block, data: object, spans: list[str | None], _level: int) -> str:
    return f"```{text(own(data, 'language'))}\n{','.join(span or '' for span in spans)}\n```{_GAP}"


def _linked(before: str, otherwise: str) -> Callable[..., str]:
    return lambda _self, _block, data, _spans, _level: (
        f"{before}[{caption_of(data, otherwise)}]({address_of(data)}){_GAP}"
    )


_WRITERS: Final[dict[str, Callable[..., str]]] = {
    # The service does write the words "data.url" here.
    "bookmark": lambda _self, _block, data, _spans, _level: f"[{text(own(data, 'url'))}](data.url){_GAP}",
    "bulleted_list_item": _Writer.bullet,
    "numbered_list_item": _Writer.number,
    "quote": _around("> "),
    "callout": _around("> "),
    "code": _code,
    "divider": lambda *_: f"---{_GAP}",
    "embed": lambda _self, _block, data, _spans, _level: (
        f"[{caption_of(data, 'Embed')}]({text(own(data, 'url'))}){_GAP}"
    ),
    "equation": lambda _self, _block, data, _spans, _level: _expression(data),
    "paragraph": _around(""),
    "video": _linked("", "File"),
    "pdf": _linked("", "File"),
    "file": _linked("", "File"),
    **{f"heading_{level}": _around("#" * level + " ") for level in range(1, 7)},
    "image": _linked("!", "Image"),
    "child_page": _Writer.child_page,
    "table": _Writer.table,
    "table_row": lambda _self, _block, data, _spans, _level: _row(data) + "\n",
    "to_do": _Writer.to_do,
}


def _expression(data: object) -> str:
    written = own(data, "expression")
    return "" if is_nil(written) else text(written)


FUNCTIONS: Final = {"convertNotionToMarkdown": Hosted(to_markdown, 2, 1)}
