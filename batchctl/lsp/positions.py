"""Positions of editors (0-based, counted in UTF-8 or UTF-16 units) to ours (1-based, counted in code points), and back.

https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from batchctl.diagnostics import Position

if TYPE_CHECKING:
    from collections.abc import Sequence

Encoding = Literal["utf-8", "utf-16", "utf-32"]


def to_editor(lines: Sequence[str], position: Position, encoding: Encoding) -> tuple[int, int]:
    """The editor's line and character (0-based, in units of ``encoding``) for ``position``."""
    line = position.line - 1
    text = lines[line] if line < len(lines) else ""
    return line, _units(text[: position.column - 1], encoding)


def from_editor(lines: Sequence[str], line: int, character: int, encoding: Encoding) -> Position:
    """The position of an editor's line and character (0-based, in units of ``encoding``).

    A character past the end of its line is the end of the line.
    """
    text = lines[line] if line < len(lines) else ""
    if encoding == "utf-32" or text.isascii():
        return Position(line + 1, min(character, len(text)) + 1)
    column, used = 0, 0
    for column, letter in enumerate(text):
        if used >= character:
            return Position(line + 1, column + 1)
        used += _units(letter, encoding)
    return Position(line + 1, len(text) + 1)


def _units(text: str, encoding: Encoding) -> int:
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return sum(2 if letter > "\uffff" else 1 for letter in text)
