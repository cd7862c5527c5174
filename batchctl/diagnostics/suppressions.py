"""``# batchctl: ignore[rule, rule] reason``: comments that hide what is known and accepted.

After something it is about that line (and the block scalar that begins there); on a line of its own about the
next key or item with all that is below it; ``file-ignore[rule]`` is about the whole file. A ``#`` inside of a scalar
is no comment. What makes the rest of a file unreadable can't be hidden.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple, Protocol

from batchctl.diagnostics.kinds import NOT_IGNORABLE, problem
from batchctl.diagnostics.spelling import closest
from batchctl.patterns import lazy_regex
from batchctl.plain import clean
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from batchctl.diagnostics import Diagnostic, Position, Span

_COMMENT = lazy_regex(
    r"(?:^|(?<=[ \t]))#[ \t]*batchctl:[ \t]*(?P<word>[\w-]*)(?:\[(?P<names>[^\]\r\n]*)\])?", re.MULTILINE
)
_NAME = lazy_regex(r"[^,\s]+")
_KINDS = ("ignore", "file-ignore")
_MAX_NAME = 60


class Places(Protocol):
    """What converts between offsets in the text of a file (code points from 0) and positions (line and column).

    ``SourceText`` is one; ``Suppressions`` takes it.
    """

    def span(self, start: int, end: int) -> Span:
        """The span from offset ``start`` up to, not including, ``end``."""

    def offset(self, position: Position) -> int:
        """The offset of ``position`` in the text."""


class Areas(Protocol):
    """What knows which parts of a file a comment can refer to; the file's format (YAML) defines them.

    ``CommentAreas`` of ``yaml12`` is one; ``Suppressions`` takes it.
    """

    def is_in_scalar(self, offset: int) -> bool:
        """Whether the character at ``offset`` (in code points) is part of a value, and so begins no comment."""

    def area(self, offset: int) -> tuple[int, int]:
        """The start and end (exclusive) of what a comment that begins at ``offset`` refers to, all in code points."""


class _Name(NamedTuple):
    """A rule's name or code in a comment, and where."""

    text: str
    start: int
    end: int


class Suppression(Struct, frozen=True):
    """One comment that hides problems: the rules that it names, and the part of the text that it is about.

    ``names`` has for each rule its name or code (``text``), and where that is written. All ``start`` and ``end``
    (exclusive) are offsets in code points.
    """

    names: tuple[_Name, ...]
    start: int
    end: int


class Suppressions:
    """All comments in a text that hide problems (``# batchctl: ignore[rule]``).

    ``text`` may be several files, which begin at the offsets ``starts``. ``places`` converts offsets, ``areas`` knows
    what a comment refers to.
    """

    def __init__(self, text: str, places: Places, areas: Areas, starts: Sequence[int] = (0,)) -> None:
        self._length = len(text)
        self._places = places
        # Where each file begins, of several that are one text.
        self._starts = starts
        self._comments: list[Suppression] = []
        self._malformed: list[Diagnostic] = []
        for match in _COMMENT.finditer(text):
            if not areas.is_in_scalar(match.start()):
                self._read(match, areas)
        # By rule, where it is hidden, in the order of the text.
        self._areas: dict[str, list[Suppression]] = {}
        for comment in sorted(self._comments, key=lambda comment: comment.start):
            for name in comment.names:
                self._areas.setdefault(name.text, []).append(comment)

    def hides(self, diagnostic: Diagnostic) -> bool:
        """Whether a comment names the rule of ``diagnostic`` and is about its place."""
        return bool(self._areas) and self._covering(diagnostic) is not None

    def unused(
        self, hidden: Iterable[Diagnostic], known: Mapping[str, str], ran: Collection[str]
    ) -> Iterator[Diagnostic]:
        """A warning for each rule in a comment that hid nothing there or does not exist, and for malformed comments.

        ``hidden`` are the problems that comments hid; ``known`` maps names and codes of rules to names. ``ran`` are the
        names of the rules that were checked: one that was not may hide something, so there is no warning for it.
        """
        used = {covering for found in hidden if (covering := self._covering(found))}
        yield from self._malformed
        for comment in self._comments:
            for name in comment.names:
                meant = known.get(name.text)
                if meant is None:
                    match = closest(name.text, tuple(known))
                    advice = f'did you mean "{match}"?' if match else "batchctl rules lists them"
                    yield self._problem(
                        f'no rule is called "{clean(name.text, _MAX_NAME)}"', name.start, name.end, advice
                    )
                elif meant in NOT_IGNORABLE:
                    message = f'"{meant}" can\'t be ignored: nothing else in the file can be trusted'
                    yield self._problem(message, name.start, name.end, "fix the file")
                elif meant in ran and (comment, name.text) not in used:
                    yield self._problem(f'"{name.text}" finds nothing here', name.start, name.end, "remove it")

    def _covering(self, diagnostic: Diagnostic) -> tuple[Suppression, str] | None:
        """The innermost comment that is about this place and rule, and what it calls the rule."""
        if diagnostic.rule in NOT_IGNORABLE:
            return None
        at = self._places.offset(diagnostic.span.start)
        for name in (diagnostic.rule, diagnostic.code):
            areas = self._areas.get(name, [])
            for index in reversed(range(bisect_right(areas, at, key=lambda area: area.start))):
                if at < areas[index].end:
                    return areas[index], name
        return None

    def _read(self, match: re.Match[str], areas: Areas) -> None:
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
        area = self._file_around(start) if match["word"] == "file-ignore" else areas.area(start)
        self._comments.append(Suppression(names, *area))

    def _file_around(self, offset: int) -> tuple[int, int]:
        number = bisect_right(self._starts, offset)
        end = self._starts[number] if number < len(self._starts) else self._length + 1
        return self._starts[number - 1], end

    def _problem(self, message: str, start: int, end: int, advice: str) -> Diagnostic:
        return problem("unused-ignore", message, self._places.span(start, end), help=advice)
