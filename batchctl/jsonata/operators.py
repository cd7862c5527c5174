"""What operators make of two values."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from batchctl.javascript.coercion import code_units
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.values import Sequence, bounded, equal, is_number, same, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_RANGE: Final = 10_000_000


def add(left: float, right: float) -> float:
    """The sum of ``left`` and ``right``; a whole one beyond 2**53 is rounded as a double is."""
    return bounded(left + right)


def subtract(left: float, right: float) -> float:
    """The difference ``left - right``; a whole one beyond 2**53 is rounded as a double is."""
    return bounded(left - right)


def multiply(left: float, right: float) -> float:
    """The product of ``left`` and ``right``; zero keeps its sign."""
    if type(left) is int and type(right) is int:
        if (left == 0 and right < 0) or (right == 0 and left < 0):
            return -0.0
        return bounded(left * right)
    return left * right


def divide(left: float, right: float) -> float:
    """``left`` divided by ``right``: infinite for a division by zero, NaN for zero by zero."""
    if right == 0:
        if left == 0:
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1, right)
    if type(left) is int and type(right) is int and left % right == 0 and left:
        return left // right
    return left / right


def remainder(left: float, right: float) -> float:
    """JSONata's ``left % right``: the remainder, with the sign of ``left``; NaN for a division by zero."""
    return math.nan if right == 0 else math.fmod(left, right)


def _counted(count: Callable[[float, float], float]) -> Callable[[object, object], object]:
    def counted(left: object, right: object) -> object:
        if left is not UNDEFINED and not is_number(left):
            raise HostError("the left side of an arithmetic operator must be a number", "T2001")
        if right is not UNDEFINED and not is_number(right):
            raise HostError("the right side of an arithmetic operator must be a number", "T2002")
        if left is UNDEFINED or right is UNDEFINED:
            return UNDEFINED
        return count(left, right)  # type: ignore[arg-type]  # they are numbers

    return counted


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return "nothing" if value is UNDEFINED else ""


def compare(left: object, right: object) -> int | None:
    """The order of ``left`` and ``right``, both numbers or both texts: -1, 0 or 1; None where a number is NaN.

    Texts are compared by UTF-16 code units. A number and a text raise ``TypeError``, as do UNDEFINED and null.
    """
    if isinstance(left, str) and isinstance(right, str):
        if not (left.isascii() and right.isascii()):
            one, other = code_units(left), code_units(right)
            return (one > other) - (one < other)
        return (left > right) - (left < right)
    return (left > right) - (left < right) if left == left and right == right else None  # type: ignore[operator]  # noqa: PLR0124  # NaN


def _compared(decide: Callable[[int], bool]) -> Callable[[object, object], object]:
    def compared(left: object, right: object) -> object:
        one, other = _kind(left), _kind(right)
        if not one or not other:
            raise HostError("only numbers and texts can be compared", "T2010")
        if one == "nothing" or other == "nothing":
            return UNDEFINED
        if one != other:
            raise HostError("a number and a text can't be compared", "T2009")
        found = compare(left, right)
        return found is not None and decide(found)

    return compared


def _included(left: object, right: object) -> object:
    if left is UNDEFINED or right is UNDEFINED:
        return False
    return any(same(item, left) for item in (right if isinstance(right, list) else [right]))


def _joined(left: object, right: object) -> object:
    one = "" if left is UNDEFINED else text_of(left)
    return one + ("" if right is UNDEFINED else text_of(right))


def _is_whole(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value % 1 == 0


def _range(left: object, right: object) -> object:
    if left is not UNDEFINED and not _is_whole(left):
        raise HostError("a range begins with a whole number", "T2003")
    if right is not UNDEFINED and not _is_whole(right):
        raise HostError("a range ends with a whole number", "T2004")
    if left is UNDEFINED or right is UNDEFINED or left > right:  # type: ignore[operator]  # they are numbers
        return UNDEFINED
    first, last = int(left), int(right)  # type: ignore[call-overload]  # they are numbers
    if last - first + 1 > _MAX_RANGE:
        raise HostError("a range has more than ten million numbers", "D2014")
    return Sequence(range(first, last + 1))


def _is_equal(left: object, right: object) -> object:
    return left is not UNDEFINED and right is not UNDEFINED and equal(left, right)


def _is_unequal(left: object, right: object) -> object:
    return left is not UNDEFINED and right is not UNDEFINED and not equal(left, right)


OPERATORS: Final[dict[str, Callable[[object, object], object]]] = {
    "+": _counted(add),
    "-": _counted(subtract),
    "*": _counted(multiply),
    "/": _counted(divide),
    "%": _counted(remainder),
    "=": _is_equal,
    "!=": _is_unequal,
    "<": _compared(lambda sign: sign < 0),
    "<=": _compared(lambda sign: sign <= 0),
    ">": _compared(lambda sign: sign > 0),
    ">=": _compared(lambda sign: sign >= 0),
    "&": _joined,
    "..": _range,
    "in": _included,
}
