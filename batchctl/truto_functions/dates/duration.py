"""Lengths of time in units: what ``diff`` answers and ``plus`` takes."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Final

from batchctl.javascript.coercion import is_nil, is_number, number, text
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import number_text
from batchctl.structs import Struct

UNITS: Final = ("years", "quarters", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds")
_DAYS: Final = {"years": 365, "quarters": 91, "months": 30, "weeks": 7, "days": 1}
_MS: Final = {"hours": 3_600_000, "minutes": 60_000, "seconds": 1000, "milliseconds": 1}
_IRREGULAR: Final = {
    ("years", "quarters"): 4,
    ("years", "months"): 12,
    ("years", "weeks"): 52,
    ("quarters", "months"): 3,
    ("quarters", "weeks"): 13,
    ("months", "weeks"): 4,
}
Values = dict[str, float]
"""The amount of each unit: ``{"hours": 2}``."""


def unit_ms(unit: str) -> float:
    """The milliseconds of ``unit``, a plural name (``days``); a month has 30 days and a year 365, as in luxon.

    Raises ``KeyError`` for any other name, so convert it with ``unit_name`` before.
    """
    return _DAYS[unit] * 86_400_000 if unit in _DAYS else _MS[unit]


def factor(larger: str, smaller: str) -> float:
    """How many of the unit ``smaller`` are one of ``larger``, as luxon converts them: 12 ``months`` in ``years``.

    Both are plural names, in any order; raises ``KeyError`` for any other name.
    """
    return _IRREGULAR.get((larger, smaller)) or unit_ms(larger) / unit_ms(smaller)


def unit_name(unit: object) -> str:
    """The plural name of a unit: ``Day`` → ``days``. Raises ``HostError`` for what is no unit of time, or no text."""
    name = unit.lower() if isinstance(unit, str) else ""
    for known in UNITS:
        if name in {known, known[:-1]}:
            return known
    raise HostError(f"Invalid unit {text(unit)}")


def as_number(value: object) -> float:
    """``value`` as a number, read as JavaScript's ``Number``: a text that is one (``"3"``, ``"0x10"``) too; null is 0.

    Raises ``HostError`` for a boolean, an empty text, UNDEFINED, and what else is no number.
    """
    size = number(value)
    if isinstance(value, bool) or value == "" or math.isnan(size):
        raise HostError(f"Invalid unit value {text(value)}")
    return size


class Duration(Struct, frozen=True):
    """A length of time as amounts by unit, such as ``{"hours": 2}``, as luxon's ``Duration``.

    It is invalid where ``values`` is None, as that between moments of which one is invalid. What ``negated``, ``plus``,
    ``normalized`` and ``shifted`` return for an invalid one is invalid, too.
    """

    values: Values | None

    @classmethod
    def of(cls, wanted: object) -> Duration:
        """The duration that ``wanted`` describes: an object of units (``{"hours": 2}``), or a number of milliseconds.

        Units are in the singular or plural, in either case; those with null or UNDEFINED are left out, amounts may be
        texts. Raises ``HostError`` for anything else, null included, for what is no unit, and for an amount that is no
        number.
        """
        if is_number(wanted):
            return cls({"milliseconds": float(wanted)})
        if not isinstance(wanted, dict):
            raise HostError(f"Unknown duration argument {text(wanted)} of type {_type_name(wanted)}")
        return cls({unit_name(unit): as_number(amount) for unit, amount in wanted.items() if not is_nil(amount)})

    def get(self, unit: object) -> float:
        """The amount of ``unit``, 0 if the duration has none of it; NaN for an invalid duration.

        Raises ``HostError`` for what is no unit.
        """
        name = unit_name(unit)
        return math.nan if self.values is None else self.values.get(name, 0)

    def milliseconds(self) -> float:
        """The whole duration in milliseconds; NaN for an invalid one."""
        if self.values is None:
            return math.nan
        return _milliseconds(self.values)

    def negated(self) -> Duration:
        """The duration with all amounts negated."""
        if self.values is None:
            return self
        return Duration({unit: -amount if amount else 0 for unit, amount in self.values.items()})

    def plus(self, other: Duration) -> Duration:
        """The sum of both, unit by unit; nothing is carried over from one unit to another.

        Where ``other`` is invalid all amounts are NaN.
        """
        if self.values is None:
            return self
        theirs = other.values or {}
        return Duration(
            {unit: other.get(unit) + self.get(unit) for unit in UNITS if unit in theirs or unit in self.values}
        )

    def normalized(self) -> Duration:
        """The same duration, with smaller units carried over into the larger ones that it has.

        All amounts then have one sign: 2 hours and -30 minutes are 1 hour and 30 minutes.
        """
        if self.values is None:
            return self
        values = dict(self.values)
        _normalize(values)
        return Duration(values)

    def shifted(self, units: list[str]) -> Duration:
        """The same duration in ``units``, plural names such as ``hours``; the smallest of them may have a fraction.

        It is itself where it is invalid or ``units`` is empty. The order of ``units`` does not matter.
        """
        if self.values is None or not units:
            return self
        built: Values = {}
        pending: Values = {}
        last = ""
        for unit in UNITS:
            amount = self.values.get(unit)
            if unit in units:
                last = unit
                whole = sum(factor(larger, unit) * left for larger, left in pending.items() if left) + (amount or 0)
                pending = dict.fromkeys(pending, 0.0)
                built[unit] = math.trunc(whole)
                pending[unit] = (whole * 1000 - built[unit] * 1000) / 1000
            elif amount is not None:
                pending[unit] = amount
        for unit, left in pending.items():
            if left:
                built[last] += left if unit == last else left / factor(last, unit)
        _normalize(built)
        return Duration(built)

    def iso(self) -> str | None:
        """The duration in ISO 8601, ``P1DT2H``; None where it is invalid."""
        if self.values is None:
            return None
        shown = {unit: self.values.get(unit, 0) for unit in UNITS}
        months = shown["months"] + shown["quarters"] * 3
        date = _pieces((shown["years"], "Y"), (months, "M"), (shown["weeks"], "W"), (shown["days"], "D"))
        seconds = math.floor((shown["seconds"] + shown["milliseconds"] / 1000) * 1000 + 0.5) / 1000
        time = _pieces((shown["hours"], "H"), (shown["minutes"], "M"))
        if shown["seconds"] or shown["milliseconds"]:
            time += number_text(seconds) + "S"
        return "P" + date + (f"T{time}" if time else "" if date else "T0S")


def _pieces(*amounts: tuple[float, str]) -> str:
    return "".join(number_text(amount) + letter for amount, letter in amounts if amount)


def _type_name(value: object) -> str:
    return "string" if isinstance(value, str) else "boolean" if isinstance(value, bool) else "undefined"


def _milliseconds(values: Values) -> float:
    total = values.get("milliseconds", 0)
    for unit in reversed(UNITS[:-1]):
        if values.get(unit):
            total += values[unit] * unit_ms(unit)
    return total


def _normalize(values: Values) -> None:
    sign = -1 if _milliseconds(values) < 0 else 1
    present = [unit for unit in UNITS if unit in values]
    for larger, smaller in reversed(list(pairwise(present))):
        size = factor(larger, smaller)
        rolled = math.floor(values[smaller] * sign / size)
        values[larger] += rolled * sign
        values[smaller] -= rolled * size * sign
    for larger, smaller in pairwise(present):
        fraction = math.fmod(values[larger], 1)
        values[larger] -= fraction
        values[smaller] += fraction * factor(larger, smaller)
