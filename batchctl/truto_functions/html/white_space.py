"""White space that HTML does not show: runs are one blank, and none stands at the edges of blocks."""

from __future__ import annotations

from typing import Final

from batchctl.patterns import lazy_regex
from batchctl.truto_functions.html.names import BLOCKS, VOID
from batchctl.truto_functions.html.tree import TEXT, Node

_RUN: Final = lazy_regex(r"[ \r\n\t]+")


def collapse(root: Node) -> None:
    """Remove from the tree ``root`` the white space that a browser does not show, and the comments.

    Text inside ``pre`` is left unchanged.
    """
    if root.children:
        _Collapse().children_of(root)


class _Collapse:
    """One walk through a tree: ``last`` is the text that a blank may have to be taken from."""

    def __init__(self) -> None:
        self.last: Node | None = None
        self.keeps_blank = False

    def children_of(self, root: Node) -> None:
        self._walk(root)
        if self.last is not None:
            self._shorten(self.last)
            if not self.last.data and self.last.parent is not None:
                self.last.parent.children.remove(self.last)

    def _walk(self, element: Node) -> None:
        kept: list[Node] = []
        for child in element.children:
            if child.is_element:
                kept.append(child)
                self._edge(child)
                if child.name != "pre" and child.children:
                    self._walk(child)
                    self._edge(child)
            elif child.name == TEXT and self._has_text(child):
                kept.append(child)
        element.children = kept

    def _has_text(self, node: Node) -> bool:
        """Whether something is left of a text without the white space that is not shown."""
        text = _RUN.sub(" ", node.data)
        if (self.last is None or self.last.data.endswith(" ")) and not self.keeps_blank:
            text = text.removeprefix(" ")
        if text:
            node.data = text
            self.last = node
        return bool(text)

    def _edge(self, element: Node) -> None:
        if element.name in BLOCKS or element.name == "br":
            if self.last is not None:
                self._shorten(self.last)
            self.last = None
            self.keeps_blank = False
        elif element.name in VOID:
            self.last = None
            self.keeps_blank = True
        elif self.last is not None:
            self.keeps_blank = False

    @staticmethod
    def _shorten(text: Node) -> None:
        text.data = text.data.removesuffix(" ")
