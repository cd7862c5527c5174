"""How fixtures compare a field with what a query asks: numbers as numbers, ISO dates as moments, else text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.json_types import JsonValue

OPERATORS = ("gt", "gte", "lt", "lte", "in", "eq", "neq")
_NUMBER = lazy_regex(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,3})?", re.ASCII)
_DATE = lazy_regex(r"\d{4}-\d\d(-\d\d)?([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
_YEAR = lazy_regex(r"\d{4}", re.ASCII)
_NOTHING: frozenset[str] = frozenset()


class BadQuery(Exception):
    """A query that can't be answered: one sentence that says why."""


def texts_of(value: JsonValue) -> frozenset[str]:
    """The texts that equal a field: its own, and for a list those of its items too; null equals none."""
    if value is None:
        return _NOTHING
    if isinstance(value, list):
        return frozenset([to_text(value), *(to_text(item) for item in value if item is not None)])
    return frozenset((to_text(value),))


def operator_test(where: str, name: str, texts: Sequence[str]) -> Callable[[JsonValue], bool]:
    """Whether a field fits the operator ``name`` with any of ``texts``. Null fits ``neq`` alone.

    The test raises ``BadQuery`` for a number or a date that has no order with the text that ``where`` (``n[gt]``) asks
    for: compared as texts, all records could fit.
    """
    if name in ("eq", "in"):
        return lambda value: any(_is_equal(value, text) for text in texts)
    text = texts[0]
    if name == "neq":
        return lambda value: not _is_equal(value, text)
    fits = _ORDERS[name]

    def test(value: JsonValue) -> bool:
        if value is None:
            return False
        kind = _unordered(value, text)
        if kind:
            raise BadQuery(
                f'{where} is "{text[:80]}", and {to_text(value)[:80]} of a record is a {kind}: ask for a {kind}'
            )
        return fits(_compared(value, text))

    return test


_ORDERS: dict[str, Callable[[int], bool]] = {
    "gt": lambda order: order > 0,
    "gte": lambda order: order >= 0,
    "lt": lambda order: order < 0,
    "lte": lambda order: order <= 0,
}


def sort_key(value: JsonValue) -> tuple[int, float | int | str]:
    """A sort key for mixed values: numbers first, then dates, then texts, then null."""
    if value is None:
        return 3, 0
    if isinstance(value, int | float) and not isinstance(value, bool):
        return 0, value
    text = to_text(value)
    moment = _moment(text)
    return (2, text) if moment is None else (1, moment)


def _is_equal(value: JsonValue, text: str) -> bool:
    if value is None:
        return False
    if isinstance(value, list):
        return text in texts_of(value)
    if to_text(value) == text:
        return True
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(text) == value
    moment = _moment(value) if isinstance(value, str) else None
    return moment is not None and moment == _moment(text)


def _unordered(value: JsonValue, text: str) -> str:
    """What a field is that has no order with a text: ``number``, ``date``, or nothing where they can be compared."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "" if _number(text) is not None else "number"
    if isinstance(value, str) and _moment(value) is not None:
        # A year alone orders dates as a text does.
        return "" if _moment(text) is not None or _YEAR.fullmatch(text) else "date"
    return ""


def _compared(value: JsonValue, text: str) -> int:
    """Below 0, 0 or above 0, as ``value`` comes before, with or after ``text``."""
    mine: float | str | None
    theirs: float | str | None = _number(text)
    if theirs is not None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        mine = value if is_number else _number(value) if isinstance(value, str) else None  # type: ignore[assignment]  # a number
        if mine is not None:
            return (mine > theirs) - (mine < theirs)  # type: ignore[operator]  # two numbers
    mine, theirs = (_moment(value), _moment(text)) if isinstance(value, str) else (None, None)
    if mine is None or theirs is None:
        mine, theirs = to_text(value), text
    return (mine > theirs) - (mine < theirs)  # type: ignore[operator]  # two of one kind


@lru_cache(maxsize=4096)
def _number(text: str) -> int | float | None:
    if not _NUMBER.fullmatch(text):
        return None
    return int(text) if text.lstrip("+-").isdecimal() else float(text)


@lru_cache(maxsize=4096)
def _moment(text: str) -> float | None:
    """Seconds since 1970 of an ISO date or date and time, in UTC unless it names an offset."""
    if not _DATE.fullmatch(text):
        return None
    whole = f"{text}-01" if len(text) == 7 else text
    try:
        read = datetime.fromisoformat(whole)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
