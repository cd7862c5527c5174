"""HTML text → a tree that can be changed, by the HTML5 parser of lexbor (package selectolax)."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from batchctl.javascript.budget import tick
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import WHITESPACE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from selectolax.lexbor import LexborNode

TEXT: Final = "#text"
COMMENT: Final = "#comment"
_DEEPEST: Final = 200


@dataclass(eq=False)
class Node:
    """A node of an HTML document: an element, a text or a comment.

    ``name`` is the element's in lower case, else ``#text``, ``#comment`` or ``#document``. ``data`` is the text of a
    text; ``attributes`` are by name, None where one has no value.
    """

    name: str
    parent: Node | None = None
    data: str = ""
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    @property
    def is_element(self) -> bool:
        """Whether it is an element: no text, comment or document."""
        return self.name[0] != "#"

    # What follows is to be asked when the tree changes no more.

    @cached_property
    def elements(self) -> list[Node]:
        """The children that are elements, in their order; those further down are not among them."""
        return [child for child in self.children if child.is_element]

    @property
    def above(self) -> str:
        """The name of its parent element; empty without one."""
        return self.parent.name if self.parent else ""

    @cached_property
    def text(self) -> str:
        """All text inside it, at any depth, without comments."""
        if self.name == TEXT:
            return self.data
        return "".join(child.text for child in self.children if child.name != COMMENT)

    @cached_property
    def is_white(self) -> bool:
        """Whether it has no text but white space."""
        return not self.text.strip(WHITESPACE)

    @cached_property
    def below(self) -> frozenset[str]:
        """The names of all elements inside it, at any depth."""
        return frozenset(child.name for child in self.elements).union(*(child.below for child in self.elements))

    def attribute(self, name: str) -> str:
        """The value of the attribute ``name``; empty where it is missing or has no value."""
        return self.attributes.get(name) or ""

    def inside(self, name: str) -> bool:
        """Whether it is an element called ``name``, or inside of one at any depth."""
        node: Node | None = self
        while node is not None and node.name != name:
            node = node.parent
        return node is not None

    def sibling(self, step: int) -> Node | None:
        """The sibling before it (``step`` is -1) or after it (1), texts included; None where there is none."""
        if self.parent is None:
            return None
        at = self.parent.places[self] + step
        return self.parent.children[at] if 0 <= at < len(self.parent.children) else None

    @cached_property
    def places(self) -> Mapping[Node, int]:
        """The index of each child among the children, from 0."""
        return {child: at for at, child in enumerate(self.children)}

    @cached_property
    def counted(self) -> Mapping[Node, int]:
        """The index of each child element among the child elements, from 0."""
        return {child: at for at, child in enumerate(self.elements)}


def parse_html(html: str) -> Node:
    """The tree of the HTML text ``html``: a node called ``#document`` with the root element inside.

    Raises ``HostError`` where it nests more than 200 deep, or the extra ``html`` is not installed.
    """
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError:
        raise HostError("$convertHtmlToMarkdown needs selectolax: pip install 'batchctl[html]'", "not-local") from None
    document = Node("#document")
    root = LexborHTMLParser(html).root
    if root is not None:
        document.children = [_copied(root, document, 0)]
    return document


def _copied(found: LexborNode, parent: Node, depth: int) -> Node:
    tick()
    if depth > _DEEPEST:
        raise HostError(f"the HTML nests more than {_DEEPEST} deep")
    name = found.tag or ""
    if name == "-text":
        return Node(TEXT, parent, found.text_content or "")
    if not name or not name[0].isalpha():
        return Node(COMMENT, parent)
    node = Node(name, parent, attributes=found.attributes)
    node.children = [_copied(child, node, depth + 1) for child in _children(found)]
    return node


def _children(found: LexborNode) -> Iterator[LexborNode]:
    child = found.first_child
    while child is not None:
        yield child
        child = child.next
