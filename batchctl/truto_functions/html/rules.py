"""What each element of HTML is in Markdown: headings underlined, lists with ``*``, code indented."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from batchctl.javascript.coercion import number, units
from batchctl.javascript.values import WHITESPACE, number_text
from batchctl.patterns import lazy_regex
from batchctl.truto_functions.html.names import BLOCKS, MEANT_EMPTY, VOID
from batchctl.truto_functions.html.tables import table, table_cell, table_row

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.truto_functions.html.tree import Node

    Write = Callable[[str, Node], str]

_LINE_STARTS: Final = lazy_regex(r"^|(?<=[\n\r\u2028\u2029])")
_HIGHLIGHT: Final = lazy_regex("highlight-(?:(?:text|source)-)?([a-z0-9]+)")
_SPACED_LINES: Final = lazy_regex(f"(?:\n+[{WHITESPACE}]*)+")
_CODE_EDGES: Final = lazy_regex("^`|^ .*?[^ ].* $|`\\Z")


def rule_of(node: Node) -> Write:
    """The function that writes the element ``node`` as Markdown.

    It gets the Markdown of what is inside and the element, and returns the text with its marks and line breaks.
    """
    if is_blank(node):
        return _blank
    for matches, write in _SPECIAL:
        if matches(node):
            return write
    return _BY_NAME.get(node.name, _default)


def is_blank(node: Node) -> bool:
    """Whether the element ``node`` shows nothing, so that only its line breaks remain.

    That is so where there is only white space in it, and neither it nor anything inside is a link, a part of a table,
    an element without content (``img``, ``br``), or a script, a frame, audio or video.
    """
    silent = VOID | MEANT_EMPTY
    return node.name not in silent and node.is_white and node.below.isdisjoint(silent)


def _blank(_: str, node: Node) -> str:
    return "\n\n" if node.name in BLOCKS else ""


def _default(content: str, node: Node) -> str:
    return f"\n\n{content}\n\n" if node.name in BLOCKS else content


def _paragraph(content: str, _: Node) -> str:
    return f"\n\n{content}\n\n"


def _heading(content: str, node: Node) -> str:
    level = int(node.name[1])
    if level > 2:
        return f"\n\n{'#' * level} {content}\n\n"
    return f"\n\n{content}\n{('=' if level == 1 else '-') * units(content)}\n\n"


def _quote(content: str, _: Node) -> str:
    return f"\n\n{_LINE_STARTS.sub('> ', content.strip(chr(10)))}\n\n"


def _list(content: str, node: Node) -> str:
    within = node.parent is not None and node.parent.name == "li" and node.parent.elements[-1] is node
    return f"\n{content}" if within else f"\n\n{content}\n\n"


def _item(content: str, node: Node) -> str:
    text = content.lstrip("\n")
    bare = text.rstrip("\n")
    text = (bare + "\n" if bare != text else bare).replace("\n", "\n    ")
    after = "\n" if node.sibling(1) is not None and not text.endswith("\n") else ""
    return _marker(node) + text + after


def _marker(item: Node) -> str:
    parent = item.parent
    if parent is None or parent.name != "ol":
        return "*   "
    at = parent.counted[item]
    start = parent.attribute("start")
    return number_text(number(start) + at if start else at + 1) + ".  "


def _code_block(_: str, node: Node) -> str:
    return "\n\n    " + node.children[0].text.replace("\n", "\n    ") + "\n\n"


def _highlighted(_: str, node: Node) -> str:
    found = _HIGHLIGHT.search(node.attribute("class"))
    return f"\n\n```{found[1] if found else ''}\n{node.children[0].text}\n```\n\n"


def _code(content: str, _: Node) -> str:
    if not content:
        return ""
    text = re.sub(r"\r?\n|\r", " ", content)
    edge = " " if _CODE_EDGES.search(text) else ""
    used, fence = set(re.findall("`+", text)), "`"
    while fence in used:
        fence += "`"
    return fence + edge + text + edge + fence


def _link(content: str, node: Node) -> str:
    href = re.sub(r"([()])", r"\\\1", node.attribute("href"))
    return f"[{content}]({href}{_title(node, escaped=True)})"


def _image(_: str, node: Node) -> str:
    source = node.attribute("src")
    return f"![{_attribute(node, 'alt')}]({source}{_title(node)})" if source else ""


def _title(node: Node, *, escaped: bool = False) -> str:
    title = _attribute(node, "title")
    return f' "{title.replace(chr(34), chr(92) + chr(34)) if escaped else title}"' if title else ""


def _attribute(node: Node, name: str) -> str:
    return _SPACED_LINES.sub("\n", node.attribute(name))


def _around(mark: str) -> Write:
    return lambda content, _: mark + content + mark if content.strip(WHITESPACE) else ""


def _is_checkbox(node: Node) -> bool:
    return node.name == "input" and node.attribute("type").lower() == "checkbox" and node.above == "li"


def _is_highlighted(node: Node) -> bool:
    return (
        node.name == "div"
        and _HIGHLIGHT.search(node.attribute("class")) is not None
        and bool(node.children)
        and node.children[0].name == "pre"
    )


def _is_inline_code(node: Node) -> bool:
    alone = node.parent is not None and len(node.parent.children) == 1
    return node.name == "code" and not (node.above == "pre" and alone)


_SPECIAL: Final[tuple[tuple[Callable[[Node], bool], Write], ...]] = (
    (_is_checkbox, lambda _, node: "[x] " if "checked" in node.attributes else "[ ] "),
    (_is_highlighted, _highlighted),
    (lambda node: node.name == "pre" and bool(node.children) and node.children[0].name == "code", _code_block),
    (lambda node: node.name == "a" and bool(node.attribute("href")), _link),
    (_is_inline_code, _code),
)
_BY_NAME: Final[dict[str, Write]] = {
    "p": _paragraph, "br": lambda _, __: "  \n", **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _heading),
    "blockquote": _quote, "ul": _list, "ol": _list, "li": _item, "hr": lambda _, __: "\n\n* * *\n\n",
    "em": _around("_"), "i": _around("_"), "strong": _around("**"), "b": _around("**"), "img": _image,
    **dict.fromkeys(("del", "s", "strike"), lambda content, _: f"~~{content}~~"),
    "td": table_cell, "th": table_cell, "tr": table_row, "table": table,
    **dict.fromkeys(("thead", "tbody", "tfoot"), lambda content, _: content),
    **dict.fromkeys(("caption", "colgroup", "col"), lambda _, __: ""),
}  # fmt: skip
