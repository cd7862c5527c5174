"""Diagnostics as text with source lines and carets.

Written by hand rather than with rich: importing it takes longer than checking a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics import Severity
from batchctl.plain import clean
from batchctl.render.diagnostics.reporting import MORE, problems_closing_line, selection
from batchctl.render.text.display_width import display_width
from batchctl.render.text.wrapping import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.diagnostics import Diagnostic, Span
    from batchctl.redaction import Redact, Redactor
    from batchctl.render.diagnostics.reporting import FileReport

# The longest line of source, where the terminal does not ask for less; and the shortest.
_MAX_COLUMNS, _MIN_COLUMNS = 120, 24
_LONG = 2_000
# What stays visible before a span in a line that had to be cut.
_LEAD = 20
# Of text that goes on below something long.
_NARROW_INDENT = 6
_RESET = "\x1b[0m"
_BOLD, _BLUE, _CYAN = "\x1b[1m", "\x1b[1;34m", "\x1b[36m"
_COLORS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.INFO: "\x1b[1;36m"}


def text_report(
    reports: Sequence[FileReport], *, color: bool, max_problems: int, redactor: Redactor, columns: int | None = None
) -> str:
    """Each problem with its lines of the file, what is wrong in them underlined, and a closing line.

    Text wraps at words within ``columns`` (None: no limit), and lines of the file are cut to that width. Of more than
    ``max_problems`` the worst are shown, 0 shows all. ``redactor`` masks secrets in all of it; ``color`` allows
    colours.
    """
    shown, hidden = selection(reports, max_problems)
    paint = _Paint(color, columns)
    blocks = ["\n".join(_block(report, diagnostic, paint, redactor)) + "\n" for report, diagnostic in shown]
    if hidden:
        blocks.append(wrapped(MORE.format(hidden), columns))
    return "\n".join((*blocks, wrapped(problems_closing_line(reports), columns) + "\n"))


class _Paint(NamedTuple):
    """Colour, if it is wanted, and the width."""

    color: bool
    columns: int | None

    def __call__(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self.color and text else text

    def after(self, ahead: str, text: str, style: str = "") -> str:
        """``text`` as it goes on after ``ahead``: below its own beginning where the line is full, each line styled."""
        if self.columns is not None:
            indent = display_width(ahead) + len(text) - len(text.lstrip(": "))
            if self.columns - indent < _MIN_COLUMNS:
                indent = _NARROW_INDENT
            # What stands ahead is measured as one word.
            word = "x" * display_width(ahead)
            text = wrapped(word + text, self.columns, indent)[len(word) :]
        return "\n".join(self(line, style) if style else line for line in text.split("\n"))


class _Label(NamedTuple):
    """A span to underline, and what to say about it."""

    span: Span
    text: str
    sign: str
    style: str


def _block(report: FileReport, diagnostic: Diagnostic, paint: _Paint, redactor: Redactor) -> Iterator[str]:
    style, redact = _COLORS[diagnostic.severity], redactor.text
    line, column = diagnostic.span.start
    labels = [_Label(diagnostic.span, "", "^", style)] if diagnostic.origin is None else []
    labels += [_Label(each.span, each.text, "-", _BLUE) for each in diagnostic.related if each.file is None]
    lines = report.source.lines if report.source is not None else []
    # An empty file has a line, but there is nothing to see on it.
    labels = [label for label in labels if label.span.start.line <= len(lines) and lines[label.span.start.line - 1]]
    gutter = len(str(max((label.span.start.line for label in labels), default=1))) + 1
    head = f"{diagnostic.severity}[{diagnostic.code}]"
    yield paint(head, style) + paint.after(head, f": {clean(redact(diagnostic.message))}", _BOLD)
    place = f"{report.file}:{line}:{column}" if diagnostic.origin is None else f"{diagnostic.origin} ({report.file})"
    yield f"{' ' * gutter}{paint('-->', _BLUE)}" + paint.after(f"{' ' * gutter}-->", f" {clean(redact(place))}")
    if labels:
        yield from _snippet(labels, lines, gutter, paint, redactor.line)
    for each in diagnostic.related:
        if each.file is not None:
            there = f"{each.file}:{each.span.start.line}:{each.span.start.column}: {each.text}"
            yield _remark("see", clean(redact(there)), gutter, paint)
    if diagnostic.help:
        yield _remark("help", clean(redact(diagnostic.help)), gutter, paint)


def _remark(name: str, text: str, gutter: int, paint: _Paint) -> str:
    margin = " " * gutter
    return f"{margin} {paint('=', _BLUE)} {paint(name, _BOLD)}:" + paint.after(f"{margin} = {name}:", f" {text}")


def _snippet(
    labels: Sequence[_Label], lines: Sequence[str], gutter: int, paint: _Paint, redact: Redact
) -> Iterator[str]:
    bar = f"{' ' * gutter} {paint('|', _BLUE)}"
    yield bar
    before: int | None = None
    for number in sorted({label.span.start.line for label in labels}):
        if before is not None and number > before + 1:
            yield f"{' ' * gutter} {paint('…', _BLUE)}"
        before = number
        here = [label for label in labels if label.span.start.line == number]
        room = _MAX_COLUMNS if paint.columns is None else paint.columns - gutter - 3
        shown = _Line(lines[number - 1], here[0].span, redact, min(max(room, _MIN_COLUMNS), _MAX_COLUMNS))
        yield f"{paint(str(number).rjust(gutter), _BLUE)} {paint('|', _BLUE)} {shown.text}".rstrip()
        for label in here:
            padding, underline = shown.marks(label.span, label.sign)
            ahead = f"{' ' * gutter} | {padding}{underline}"
            if paint.columns is None or display_width(ahead) + display_width(label.text) < paint.columns:
                yield f"{bar} {padding}{paint(f'{underline} {label.text}'.rstrip(), label.style)}"
                continue
            yield f"{bar} {padding}{paint(underline, label.style)}"
            room = max(paint.columns - gutter - 5, _MIN_COLUMNS)
            yield from (f"{bar}   {paint(line, label.style)}" for line in wrapped(label.text, room, 0).split("\n"))
    yield bar


class _Line:
    """A line of source as it is shown: secrets masked, control characters visible, cut around ``span``."""

    def __init__(self, line: str, span: Span, redact: Redact, columns: int) -> None:
        self._line = line
        self._redact = redact
        self._masked = redact(line)
        # Of a very long line, only what is near the span is looked at.
        self._skipped = 0
        start, stop = self._place(span)
        if len(self._masked) > _LONG:
            self._skipped = max(0, start - _MAX_COLUMNS)
            start, stop = start - self._skipped, stop - self._skipped
        near = self._masked[self._skipped : self._skipped + _LONG]
        self._cells = [_cell(character) for character in near]
        self._first, self._last = _window(self._cells, start, stop, columns)
        ahead = "…" if self._first or self._skipped else ""
        after = "…" if self._skipped + self._last < len(self._masked) else ""
        self.text = ahead + "".join(self._cells[self._first : self._last]) + after

    def marks(self, span: Span, sign: str) -> tuple[str, str]:
        """Blanks up to the span (tabs stay tabs, so that it lines up), and the underline."""
        start, stop = self._place(span)
        first = min(max(start, self._first), self._last)
        last = min(max(stop, first), self._last)
        ahead = " " if self._first or self._skipped else ""
        blanks = "".join(
            cell if cell == "\t" else " " * display_width(cell) for cell in self._cells[self._first : first]
        )
        return ahead + blanks, sign * max(1, sum(map(display_width, self._cells[first:last])))

    def _place(self, span: Span) -> tuple[int, int]:
        """The span in the masked line; it may have another length than the line itself."""
        start = span.start.column - 1
        stop = span.end.column - 1 if span.end.line == span.start.line else len(self._line)
        if len(self._masked) != len(self._line):
            start, stop = (len(self._redact(self._line[:place])) for place in (start, max(start, stop)))
        return start - self._skipped, stop - self._skipped


def _cell(character: str) -> str:
    return character if character == "\t" else clean(character)


def _window(cells: Sequence[str], start: int, stop: int, columns: int) -> tuple[int, int]:
    """Which cells to show, so that a line takes no more than ``columns``."""
    if len(cells) <= columns // 2 or sum(map(display_width, cells)) <= columns:
        return 0, len(cells)
    first = 0
    if sum(map(display_width, cells[:stop])) > columns - 1:
        first = max(0, min(start, len(cells)) - min(_LEAD, columns // 4))
    last, used = first, 2
    while last < len(cells) and used + display_width(cells[last]) <= columns:
        used += display_width(cells[last])
        last += 1
    return first, last
