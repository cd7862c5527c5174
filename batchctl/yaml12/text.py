"""A text and its lines: from offsets to lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from batchctl.diagnostics import Position, Span
from batchctl.yaml12.encoding import LINE_BREAK


class SourceText(str):
    """A string that knows where its lines begin; they are looked for when the first position is asked for."""

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their breaks."""
        return LINE_BREAK.split(self)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in LINE_BREAK.finditer(self))]

    def position(self, offset: int) -> Position:
        """Line and column of a code point."""
        line = bisect_right(self._starts, offset)
        return Position(line, offset - self._starts[line - 1] + 1)

    def offset(self, position: Position) -> int:
        """The code point at a line and column."""
        return self._starts[min(position.line, len(self._starts)) - 1] + position.column - 1

    def span(self, start: int, end: int) -> Span:
        """The span of a slice; an empty one is shown one column wide."""
        begin = self.position(start)
        return Span(begin, self.position(end) if end > start else Position(begin.line, begin.column + 1))

    def line_start(self, offset: int) -> int:
        """Where the line around an offset begins."""
        return self._starts[bisect_right(self._starts, offset) - 1]

    def line_at(self, offset: int) -> str:
        """The line around an offset."""
        return self.lines[bisect_right(self._starts, offset) - 1]
