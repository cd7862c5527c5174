"""Where the loader writes down what is wrong: with a limit, and with the path at which the reading stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Edit, Fix
from batchctl.diagnostics.kinds import problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.diagnostics import Diagnostic, Related
    from batchctl.json_types import DataPath
    from batchctl.yaml12.text import SourceText

# More than anyone reads; the memory for millions would be missed.
MAX_PROBLEMS = 10_000
_SHOWN = 60


class ProblemLog:
    """Collects the problems of one text as diagnostics, in ``found``; after 10,000 no more are added.

    ``where`` returns the path in the data that is being read; it becomes the path of a problem added at that moment.
    """

    def __init__(self, text: SourceText, where: Callable[[], DataPath]) -> None:
        self.text = text
        self.found: list[Diagnostic] = []
        self._where = where

    def add(
        self,
        rule: str,
        message: str,
        start: int,
        end: int,
        *,
        help: str | None = None,  # noqa: A002 - the word of the report
        related: tuple[Related, ...] = (),
        quote: str | None = None,
        meant: str | None = None,
    ) -> None:
        """Add a problem about the text from offset ``start`` to ``end`` (exclusive).

        ``rule`` is its kind's name (``duplicate-key``), ``help`` advice for the author, ``related`` other places in the
        file that matter. ``quote`` is that text itself where quotes would correct the problem, which then has a fix: it
        writes ``meant``, or ``quote`` where that is None, in quotes.
        """
        if len(self.found) < MAX_PROBLEMS:
            span = self.text.span(start, end)
            fix = None
            if quote is not None and self.text[start:end] == quote:
                fix = Fix("put it in quotes", (Edit(span, quoted(meant or quote)),))
            self.found.append(problem(rule, message, span, help=help, related=related, path=self._where(), fix=fix))


def shortened(text: str) -> str:
    """``text`` on one line, cut to 60 code points, the last of which is then ``…``."""
    line = text.replace("\n", " ")
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def quoted(text: str) -> str:
    """``text`` as a quoted YAML scalar.

    It is in single quotes where it has a double quote or a backslash, else in double ones.
    """
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'
