"""``$convertHtmlToMarkdown``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.javascript.budget import check
from batchctl.javascript.coercion import text, truthy
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import WHITESPACE
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.html.names import BLOCKS
from batchctl.truto_functions.html.rules import rule_of
from batchctl.truto_functions.html.tree import TEXT, Node, parse_html
from batchctl.truto_functions.html.white_space import collapse

if TYPE_CHECKING:
    from collections.abc import Callable

_ASCII_WHITE: Final = " \t\r\n"
# What would mean something in Markdown, anywhere and at the beginning of a text.
_ESCAPES: Final = str.maketrans({char: "\\" + char for char in "\\*`[]_"})
_STARTS: Final = lazy_regex(r"-|\+ |=+|#{1,6} |~~~|>|[0-9]+(?=\. )")


def html_to_markdown(html: object) -> object:
    """``$convertHtmlToMarkdown``: the Markdown of ``html``, text with an HTML document or a part of one.

    Empty for an empty text, null, UNDEFINED, false and 0; any other value is read by its text, a date by its
    milliseconds. Raises ``HostError`` for HTML that nests too deep.
    """
    if not truthy(html):
        return ""
    # A date is added to a text as a number.
    written = text(html.number() if isinstance(html, SpecialObject) and html.number and html.kind == "date" else html)
    check(written)
    document = parse_html(written)
    collapse(document)
    return _content(document).lstrip("\t\r\n").rstrip(WHITESPACE)


def _content(parent: Node) -> str:
    pieces = _Pieces()
    for node in parent.children:
        if node.name == TEXT:
            pieces.add(node.data if node.inside("code") else _escaped(node.data))
        elif node.is_element:
            pieces.add(_element(node))
    return pieces.joined()


class _Pieces:
    """Texts one after the other, with the line breaks of that which has more of them between, two at most."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.breaks = 0

    def add(self, text: str) -> None:
        """Put a text after the others."""
        bare = text.lstrip("\n")
        before = min(2, max(self.breaks, len(text) - len(bare)))
        kept = bare.rstrip("\n")
        if kept:
            self.texts += ["\n" * before, kept]
            self.breaks = len(bare) - len(kept)
        else:
            self.breaks = before

    def joined(self) -> str:
        """All of them."""
        return "".join(self.texts) + "\n" * self.breaks


def _escaped(data: str) -> str:
    found = _STARTS.match(data)
    if found is None:
        return data.translate(_ESCAPES)
    if found[0][0].isdigit():
        return found[0] + "\\" + data[found.end() :].translate(_ESCAPES)
    return "\\" + data.translate(_ESCAPES)


def _element(node: Node) -> str:
    before, after = _edges(node)
    content = _content(node)
    if before or after:
        content = content.strip(WHITESPACE)
    return before + rule_of(node)(content, node) + after


def _edges(node: Node) -> tuple[str, str]:
    """White space at the edges of an inline element, which has to stand outside of its marks."""
    whole = node.text
    if node.name in BLOCKS or not whole:
        return "", ""
    rest = whole.lstrip(WHITESPACE)
    leading = whole[: len(whole) - len(rest)]
    trailing = rest[len(rest.rstrip(WHITESPACE)) :]
    if leading[:1] in tuple(_ASCII_WHITE) and _blank_sibling(node, -1, lambda text: text.endswith(" ")):
        leading = leading.lstrip(_ASCII_WHITE)
    if trailing[-1:] in tuple(_ASCII_WHITE) and _blank_sibling(node, 1, lambda text: text.startswith(" ")):
        trailing = trailing.rstrip(_ASCII_WHITE)
    return leading, trailing


def _blank_sibling(node: Node, step: int, touches: Callable[[str], bool]) -> bool:
    sibling = node.sibling(step)
    return sibling is not None and sibling.name not in BLOCKS and touches(sibling.text)


FUNCTIONS: Final = {"convertHtmlToMarkdown": Hosted(html_to_markdown, 1, 1, inherits=True)}
