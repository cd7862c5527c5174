"""A text and its lines: from offsets to lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from batchctl.diagnostics import Position, Span
from batchctl.yaml12.encoding import LINE_BREAK


class SourceText(str):
    """A string that also knows its lines, and converts offsets (code points from 0) to lines and columns (from 1).

    Lines end where YAML 1.1 ends them: at LF, CR, both together, U+0085, U+2028 and U+2029.
    """

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their breaks."""
        return LINE_BREAK.split(self)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_BREAK.finditer(self))]

    def position(self, offset: int) -> Position:
        """The line and column of the code point at ``offset``; for the text's length, the place just after its end."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The offset of the code point at ``position``. A line past the end counts as the last one."""
        return self._starts[min(position.line, len(self._starts)) - 1] + position.column - 1

    def span(self, start: int, end: int) -> Span:
        """The span from offset ``start`` to ``end`` (exclusive), in code points; an empty one is one column wide."""
        begin = self.position(start)
        return Span(begin, self.position(end) if end > start else Position(begin.line, begin.column + 1))

    def line_start(self, offset: int) -> int:
        """The offset at which the line around ``offset`` begins."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """The offset at which the line around ``offset`` ends, before its line break."""
        return self.line_start(offset) + len(self.line_at(offset))

    def line_at(self, offset: int) -> str:
        """The line around ``offset``, without its line break."""
        return self.lines[bisect_right(self._starts, offset) - 1]
