"""Plain text in a given width: lines that wrap at words, and cells that go on below where a line is full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.render.text.display_width import display_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Of a line that holds less than this beside its label, more would be indentation than text.
_MIN_BESIDE = 32


def wrapped(text: str, columns: int | None, indent: int = 2) -> str:
    """``text`` in lines of at most ``columns`` columns (None: no limit), broken between words.

    Continued lines are indented by ``indent`` blanks. A word that is too long for a line (a path, an id) gets its own
    line and is left whole, so that it can be copied. Line breaks in ``text`` stay, with their own indentation.
    """
    if columns is None:
        return text
    return "\n".join(_broken(line, columns, indent) for line in text.split("\n"))


def flowed(cells: Sequence[str], columns: int, gap: int = 2, indent: int = 2) -> Iterator[str]:
    """The texts ``cells`` side by side, ``gap`` blanks between them, in lines of at most ``columns`` columns.

    Continued lines are indented by ``indent`` blanks; empty texts are left out.
    """
    line = ""
    for cell in filter(None, cells):
        if not line:
            line = cell
        elif display_width(line) + gap + display_width(cell) <= columns:
            line += " " * gap + cell
        else:
            yield wrapped(line, columns, indent)
            line = " " * indent + cell
    if line:
        yield wrapped(line, columns, indent)


def listing(rows: Iterable[tuple[str, str]], columns: int | None) -> Iterator[str]:
    """Lines of text for pairs of a label and a text, which wraps beside its label.

    Where there is too little room for that, it is below the label. ``columns`` is the width, None for no limit.
    """
    for label, text in rows:
        room = None if columns is None else columns - display_width(label) - 2
        if room is None or room >= _MIN_BESIDE:
            lines = wrapped(text, room, 0).split("\n")
            yield f"{label}  {lines[0]}".rstrip()
            yield from (" " * (display_width(label) + 2) + line for line in lines[1:])
        else:
            yield from wrapped(label.rstrip(), columns, 2).split("\n")
            yield from wrapped(f"    {text}".rstrip(), columns, 0).split("\n") if text else ()


def _broken(line: str, columns: int, indent: int) -> str:
    if display_width(line) <= columns:
        return line
    margin = " " * (len(line) - len(line.lstrip(" ")))
    lines: list[str] = []
    here = ""
    for word in line.split():
        start = here or (margin if not lines else margin + " " * indent)
        joined = f"{here} {word}" if here else start + word
        if here and display_width(joined) > columns:
            lines.append(here)
            here = margin + " " * indent + word
        else:
            here = joined
    return "\n".join([*lines, here])
