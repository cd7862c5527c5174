"""What a comment in a file is about: a line, or the node below it. Knows YAML, not what comments say."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.yaml12.text import SourceText
    from batchctl.yaml12.tree import Tree


class CommentAreas:
    """Finds what a comment in a YAML text refers to: the line that it ends, or the key or item below it.

    ``tree`` has the places of all keys and values of ``text``. Offsets are in code points of ``text``, from 0.
    """

    def __init__(self, text: SourceText, tree: Tree) -> None:
        self._text = text
        self._tree = tree
        self._scalars = sorted(self._contents())
        self._starts = sorted((start, number) for number, start in enumerate(tree.key_starts()))

    def _contents(self) -> Iterator[tuple[int, int]]:
        for spot in self._tree.spots():
            if spot.key_start < spot.start:
                yield spot.key_start, spot.key_end
            if spot.style in ("|", ">"):
                # A comment may follow the sign.
                yield self._text.line_end(spot.start), spot.end
            elif spot.style not in ("{", "["):
                yield spot.start, spot.end

    def is_in_scalar(self, offset: int) -> bool:
        """Whether the character at ``offset`` belongs to a key or to a value."""
        index = bisect_right(self._scalars, (offset, len(self._text))) - 1
        return index >= 0 and offset < self._scalars[index][1]

    def area(self, offset: int) -> tuple[int, int]:
        """The start and end offset (exclusive) of the text that a comment which begins at ``offset`` refers to.

        After a value it is that line, with the block scalar that begins there; on a line of its own it is the next key
        or item with all that is below it. The range is empty where none follows.
        """
        start = self._text.line_start(offset)
        if self._text[start:offset].strip():
            return start, self._with_block(start, self._text.line_end(offset) + 1)
        index = bisect_left(self._starts, (offset, 0))
        if index == len(self._starts):
            return offset, offset
        spot = self._tree.spot(self._starts[self._without_root(index)][1])
        return spot.key_start, max(spot.end, spot.start) + 1

    def _without_root(self, index: int) -> int:
        """The first key in the place of the mapping that is the whole file, which is neither a key nor an item.

        Both begin at one place, as an item and its first key do; but an item has its sign before it.
        """
        start = self._starts[index][0]
        same = index + 1 < len(self._starts) and self._starts[index + 1][0] == start
        return index + 1 if same and not self._text[self._text.line_start(start) : start].strip() else index

    def _with_block(self, start: int, end: int) -> int:
        """The end of the block scalar that begins between ``start`` and ``end``, else ``end``."""
        first = bisect_left(self._starts, (start, 0))
        last = bisect_left(self._starts, (end, 0))
        spots = (self._tree.spot(number) for _, number in self._starts[first:last])
        return max((spot.end for spot in spots if spot.style in ("|", ">")), default=end)
