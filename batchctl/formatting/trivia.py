"""Comments and blank lines, each put to the node that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from batchctl.formatting.nodes import Node

_BELOW = lazy_regex(r"[^\S\n]*(?:(#[^\n]*))?(?:\n|$)")


class Trivia:
    """Finds the comments and blank lines of a YAML text, and attaches each to the node that it belongs to.

    The constructor does it: it fills ``lead``, ``tail`` and ``foot`` of ``root`` and all nodes below. ``root`` is the
    document's node, as ``compose`` returns it; ``start`` is the offset in ``text``, in code points, at which the
    document begins.
    """

    def __init__(self, text: str, root: Node, start: int) -> None:
        self._text = text
        self._at = start
        # Whose line it is that the text is read after.
        self._owner: Node | None = None
        self._comments = 0
        self._visit(root)
        if not root.foot:
            root.foot = self._below(0)

    @property
    def end(self) -> int:
        """The offset in the text, in code points, at which the last node, with the comments below it, ends."""
        return self._at

    def _visit(self, node: Node, above: int = -1) -> None:
        """Take a node and all in it; ``above`` is the column of the mapping that it is a value of."""
        before = self._comments
        self._between(node.start - self._spread(node), node)
        if node.kind in "sa":
            self._pass(node)
            return
        self._at = node.start
        column = self._column(node)
        if node.is_flow:
            self._at, self._owner = node.start + 1, None
        for number, item in enumerate(node.items):
            self._visit(item, column if node.kind == "m" else -1)
            if node.kind == "m" and number % 2:
                self._join(node.items[number - 1], item)
        if node.is_flow:
            node.foot = self._inside(self._at, node.end - 1)
            self._at, self._owner = node.end, node
        else:
            # A list may be at the column of its key; what is below it there may belong to either.
            node.foot = self._below(column + (column == above))
        node.commented = self._comments > before

    def _join(self, key: Node, value: Node) -> None:
        """A key and its value share a line, or the comments between them belong to the first item below."""
        if value.kind in "sa" or value.is_flow:
            self._owner = key
        elif value.items:
            value.items[0].lead = value.lead + value.items[0].lead
            value.lead = []

    def _spread(self, node: Node) -> int:
        """How far before a node its properties begin."""
        if not node.props:
            return 0
        return node.start - self._text.rindex(node.props.split()[0], self._at, node.start)

    def _pass(self, node: Node) -> None:
        end = node.end
        if node.style in ("|", ">"):
            # The blank lines after a block are not of its text, unless it keeps them.
            raw = self._text[node.start : end]
            end = node.start + len(raw if "+" in raw.split("\n", 1)[0] else raw.rstrip())
        self._at, self._owner = end, node

    def _column(self, node: Node) -> int:
        """The column of a block's first item."""
        start = node.items[0].start if node.kind == "m" and node.items else node.start
        return start - (self._text.rfind("\n", 0, start) + 1)

    def _between(self, end: int, node: Node) -> None:
        """What is before a node: after the one before it on its line, and on lines of its own."""
        node.lead = self._inside(self._at, end)

    def _inside(self, start: int, end: int) -> list[str]:
        gap = self._text[start:end]
        if "#" not in gap and "\n" not in gap:
            return []
        lines = gap.split("\n")
        found = []
        is_fresh = start == 0 or self._text[start - 1] == "\n"
        for number, line in enumerate(lines):
            sign = line.find("#")
            comment = line[sign:].rstrip() if sign >= 0 else ""
            if comment:
                self._comments += 1
            if number == 0 and self._owner is not None and not is_fresh:
                if comment:
                    self._owner.tail.append(comment)
            elif comment:
                found.append(comment)
            elif not line.strip() and (number or is_fresh) and number < len(lines) - 1:
                found.append("")
        return found

    def _below(self, column: int) -> list[str]:
        """The comments on the lines after the last item that are indented as far as the items; never a scalar."""
        found: list[str] = []
        at, blank = self._at, False
        if at > 0 and self._text[at - 1] != "\n":
            line = _BELOW.match(self._text, at)
            if line is None or (line.end() == at and at < len(self._text)):
                return found
            if line[1]:
                self._comments += 1
                if self._owner is not None:
                    self._owner.tail.append(line[1].rstrip())
            at = self._at = line.end()
        while at < len(self._text):
            line = _BELOW.match(self._text, at)
            if line is None or line.end() == at:
                break
            if line[1] is None:
                blank = True
            elif line.start(1) - at < column:
                break
            else:
                found += ["", line[1].rstrip()] if blank else [line[1].rstrip()]
                self._comments += 1
                blank, self._at = False, line.end()
            at = line.end()
        return found
