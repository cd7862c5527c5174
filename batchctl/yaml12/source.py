"""Where things stand in the file: from a path in the data to lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics import START, Span
from batchctl.json_types import write_json
from batchctl.structs import replace
from batchctl.yaml12.scalar_text import unfold
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import DataPath, JsonValue
    from batchctl.yaml12.scalar_text import Unfolded
    from batchctl.yaml12.tree import NodeSpan, Tree


class Piece(NamedTuple):
    """A part of a string of the data that a variable (``${NAME}``) was replaced by.

    ``start`` to ``end`` are its offsets in the string with the value, ``written_start`` to ``written_end`` those of the
    variable in the string without it; ends are exclusive.
    """

    start: int
    end: int
    written_start: int
    written_end: int


class Part(NamedTuple):
    """One of the files of which a definition with ``include`` consists, and where its own part of the whole begins.

    ``source`` is that file alone; ``lines`` and ``resources`` are how many lines and resources come before its own in
    the whole.
    """

    source: Source
    lines: int = 0
    resources: int = 0


class Source:
    """The text of a definition, its data, and where in the text each key and value is.

    ``file`` is the file's name for people. A path leads from the top of the data, by keys and indexes (``("resources",
    0, "id")``). For one that does not exist, places are those of the longest part of it that does. Data that was never
    text (a request to the server) is given as ``data``, with None as ``text`` and ``tree``: every place is line 1,
    column 1. With a ``tree`` the data is the tree's. A definition that includes other files is one text of several
    ``parts``, the file that was named first; ``localised`` converts places in the whole to places in one file.
    """

    def __init__(
        self,
        file: str,
        text: SourceText | None = None,
        tree: Tree | None = None,
        data: JsonValue = None,
        parts: Sequence[Part] = (),
    ) -> None:
        self.file = file
        self._parts = parts
        self.text = text if text is not None else SourceText()
        self._tree = tree
        self._data = tree.root if tree is not None else data
        self._pieces: dict[DataPath, tuple[Piece, ...]] = {}
        # The scalar that was asked for last: a long one may hold thousands of places to ask for.
        self._last: tuple[NodeSpan, Unfolded | None] | None = None

    @property
    def tree(self) -> Tree | None:
        """The data of the text with the place of each value; None for data that was never text."""
        return self._tree

    @property
    def parts(self) -> Sequence[Part]:
        """The files of which the definition consists, the one that was named first; at least itself."""
        return self._parts or (Part(self),)

    @property
    def resources(self) -> int:
        """How many items the list ``resources`` has in the text; 0 where there is no list."""
        written = self._data.get("resources") if isinstance(self._data, dict) and self._tree is not None else None
        return len(written) if isinstance(written, list) else 0

    @property
    def own(self) -> Source:
        """The source of the file that was named, without the files that it includes."""
        return self.parts[0].source

    def part_at(self, span: Span) -> Part:
        """The file that a span in the text of the whole definition is in, by the line where the span begins."""
        return next(part for part in reversed(self.parts) if part.lines < span.start.line or part.lines == 0)

    def localised(self, found: Diagnostic) -> Diagnostic:
        """A diagnostic about the whole text as one about its file.

        Its lines, and the resource's index in its path, are counted in that file; its ``file`` is None in the first
        file.
        """
        if not self._parts:
            return found
        part = self.part_at(found.span)
        related = tuple(
            replace(each, file=other.source.file, span=each.span.moved(part.lines - other.lines))
            if (other := self.part_at(each.span)) is not part
            else each
            for each in found.related
        )
        path = found.path
        if path[:1] == ("resources",) and len(path) > 1 and isinstance(path[1], int):
            path = ("resources", path[1] - part.resources, *path[2:])
        file = None if part is self._parts[0] else part.source.file
        return replace(found, file=file, path=path, related=related).moved(-part.lines)

    def standalone(self) -> str:
        """A text with the same definition and no ``include``: the text itself, or JSON where files are included."""
        return str(self.text) if not self._parts else write_json(self._data, indent=2)

    @property
    def lines(self) -> list[str]:
        """The lines of the text without their breaks; one empty line for data that was never text.

        Lines end where YAML 1.1 ends them: at LF, CR, both together, U+0085, U+2028 and U+2029.
        """
        return self.text.lines

    @property
    def data(self) -> JsonValue:
        """The whole data as it was read, before variables are filled in."""
        return self._data

    def has(self, path: DataPath) -> bool:
        """Whether the data has a value at ``path``."""
        value = self._data
        for step in path:
            if (isinstance(value, dict) and isinstance(step, str) and step in value) or (
                isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
            ):
                value = value[step]  # type: ignore[index]  # the test above has looked
            else:
                return False
        return True

    def key_span(self, path: DataPath) -> Span:
        """The span of the key that ``path`` ends with; for an item of a list, of where the item begins."""
        if self._tree is None:
            return START
        spot, _, depth = self._tree.find(path)
        if depth < len(path) or (spot.key_start, spot.key_end) == (spot.start, spot.end):
            return self._beginning(self._tree, path[:depth])
        return self.text.span(spot.key_start, spot.key_end)

    def span(self, path: DataPath) -> Span:
        """The span of the value at ``path``; for a mapping or list, the place where it begins."""
        return START if self._tree is None else self._beginning(self._tree, path)

    def within(self, path: DataPath, offset: int, end: int) -> Span:
        """The span of a part of the string at ``path``: code points ``offset`` to ``end`` (exclusive) of its value.

        Where the exact place is not known (the value comes from an alias), it is the span of the whole string.
        """
        found = self.exactly(path, offset, end)
        return found if found is not None else self.span(path)

    def exactly(self, path: DataPath, offset: int, end: int) -> Span | None:
        """The span of a part of the string at ``path``; None where the exact place is not known.

        The part is from code point ``offset`` to ``end`` (exclusive) of its value. Where a span that is near would do,
        too, there is ``within``; a fix needs the exact one.
        """
        if self._tree is None:
            return None
        spot, value, depth = self._tree.find(path)
        if depth < len(path) or not isinstance(value, str):
            return None
        if self._last is None or self._last[0] != spot:
            self._last = (spot, unfold(self.text, spot.start, spot.end, spot.style, value))
        unfolded = self._last[1]
        if unfolded is None:
            return None
        pieces = self._pieces.get(path, ())
        start, stop = _written(offset, pieces, at_end=False), _written(end, pieces, at_end=True)
        if not 0 <= start < len(unfolded.starts):
            last = unfolded.ends[-1] if unfolded.ends else spot.start
            return self.text.span(last, last)
        stop = min(stop, len(unfolded.ends))
        return self.text.span(
            unfolded.starts[start], unfolded.ends[stop - 1] if stop > start else unfolded.starts[start]
        )

    def style(self, path: DataPath) -> str:
        """How the value at ``path`` is written: a quote, ``|``, ``>``, ``{``, ``[``; ``*`` (alias); empty if plain."""
        return self._tree.find(path)[0].style if self._tree is not None else '"'

    def written(self, path: DataPath) -> str:
        """The text of the value at ``path`` as it is written, quotes included; empty for data that was never text."""
        if self._tree is None:
            return ""
        spot = self._tree.find(path)[0]
        return self.text[spot.start : spot.end]

    def rest_of_line(self, path: DataPath) -> tuple[str, Span]:
        """The text after the value at ``path`` on its last line, and its span; empty for data that was never text."""
        if self._tree is None:
            return "", START
        end = self._tree.find(path)[0].end
        stop = self.text.line_end(end)
        return self.text[end:stop], self.text.span(end, stop)

    def remember(self, path: DataPath, pieces: tuple[Piece, ...]) -> None:
        """Note which ``pieces`` of the string at ``path`` came from variables, so that places in it are still found."""
        self._pieces[path] = pieces

    def is_filled(self, path: DataPath) -> bool:
        """Whether a part of the string at ``path`` came from a variable."""
        return path in self._pieces

    def _beginning(self, tree: Tree, path: DataPath) -> Span:
        spot, value, _ = tree.find(path)
        if isinstance(value, dict) and value and spot.style == "{":
            first = min((tree.spot(tree.place(value, key)) for key in value), key=lambda found: found.key_start)
            if first.key_start == spot.start:
                return self.text.span(first.key_start, first.key_end)
        if isinstance(value, dict | list):
            return self.text.span(spot.start, spot.start + 1)
        return self._scalar(spot)

    def _scalar(self, spot: NodeSpan) -> Span:
        """The scalar; of a block scalar only the sign, since the text below can be long."""
        end = spot.start + 1 if spot.style in ("|", ">") else spot.end
        return self.text.span(spot.start, end)


def _written(offset: int, pieces: tuple[Piece, ...], *, at_end: bool) -> int:
    """The offset in the string as written; inside of a filled-in part, its start or end."""
    index = bisect_right(pieces, offset if not at_end else offset - 1, key=lambda piece: piece.start) - 1
    if index < 0:
        return offset
    piece = pieces[index]
    if offset < piece.end or (at_end and offset <= piece.end):
        return piece.written_end if at_end else piece.written_start
    return offset - piece.end + piece.written_end
