"""``$convertNotionToMd``: one Notion block → Markdown without marks such as bold, as json2md writes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from batchctl.javascript.coercion import is_nil, is_number, items, no_property, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED, WHITESPACE
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.lodash_paths import own
from batchctl.truto_functions.notion import address_of, caption_of

if TYPE_CHECKING:
    from collections.abc import Callable

_TAGS: Final = (("strong", "**"), ("bold", "**"), ("em", "*"), ("italic", "*"), ("u", "_"), ("strike", "~~"))
Spans = list[object]


def block_to_markdown(block: object) -> object:
    """``$convertNotionToMd``: the Markdown of one Notion block, without its children.

    A block of an unknown type is a paragraph of its ``rich_text``. Raises ``HostError`` for what is no block: null,
    UNDEFINED, a list, or an object without a member of the name of its ``type``.
    """
    kind = own(block, "type")
    data = own(block, text(kind)) if not is_nil(block) else UNDEFINED
    if is_nil(data):
        raise no_property(data, "rich_text")
    rich = own(data, "rich_text")
    spans = [_span(span) for span in items(rich, "data.rich_text", "map")] if truthy(rich) else []
    write = _WRITERS.get(text(kind))
    return write(data, spans) if write else _paragraph(_joined(spans))


def _span(span: object) -> object:
    if not truthy(span):
        return UNDEFINED
    link = own(span, "href")
    if not truthy(link):
        return own(span, "plain_text")
    address = text(link)
    base = "https://www.notion.so" if address.startswith("/") else ""
    return f"[{text(own(span, 'plain_text'))}]({base}{address})"


def _joined(spans: Spans) -> str:
    return "".join("" if is_nil(span) else text(span) for span in spans)


def _lines(value: object, prefix: str = "") -> str:
    """A text, or texts line by line, each line after ``prefix``."""
    if isinstance(value, str) or is_number(value):
        return "\n".join(prefix + line for line in text(value).split("\n"))
    if isinstance(value, list):
        return "\n".join(_lines(_lines(each), prefix) for each in value)
    raise HostError("Cannot convert undefined or null to object")


def _tagged(value: str) -> str:
    for name, mark in _TAGS:
        value = re.sub(rf"</?{name}>", mark, value, flags=re.IGNORECASE)
    return value


def _paragraph(value: object) -> str:
    return _tagged(_lines(value, "\n")) + "\n"


def _listed(marks: Callable[[int], str]) -> Callable[[object, Spans], str]:
    def write(_: object, spans: Spans) -> str:
        written = ""
        for index, span in enumerate(spans):
            first, *rest = _lines(span).split("\n")
            written += "\n" + marks(index) + _tagged("\n".join([first, *(" " * 4 + line for line in rest)]))
        return f"{(written + chr(10)).strip(WHITESPACE)} \n"

    return write


def _heading(level: int) -> Callable[[object, Spans], str]:
    return lambda _, spans: f"{'#' * level} {_lines(spans)}\n"


def _code(data: object, spans: Spans) -> str:
    language = own(data, "language")
    content = "\n".join("" if is_nil(span) else text(span) for span in spans)
    return f"```{text(language) if truthy(language) else ''}\n{content}\n```\n"


def _linked(otherwise: str) -> Callable[[object, Spans], str]:
    return lambda data, _: f"[{caption_of(data, otherwise)}]({address_of(data)})\n"


def _image(data: object, _: Spans) -> str:
    caption = caption_of(data, "Image")
    return f'![{caption}]({address_of(data)} "{caption}")\n'


def _row(data: object, _: Spans) -> str:
    cells = items(own(data, "cells"), "data.cells", "map")
    texts = [own(own(cell, "0"), "plain_text") if cell else UNDEFINED for cell in cells]
    return _paragraph(",".join("" if is_nil(each) else text(each) for each in texts))


_WRITERS: Final[dict[str, Callable[[object, Spans], str]]] = {
    "bookmark": lambda data, _: f"[{text(own(data, 'url'))}]({text(own(data, 'url'))})\n",
    "bulleted_list_item": _listed(lambda _: " - "),
    "numbered_list_item": _listed(lambda index: f" {index + 1}. "),
    "quote": lambda _, spans: _lines(spans, "> ") + "\n",
    "callout": lambda _, spans: _lines(spans, "> ") + "\n",
    "code": _code,
    "divider": lambda *_: "--- \n",
    "embed": lambda data, _: f"[{caption_of(data, 'Embed')}]({text(own(data, 'url'))})\n",
    "equation": lambda data, _: _paragraph(own(data, "expression")),
    **dict.fromkeys(("video", "pdf", "file"), _linked("File")),
    **{f"heading_{level}": _heading(level) for level in range(1, 7)},
    "image": _image,
    "table": lambda *_: _paragraph("Tabular values as CSV"),
    "table_row": _row,
    "to_do": lambda data, spans: f"- [{'X' if truthy(own(data, 'checked')) else ' '}] {_joined(spans)}\n",
}
FUNCTIONS: Final = {"convertNotionToMd": Hosted(block_to_markdown, 1, 1)}
