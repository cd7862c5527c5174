"""What a column holds, and how it widens when a value comes that it can't hold: nothing is ever rounded or cut.

A column begins as what its first values are. Whole numbers and fractions share a column of numbers as long as every
whole number is exact there; whatever else comes together is kept as JSON, in which ``"1"``, ``1`` and ``[1]`` differ.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from batchctl.json_types import JsonValue

_EXACT = 2**53
_MAX_INTEGER = 2**63


class Kind(StrEnum):
    """What the values of a column are, independent of a database; each database has a type for each kind.

    ``NOTHING`` is a column that has had only null so far. ``INTEGER`` are whole numbers that a double holds exactly (up
    to 2^53), ``LONG`` those that need up to 64 bits, ``NUMBER`` are doubles; ``BOOLEAN`` are true and false, ``TEXT``
    texts, ``JSON`` is everything else and mixtures.
    """

    NOTHING = "nothing"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    LONG = "long"
    NUMBER = "number"
    TEXT = "text"
    JSON = "json"


class Column(Struct, frozen=True):
    """A column of a table: the ``field`` of the records that it holds, its ``name`` in the database, its ``kind``."""

    field: str
    name: str
    kind: Kind


def widened(first: Kind, second: Kind) -> Kind:
    """The narrowest kind that can hold the values of either kind."""
    if first is second or second is Kind.NOTHING:
        return first
    if first is Kind.NOTHING:
        return second
    return _NUMBERS.get(frozenset((first, second)), Kind.JSON)


_NUMBERS = {
    frozenset((Kind.INTEGER, Kind.LONG)): Kind.LONG,
    frozenset((Kind.INTEGER, Kind.NUMBER)): Kind.NUMBER,
}
_KINDS: dict[type, Kind] = {
    type(None): Kind.NOTHING,
    bool: Kind.BOOLEAN,
    float: Kind.NUMBER,
    str: Kind.TEXT,
}


def kind_of(values: Sequence[JsonValue]) -> Kind:
    """The narrowest kind of column that holds all of ``values``; ``NOTHING`` where all are null, or there are none."""
    kind = Kind.NOTHING
    for each in set(map(type, values)):
        if each is int:
            numbers = [value for value in values if type(value) is int]
            kind = widened(kind, _of_integers(min(numbers), max(numbers)))
        else:
            kind = widened(kind, _KINDS.get(each, Kind.JSON))
    return kind


def _of_integers(low: int, high: int) -> Kind:
    if low >= -_EXACT and high <= _EXACT:
        return Kind.INTEGER
    return Kind.LONG if low >= -_MAX_INTEGER and high < _MAX_INTEGER else Kind.JSON


def stored(values: Iterable[JsonValue], kind: Kind) -> Iterable[JsonValue]:
    """The values as a database's driver takes them for a column of this kind, in their order.

    For ``JSON`` they are JSON texts, for ``NUMBER`` floats, null stays None; the values of other kinds stay as they
    are.
    """
    if kind is Kind.JSON:
        return [None if value is None else as_json(value) for value in values]
    if kind is Kind.NUMBER:
        return [None if value is None else float(value) for value in values]  # type: ignore[arg-type]  # numbers
    return values


def as_json(value: JsonValue) -> str:
    """Compact JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
