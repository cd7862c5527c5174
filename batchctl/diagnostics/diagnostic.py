"""A problem in the user's file, as a value: never raised, never printed from here."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from batchctl.json_types import DataPath


class Position(NamedTuple):
    """A place in a text: line and column, both counted from 1; columns are code points."""

    line: int
    column: int


class Span(NamedTuple):
    """A part of a text, from ``start`` up to, not including, ``end``."""

    start: Position
    end: Position

    def moved(self, lines: int) -> Span:
        """The same span ``lines`` further down in the text (up, where negative)."""
        (line, column), (end_line, end_column) = self
        return Span(Position(line + lines, column), Position(end_line + lines, end_column))


START = Span(Position(1, 1), Position(1, 1))


class Severity(StrEnum):
    """How bad a problem is: an error stops a run, a warning is likely a mistake, an info may be meant so."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Related(Struct, frozen=True):
    """Another place that helps to understand a problem, with a phrase such as ``first defined here``.

    ``file`` is its file, where that is another one than the problem's.
    """

    span: Span
    text: str
    file: str | None = None


class Edit(NamedTuple):
    """A change of a text: ``text`` replaces what is at ``span``; with an empty span it is inserted."""

    span: Span
    text: str


class Fix(Struct, frozen=True):
    """A change that corrects one problem and nothing else, so that it is safe to make without a look at it.

    ``title`` says what it does (``put it in quotes``); the edits don't overlap.
    """

    title: str
    edits: tuple[Edit, ...]


class Diagnostic(Struct, frozen=True):
    """One problem in a definition, or in what was given beside it.

    ``rule`` is the name of its kind (``unknown-key``), ``code`` the number (``BC201``); ``message`` is one line without
    a full stop that never has a whole value in it; ``span`` is where it is in the text, ``path`` where in the data
    (from its top: ``("resources", 0, "id")``), ``resource`` the key of the resource around it. ``help`` is advice,
    ``related`` are other places that matter, ``fix`` is what ``--fix`` does about it. ``origin`` is where the value
    that is wrong came from, when that is not the file (``--arg limit=x``): then no line of the file is at fault.
    ``file`` is the included file that it is in; None for the file that was read itself. Other fields are None or empty
    where there is nothing to say.
    """

    rule: str
    code: str
    severity: Severity
    message: str
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    path: tuple[str | int, ...] = ()
    resource: str | None = None
    fix: Fix | None = None
    origin: str | None = None
    file: str | None = None

    @property
    def sort_key(self) -> tuple[str, Span, str, str]:
        """What reports sort diagnostics by: file (the one that was read first), position, code, message."""
        return (self.file or "", self.span, self.code, self.message)

    def moved(self, lines: int) -> Diagnostic:
        """A copy with all its places ``lines`` further down in the text (up, where negative)."""
        related = tuple(replace(each, span=each.span.moved(lines)) for each in self.related)
        fix = self.fix and Fix(self.fix.title, tuple(Edit(span.moved(lines), text) for span, text in self.fix.edits))
        return replace(self, span=self.span.moved(lines), related=related, fix=fix)


_STEP = lazy_regex(r'\.?([^.\["\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def path_of(text: str) -> DataPath:
    """The path that ``json_path`` wrote as ``text``; empty for text that is none.

    The ``$`` at the beginning may be missing (``query.owner``).
    """
    steps: list[str | int] = []
    place = 2 if text.startswith("$.") else 1 if text == "$" or text.startswith("$[") else 0
    while place < len(text):
        found = _STEP.match(text, place)
        if found is None:
            return ()
        plain, index, quoted = found.groups()
        steps.append(plain or (int(index) if index else re.sub(r"\\(.)", r"\1", quoted)))
        place = found.end()
    return tuple(steps)


def json_path(path: tuple[str | int, ...]) -> str:
    """A path in the data as text: ``("resources", 0, "a b")`` → ``$.resources[0]["a b"]``."""
    parts = ["$"]
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif step.replace("-", "_").isidentifier():
            parts.append(f".{step}")
        else:
            quoted = step.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'["{quoted}"]')
    return "".join(parts)
