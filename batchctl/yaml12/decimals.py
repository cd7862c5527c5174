"""Decimals that are sent otherwise than they are written: a zero at the end, more digits than fit, too small."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from batchctl.diagnostics.kinds import problem
from batchctl.patterns import lazy_regex
from batchctl.yaml12.problem_log import MAX_PROBLEMS, quoted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonValue
    from batchctl.yaml12.text import SourceText

_ENDS_IN_ZERO = lazy_regex(r"[-+]?[0-9]+\.[0-9]*[1-9]0+")
# A double gives so many significant digits back as they were.
_SAFE_DIGITS = 15
# A number below this has fewer digits as a double, or none (IEEE 754: doubles below 2 ** -1022).
_TINY = 2.0**-1022
# A text of so many characters is compared with what would be written for its value.
_LARGE = 1 << 16
# In JSON text, a string is passed over as a whole.
_IN_JSON = lazy_regex(r'"(?:[^"\\]|\\.)*"|(?P<decimal>-?[0-9]+(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+))')
# What one of them has after its point (a zero at the end, or enough to be long), or before its exponent: each is
# found by its first letter, fast.
_CANDIDATE = lazy_regex(r"\.(?:[0-9]*[1-9]0+(?=[\s,\]}]|$)|[0-9]{7}|(?<=[0-9]{8}\.)[0-9])")
_EXPONENTS = (
    *(lazy_regex(rf"{letter}(?<=[0-9]{{12}}{letter})[-+]?[0-9]") for letter in "eE"),
    *(lazy_regex(rf"{letter}(?<=[0-9]{letter})-[0-9]{{3}}") for letter in "eE"),
)


class Decimal(NamedTuple):
    """A decimal number in a text, from ``start`` to ``end`` (exclusive), and the ``value`` that it is read as.

    ``written`` is its text, such as ``1.10``.
    """

    start: int
    end: int
    written: str
    value: float


def is_sent_otherwise(text: str, value: float) -> bool:
    """Whether the decimal ``text`` is sent as different text, though it is the same number: ``value``.

    So it is with a zero at its end (``1.10``), with more digits than a double holds, and with a number that is too
    small for one (``1e-400`` is sent as 0).
    """
    if _ENDS_IN_ZERO.fullmatch(text):
        return True
    return (len(text) > _SAFE_DIGITS or abs(value) < _TINY) and _digits(text) != _digits(repr(value))


def in_words(text: str, value: float) -> tuple[str, str]:
    """The message about a decimal that is sent differently from how it is written, and the advice on it.

    ``text`` is how it is written, ``value`` the number that is sent.
    """
    message = f"{shortened(text)} is the number {value!r} here, and is sent so"
    return message, f"quote it if it is text: {quoted(shortened(text))}; else write {value!r}"


def in_json(text: str, value: JsonValue) -> Iterator[Decimal]:
    """The decimals in a JSON text that are sent differently from how they are written, in order.

    ``value`` is the text's data. Texts without such decimals take little time.
    """
    if not any(pattern.search(text) for pattern in (_CANDIDATE, *_EXPONENTS)):
        return
    if len(text) > _LARGE:
        from batchctl.json_text import is_as_written  # noqa: PLC0415 - what it imports costs more than a small text

        if is_as_written(value, text):
            return
    for found in _IN_JSON.finditer(text):
        written = found["decimal"]
        if written is not None and is_sent_otherwise(written, number := float(written)):
            yield Decimal(found.start(), found.end(), written, number)


def problems_in_json(text: SourceText, value: JsonValue) -> tuple[Diagnostic, ...]:
    """A problem for each decimal in a JSON text that is sent differently from how it is written, at most 10,000.

    ``value`` is the text's data.
    """
    found: list[Diagnostic] = []
    for each in in_json(text, value):
        message, advice = in_words(each.written, each.value)
        found.append(problem("ambiguous-scalar", message, text.span(each.start, each.end), help=advice))
        if len(found) == MAX_PROBLEMS:
            break
    return tuple(found)


def _digits(number: str) -> str:
    """The digits that make up a number, wherever its point is."""
    return number.lower().partition("e")[0].replace(".", "").strip("+-0")
