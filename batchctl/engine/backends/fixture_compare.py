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
_NOTHING: frozenset[str] = frozenset()


def texts_of(value: JsonValue) -> frozenset[str]:
    """The texts with which a query finds a field that has ``value``: the value as text, for a list each item's, too.

    Text is as JavaScript's ``String`` has it (``1``, ``true``, ``[object Object]``). Empty for null, which no text
    finds.
    """
    if value is None:
        return _NOTHING
    if isinstance(value, list):
        return frozenset([to_text(value), *(to_text(item) for item in value if item is not None)])
    return frozenset((to_text(value),))


def operator_test(name: str, texts: Sequence[str]) -> Callable[[JsonValue], bool]:
    """A function that says of a field's value whether it fits a query's operator ``name``.

    Operators are ``eq``, ``in``, ``neq``, ``gt``, ``gte``, ``lt`` and ``lte``. ``texts`` are the values in the query:
    for ``eq`` and ``in`` one of them has to fit, the others use the first. Numbers and ISO dates are compared as such,
    else texts. Null fits ``neq`` alone. Raises ``KeyError`` for any other operator.
    """
    if name in ("eq", "in"):
        return lambda value: any(_is_equal(value, text) for text in texts)
    text = texts[0]
    if name == "neq":
        return lambda value: not _is_equal(value, text)
    fits = _ORDERS[name]
    return lambda value: value is not None and fits(_compared(value, text))


_ORDERS: dict[str, Callable[[int], bool]] = {
    "gt": lambda order: order > 0,
    "gte": lambda order: order >= 0,
    "lt": lambda order: order < 0,
    "lte": lambda order: order <= 0,
}


def sort_key(value: JsonValue) -> tuple[int, float | int | str]:
    """A key that sorts values of different types: numbers first, then ISO dates, then other texts, then null."""
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
