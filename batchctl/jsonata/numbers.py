"""JSONata's functions of numbers, with JavaScript's doubles, infinite ones and NaN among them.

UNDEFINED as the first argument gives UNDEFINED. Their signatures (``batchctl.jsonata.signatures``) check the arguments
before: null, a text or a boolean in place of a number is refused there, and one number in place of a list put into one.
"""

from __future__ import annotations

import math
import random
from typing import Any, Final

from batchctl.javascript import coercion
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED, number_text
from batchctl.jsonata.operators import add, divide
from batchctl.jsonata.values import bounded
from batchctl.patterns import lazy_regex

_DECIMAL: Final = lazy_regex(r"-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?")
# The pattern has no brackets around its choice: only its ends are anchored.
_RADIX: Final = lazy_regex(r"^(0[xX][0-9A-Fa-f]+)|(0[oO][0-7]+)|(0[bB][0-1]+)$")


def total(numbers: Any) -> object:
    """JSONata's ``$sum``: the sum of the list ``numbers``, added from the left; UNDEFINED for UNDEFINED.

    It is 0 for an empty list. The check of the arguments before the call makes a list of a single number, and refuses
    items of other types.
    """
    if numbers is UNDEFINED:
        return UNDEFINED
    found: float = 0
    for number in numbers:
        found = add(found, number)
    return found


def average(numbers: Any) -> object:
    """JSONata's ``$average``: the mean of the list ``numbers``; UNDEFINED for UNDEFINED or an empty list.

    The check of the arguments before the call makes a list of a single number, and refuses items of other types.
    """
    if numbers is UNDEFINED or not numbers:
        return UNDEFINED
    return divide(total(numbers), len(numbers))  # type: ignore[arg-type]  # the sum of numbers


def largest(numbers: Any) -> object:
    """JSONata's ``$max``: the largest of the list ``numbers``, NaN where one is NaN; UNDEFINED for an empty list.

    UNDEFINED for UNDEFINED. The check of the arguments before the call makes a list of a single number, and refuses
    items of other types.
    """
    return _extreme(numbers, max)


def smallest(numbers: Any) -> object:
    """JSONata's ``$min``: the smallest of the list ``numbers``, NaN where one is NaN; UNDEFINED for an empty list.

    UNDEFINED for UNDEFINED. The check of the arguments before the call makes a list of a single number, and refuses
    items of other types.
    """
    return _extreme(numbers, min)


def _extreme(numbers: Any, choose: Any) -> object:
    if numbers is UNDEFINED or not numbers:
        return UNDEFINED
    return math.nan if any(number != number for number in numbers) else choose(numbers)  # noqa: PLR0124  # NaN


def number_of(value: Any) -> object:
    """JSONata's ``$number``: a number from a number, a text that is one, or a boolean; UNDEFINED for UNDEFINED.

    True is 1. Texts may be hexadecimal, octal or binary (``0x1F``). Raises ``HostError`` (D3030) for any other value,
    such as null, an empty text, or a number with blanks around it.
    """
    if value is UNDEFINED:
        return value
    if isinstance(value, int | float):
        return int(value) if isinstance(value, bool) else value
    if isinstance(value, str):
        if _DECIMAL.fullmatch(value) and math.isfinite(float(value)):
            return bounded(int(value)) if value.isdigit() and len(value) < 300 else float(value)
        if _RADIX.search(value):
            return coercion.number(value)
    raise HostError("the value can't become a number", "D3030")


def absolute(value: Any) -> object:
    """JSONata's ``$abs``: the absolute value of a number; UNDEFINED for UNDEFINED.

    The check of the arguments before the call refuses null and values of other types; here they raise ``TypeError``.
    """
    return UNDEFINED if value is UNDEFINED else abs(value)


def floor(value: Any) -> object:
    """JSONata's ``$floor``: the largest whole number that is not above ``value``; UNDEFINED for UNDEFINED.

    Infinity and NaN stay. The check of the arguments before the call refuses what is no number; here that raises
    ``TypeError``.
    """
    if value is UNDEFINED or not math.isfinite(value):
        return value
    return math.floor(value) or _zero_like(value)


def ceil(value: Any) -> object:
    """JSONata's ``$ceil``: the smallest whole number that is not below ``value``; UNDEFINED for UNDEFINED.

    Infinity and NaN stay. The check of the arguments before the call refuses what is no number; here that raises
    ``TypeError``.
    """
    if value is UNDEFINED or not math.isfinite(value):
        return value
    return math.ceil(value) or _zero_like(value)


def _zero_like(value: float) -> float:
    """Zero with the sign of ``value``."""
    return -0.0 if math.copysign(1, value) < 0 else 0


def rounded(value: Any, precision: Any = UNDEFINED) -> object:
    """JSONata's ``$round``: ``value`` to ``precision`` decimal places, half to even; UNDEFINED for UNDEFINED.

    Without a ``precision`` (UNDEFINED or 0) to a whole number; -2 rounds to hundreds. Infinity and NaN stay. The check
    of the arguments before the call refuses what is no number; here that raises ``TypeError``.
    """
    if value is UNDEFINED:
        return UNDEFINED
    moved = _moved(value, precision) if coercion.truthy(precision) else value
    found = _nearest(moved)
    if coercion.truthy(precision):
        found = _moved(found, -precision)
    return found or 0


def _nearest(value: float) -> float:
    if not math.isfinite(value):
        return value
    whole = math.floor(value)
    return whole + (value - whole > 0.5 or (value - whole == 0.5 and whole % 2 == 1))


def _moved(value: float, places: float) -> float:
    """The number with its decimal point moved, by way of its digits."""
    digits, _, exponent = number_text(value).partition("e")
    return coercion.number(f"{digits}e{number_text(coercion.number(exponent or '0') + places)}")


def root(value: Any) -> object:
    """JSONata's ``$sqrt``: the square root of a number; UNDEFINED for UNDEFINED.

    Raises ``HostError`` (D3060) for a number below zero. Infinity and NaN stay. The check of the arguments before the
    call refuses what is no number; here that raises ``TypeError``.
    """
    if value is UNDEFINED:
        return UNDEFINED
    if value < 0:
        raise HostError("a number below zero has no square root", "D3060")
    return math.sqrt(value) if math.isfinite(value) else value


def power(base: Any, exponent: Any = UNDEFINED) -> object:
    """JSONata's ``$power``: ``base`` to the power of ``exponent``; UNDEFINED where ``base`` is UNDEFINED.

    Raises ``HostError`` (D3061) where the result is not a finite number, as without an ``exponent``. Both are numbers
    (the check of the arguments before the call refuses others).
    """
    if base is UNDEFINED:
        return UNDEFINED
    try:
        # Python has 1 for a power of 1 that is infinite, or none; JavaScript has NaN.
        found = math.pow(base, exponent) if math.isfinite(exponent) else math.nan if abs(base) == 1 else base**exponent
    except (ArithmeticError, TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise HostError("the power is out of range", "D3061")
    return int(found) if found.is_integer() and abs(found) < 2**53 and found else found


def chance() -> object:
    """JSONata's ``$random``: a random number from 0 up to, not including, 1."""
    return random.random()  # noqa: S311  # not for secrets, and what JSONata has
