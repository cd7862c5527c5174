"""CSV (RFC 4180) as spreadsheets write it, and CSV that no spreadsheet runs: formulas get an apostrophe.

Spreadsheets compute cells that begin with ``=``, ``+``, ``-``, ``@`` and some others
(https://owasp.org/www-community/attacks/CSV_Injection). Numbers, phone numbers and prose that begin with a sign are
not computed, and stay as they are. Reading takes the apostrophe off again.
"""

from __future__ import annotations

import csv
import re
from itertools import chain
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEPARATORS = ",;\t|"
# Excel's own first line, which names the separator of the others and is no row.
_SEP_LINE = lazy_regex(r'"?sep=([^\w\s"]|\t)"?\r?\n?', re.IGNORECASE)
_QUOTED = lazy_regex(r'"(?:[^"]|"")*"')
# What spreadsheets take for the beginning of a formula, full-width signs too; blanks before it do not stop all of them.
_FORMULA = lazy_regex("[\t\r\n]*[=@|%\uff1d\uff20]|[\t\r\n]*[+\\-\uff0b\uff0d]")
_NUMBER = lazy_regex(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][+-]?\d{1,3})?")
# Seven to fifteen digits (E.164), in groups. A sum of two numbers has fewer, or no country code of three at most.
_PHONE = lazy_regex(r"\+\d{1,3}(?:[ .\-/]?\(?\d{1,5}\)?){1,6}")
# Two words or more, or a sign, a blank and a word that is no cell's name; and nothing that could be computed.
_PROSE = lazy_regex(r"[+-]+\s+(?![A-Za-z]{1,3}\d+\b)\S.*|[+-]+\S*\s+[^\W\d_]{2}.*", re.DOTALL)
_COMPUTES = lazy_regex(r"[=|^@\"()\[\]{}!&\uff08]|\d\s*[-+*/]\s*\d")


class Table:
    """The rows of a CSV text as lists of cells, header first, when it is iterated.

    ``lines`` are the text's lines with their breaks. Without a ``separator`` it is that of a line ``sep=;`` before the
    header, as Excel writes it, or whichever of ``,``, ``;``, tab and ``|`` the header has most of. Rows may differ in
    length. Iterating raises ``csv.Error`` for text that is no CSV.
    """

    def __init__(self, lines: Iterable[str], separator: str | None = None) -> None:
        rest = iter(lines)
        self._before = 0
        first = self._next(rest)
        if (stated := _SEP_LINE.fullmatch(first)) is not None:
            separator, first = stated[1], self._next(rest)
        if separator is None:
            separator = max(SEPARATORS, key=_QUOTED.sub("", first).count)
        self._before -= 1
        self._reader = csv.reader(chain([first], rest), delimiter=separator, strict=True)

    @property
    def line_num(self) -> int:
        """The number of the line that was read last, from 1."""
        return self._before + self._reader.line_num

    def _next(self, lines: Iterator[str]) -> str:
        """The next line that is not blank; empty at the end."""
        for line in lines:
            self._before += 1
            if line.strip("\r\n"):
                return line
        self._before += 1
        return ""

    def __iter__(self) -> Iterator[list[str]]:
        return self._reader


def harmless(text: str) -> str:
    """``text`` for a cell of CSV, such that no spreadsheet runs it as a formula: ``=1+1`` → ``'=1+1``.

    Other text stays as it is, but a NUL, which CSV can't hold, becomes U+FFFD.
    """
    text = text.replace("\0", "\ufffd")
    return f"'{text}" if _is_computed(text.lstrip("'")) else text


def as_it_was(text: str) -> str:
    """The text of a CSV cell without the apostrophe that ``harmless`` puts before formulas: ``'=1+1`` → ``=1+1``.

    Other text stays as it is.
    """
    return text[1:] if text.startswith("'") and _is_computed(text.lstrip("'")) else text


def _is_computed(text: str) -> bool:
    begins = _FORMULA.match(text)
    if begins is None:
        return False
    if text[0] not in "+-" or _NUMBER.fullmatch(text):
        return text[0] not in "+-"
    if _PHONE.fullmatch(text) and 7 <= sum(map(str.isdigit, text)) <= 15:
        return False
    return not _PROSE.fullmatch(text) or _COMPUTES.search(text) is not None
