"""``# batchctl: ignore[rule, rule] reason``: comments that hide what is known and accepted.

After something it is about that line (and the block scalar that begins there); on a line of its own about the
next key or item with all that is below it; ``file-ignore[rule]`` is about the whole file. A ``#`` inside of a scalar
is no comment. What makes the rest of a file unreadable can't be hidden.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics import Position
from batchctl.diagnostics.kinds import NOT_IGNORABLE, problem
from batchctl.diagnostics.spelling import closest
from batchctl.yaml12.problem_log import shortened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from batchctl.diagnostics import Diagnostic
    from batchctl.yaml12.source import Source
    from batchctl.yaml12.text import SourceText
    from batchctl.yaml12.tree import Tree

_COMMENT = re.compile(
    r"(?:^|(?<=[ \t]))#[ \t]*batchctl:[ \t]*(?P<word>[\w-]*)(?:\[(?P<names>[^\]\r\n]*)\])?", re.MULTILINE
)
_NAME = re.compile(r"[^,\s]+")
_KINDS = ("ignore", "file-ignore")


class _Name(NamedTuple):
    """A rule's name or code in a comment, and where."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment: which rules it hides, and from which offset to which."""

    names: tuple[_Name, ...]
    start: int
    end: int


class Suppressions:
    """All such comments of one file."""

    def __init__(self, text: SourceText, tree: Tree, starts: Sequence[int] = (0,)) -> None:
        self._text = text
        # Where each file begins, of several that are one text.
        self._starts = starts
        self._comments: list[Suppression] = []
        self._malformed: list[Diagnostic] = []
        places = _Places(text, tree)
        for match in _COMMENT.finditer(text):
            if not places.is_in_scalar(match.start()):
                self._read(match, places)
        # By rule, where it is hidden, in the order of the text.
        self._areas: dict[str, list[Suppression]] = {}
        for comment in sorted(self._comments, key=lambda comment: comment.start):
            for name in comment.names:
                self._areas.setdefault(name.text, []).append(comment)

    def hides(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment covers this problem."""
        return bool(self._areas) and self._covering(diagnostic) is not None

    def unused(
        self, hidden: Iterable[Diagnostic], known: Mapping[str, str], ran: Collection[str]
    ) -> Iterator[Diagnostic]:
        """A warning for each name that hid nothing, or that no rule has.

        ``known`` maps names and codes to names; only of the rules in ``ran`` can be said that they found nothing.
        """
        used = {covering for found in hidden if (covering := self._covering(found))}
        yield from self._malformed
        for comment in self._comments:
            for name in comment.names:
                meant = known.get(name.text)
                if meant is None:
                    match = closest(name.text, tuple(known))
                    advice = f'did you mean "{match}"?' if match else "batchctl rules lists them"
                    yield self._problem(f'no rule is called "{shortened(name.text)}"', name.start, name.end, advice)
                elif meant in NOT_IGNORABLE:
                    message = f'"{meant}" can\'t be ignored: nothing else in the file can be trusted'
                    yield self._problem(message, name.start, name.end, "fix the file")
                elif meant in ran and (comment, name.text) not in used:
                    yield self._problem(f'"{name.text}" finds nothing here', name.start, name.end, "remove it")

    def _covering(self, diagnostic: Diagnostic) -> tuple[Suppression, str] | None:
        """The innermost comment that is about this place and rule, and what it calls the rule."""
        if diagnostic.rule in NOT_IGNORABLE:
            return None
        at = self._text.offset(diagnostic.span.start)
        for name in (diagnostic.rule, diagnostic.code):
            areas = self._areas.get(name, [])
            for index in reversed(range(bisect_right(areas, at, key=lambda area: area.start))):
                if at < areas[index].end:
                    return areas[index], name
        return None

    def _read(self, match: re.Match[str], places: _Places) -> None:
        start, end = match.span()
        if match["word"] not in _KINDS:
            meant = closest(match["word"], _KINDS) or "ignore"
            self._malformed.append(
                self._problem("this comment does nothing", start, end, f"write # batchctl: {meant}[rule] reason")
            )
            return
        first = match.start("names")
        names = tuple(
            _Name(found[0], first + found.start(), first + found.end())
            for found in _NAME.finditer(match["names"] or "")
        )
        if not names:
            advice = f"write {match['word']}[rule], for example {match['word']}[missing-id]"
            self._malformed.append(self._problem("this comment names no rule", start, end, advice))
            return
        area = self._file_around(start) if match["word"] == "file-ignore" else places.area(start)
        self._comments.append(Suppression(names, *area))

    def _file_around(self, offset: int) -> tuple[int, int]:
        number = bisect_right(self._starts, offset)
        end = self._starts[number] if number < len(self._starts) else len(self._text) + 1
        return self._starts[number - 1], end

    def _problem(self, message: str, start: int, end: int, advice: str) -> Diagnostic:
        return problem("unused-ignore", message, self._text.span(start, end), help=advice)


def suppressions_in(source: Source) -> Suppressions | None:
    """The comments of a file that hide problems; None where there can be none."""
    if source.tree is None or "batchctl:" not in source.text:
        return None
    starts = [source.text.offset(Position(part.lines + 1, 1)) for part in source.parts]
    return Suppressions(source.text, source.tree, starts)


class _Places:
    """Where the scalars of a text are, and where each of its nodes begins."""

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
                yield self._line_end(spot.start), spot.end
            elif spot.style not in ("{", "["):
                yield spot.start, spot.end

    def is_in_scalar(self, offset: int) -> bool:
        """Whether this character belongs to a key or to a value."""
        index = bisect_right(self._scalars, (offset, len(self._text))) - 1
        return index >= 0 and offset < self._scalars[index][1]

    def area(self, offset: int) -> tuple[int, int]:
        """What a comment that begins at ``offset`` is about."""
        start = self._text.line_start(offset)
        if self._text[start:offset].strip():
            return start, self._with_block(start, self._line_end(offset) + 1)
        index = bisect_left(self._starts, (offset, 0))
        if index == len(self._starts):
            return offset, offset
        spot = self._tree.spot(self._starts[index][1])
        return spot.key_start, max(spot.end, spot.start) + 1

    def _with_block(self, start: int, end: int) -> int:
        """The end of the block scalar that begins between ``start`` and ``end``, else ``end``."""
        first = bisect_left(self._starts, (start, 0))
        last = bisect_left(self._starts, (end, 0))
        spots = (self._tree.spot(number) for _, number in self._starts[first:last])
        return max((spot.end for spot in spots if spot.style in ("|", ">")), default=end)

    def _line_end(self, offset: int) -> int:
        return self._text.line_start(offset) + len(self._text.line_at(offset))
