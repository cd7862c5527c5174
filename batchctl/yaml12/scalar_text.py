"""From a character of a scalar's value back to its place in the source.

The source is decoded once more, this time remembering where each character came from; the result only counts when
it equals the value that the parser read, so a mistake here can make a place vague but never wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.yaml12.encoding import LINE_BREAK

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_PROPERTY = lazy_regex(r"[&!][^\s]*|[ \t\r\n]+|#[^\r\n]*")
_BLANK = lazy_regex(r"[ \t]*")
_NAMED_ESCAPES = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_NUMBERED_ESCAPES = {"x": 2, "u": 4, "U": 8}


class Unfolded:
    """The characters of a scalar's value, and for each of them where in the source it was written.

    ``starts`` and ``ends`` (exclusive) have an offset for each of ``characters``; an escape takes several characters of
    the source.
    """

    __slots__ = ("characters", "ends", "starts")

    def __init__(self) -> None:
        self.characters: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []

    def add(self, character: str, start: int, end: int) -> None:
        """Add a character of the value, which is at ``start`` to ``end`` in the source."""
        self.characters.append(character)
        self.starts.append(start)
        self.ends.append(end)

    def add_slice(self, source: str, start: int, end: int) -> None:
        """Add the characters of ``source`` from ``start`` to ``end`` (exclusive), which are the same in the value."""
        self.characters.extend(source[start:end])
        self.starts.extend(range(start, end))
        self.ends.extend(range(start + 1, end + 1))

    @property
    def text(self) -> str:
        """The scalar's value, without escapes and folded lines."""
        return "".join(self.characters)


def unfold(source: str, start: int, end: int, style: str, value: str) -> Unfolded | None:
    """Where each character of a scalar's ``value`` is written in ``source``; None where that can't be told for certain.

    ``start`` and ``end`` (exclusive) are the scalar's offsets in ``source``, quotes included; ``style`` is its quote,
    ``|`` or ``>``, empty for a plain one.
    """
    start = _after_properties(source, start, end)
    try:
        match style:
            case "|" | ">":
                attempts = _block(source, start, end, folded=style == ">")
            case '"':
                attempts = iter([_flow(source, start + 1, end - 1, "\\")])
            case "'":
                attempts = iter([_flow(source, start + 1, end - 1, "''")])
            case "":
                attempts = iter([_flow(source, start, end, "")])
            case _:
                return None
        return next((unfolded for unfolded in attempts if unfolded.text == value), None)
    except (ValueError, OverflowError):
        # An escape that is none: the parser was given something else to read (see masks).
        return None


def _after_properties(source: str, start: int, end: int) -> int:
    """Where the scalar begins: an anchor and a tag may stand before it."""
    if source[start : start + 1] not in ("&", "!"):
        return start
    while (match := _PROPERTY.match(source, start, end)) is not None:
        start = match.end()
    return start


def _flow(source: str, start: int, end: int, escape: str) -> Unfolded:
    """A plain or quoted scalar (YAML 1.2, 7.3), in which ``escape`` begins what is read otherwise."""
    out = Unfolded()
    at = start
    while at < end:
        fold = _fold(source, at, end)
        if fold is not None:
            at = _add_fold(out, source, at, fold, end)
        elif escape and source.startswith(escape, at):
            at = _add_escape(out, source, at, end)
        else:
            out.add_slice(source, at, at + 1)
            at += 1
    return out


def _fold(source: str, at: int, end: int) -> re.Match[str] | None:
    """The line break that comes next, after nothing but blanks."""
    if source[at] not in " \t\r\n\x85\u2028\u2029":
        return None
    blank = _BLANK.match(source, at, end)
    return LINE_BREAK.match(source, blank.end(), end) if blank else None


def _add_fold(out: Unfolded, source: str, at: int, fold: re.Match[str], end: int) -> int:
    """One break is a space, each further one a line feed; blanks around them are nothing."""
    extra, at = _blank_lines(source, fold.end(), end)
    for further in extra:
        out.add("\n", further.start(), further.end())
    if not extra:
        out.add(" ", fold.start(), fold.end())
    return at


def _blank_lines(source: str, at: int, end: int) -> tuple[list[re.Match[str]], int]:
    """The breaks of the empty lines that follow, and where the next text begins."""
    breaks: list[re.Match[str]] = []
    while True:
        blank = _BLANK.match(source, at, end)
        at = blank.end() if blank else at
        found = LINE_BREAK.match(source, at, end)
        if found is None:
            return breaks, at
        breaks.append(found)
        at = found.end()


def _add_escape(out: Unfolded, source: str, at: int, end: int) -> int:
    if source[at] == "'":
        out.add("'", at, at + 2)
        return at + 2
    letter = source[at + 1]
    if (broken := LINE_BREAK.match(source, at + 1, end)) is not None:
        extra, following = _blank_lines(source, broken.end(), end)
        for further in extra:
            out.add("\n", further.start(), further.end())
        return following
    if letter in _NAMED_ESCAPES:
        out.add(_NAMED_ESCAPES[letter], at, at + 2)
        return at + 2
    stop = at + 2 + _NUMBERED_ESCAPES.get(letter, 0)
    code = int(source[at + 2 : stop], 16)
    if 0xD800 <= code < 0xDC00 and source.startswith("\\u", stop):
        code = 0x10000 + ((code - 0xD800) << 10) + int(source[stop + 2 : stop + 6], 16) - 0xDC00
        stop += 6
    out.add(chr(code), at, stop)
    return stop


def _block(source: str, start: int, end: int, *, folded: bool) -> Iterator[Unfolded]:
    """A literal or folded scalar (YAML 1.2, 8.1), with each indentation that it could have."""
    header = LINE_BREAK.search(source, start)
    if header is None:
        return
    signs = source[start + 1 : header.start()].split("#", maxsplit=1)[0]
    keep, strip = "+" in signs, "-" in signs
    rows = list(_rows(source, header.end(), end))
    first = next((row for row in rows if source[row[0] : row[1]].strip(" ")), None)
    deepest = _leading(source, *first[:2]) if first else max((row[1] - row[0] for row in rows), default=0)
    # Without a number in the header the first line tells; with one, lines may start with spaces of their own.
    explicit = any(sign.isdigit() for sign in signs)
    for indent in range(deepest, -1, -1) if explicit else (deepest,):
        content = _content(source, rows, indent)
        yield _folded(source, content, keep, strip) if folded else _literal(source, content, keep, strip)


# From, to, and after the break of a line, without its indentation.
_Row = tuple[int, int, int]


def _rows(source: str, start: int, end: int) -> Iterator[_Row]:
    # The end mark stands on the next token's line, after its indentation.
    while start < end:
        found = LINE_BREAK.search(source, start)
        if found is None:
            yield start, len(source), len(source)
            return
        yield start, found.start(), found.end()
        start = found.end()


def _leading(source: str, start: int, end: int) -> int:
    line = source[start:end]
    return len(line) - len(line.lstrip(" "))


def _content(source: str, rows: list[_Row], indent: int) -> list[_Row]:
    content: list[_Row] = []
    for start, end, after in rows:
        leading = _leading(source, start, end)
        if leading < indent and leading < end - start:
            break
        content.append((min(start + indent, end), end, after))
    return content


def _last_text(content: list[_Row]) -> int:
    return max((number for number, (start, end, _) in enumerate(content) if end > start), default=-1)


def _literal(source: str, content: list[_Row], keep: bool, strip: bool) -> Unfolded:
    out = Unfolded()
    last = _last_text(content)
    for number, (start, end, after) in enumerate(content):
        if number <= last:
            out.add_slice(source, start, end)
        if after > end and (number < last or keep or (number == last and not strip)):
            out.add("\n", end, after)
    return out


def _folded(source: str, content: list[_Row], keep: bool, strip: bool) -> Unfolded:
    out = Unfolded()
    last = _last_text(content)
    previous: _Row | None = None
    empty: list[_Row] = []
    for number, (start, end, after) in enumerate(content):
        if number > last:
            if keep and after > end:
                out.add("\n", end, after)
            continue
        if end == start:
            empty.append((start, end, after))
            continue
        indented = source[start] in " \t"
        if previous is not None:
            if indented or source[previous[0]] in " \t":
                empty.insert(0, previous)
            elif not empty:
                out.add(" ", previous[1], previous[2])
        for _, row_end, row_behind in empty:
            out.add("\n", row_end, row_behind)
        out.add_slice(source, start, end)
        previous, empty = (start, end, after), []
        if number == last and after > end and not strip:
            out.add("\n", end, after)
    return out
