"""What JavaScript makes of values: text, numbers, truth and order, as Truto's functions see them."""

from __future__ import annotations

import math
import re
from typing import Any, Final, TypeGuard

from batchctl.javascript.budget import has_made_objects, tick
from batchctl.javascript.errors import HostError, NotExact
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import UNDEFINED, WHITESPACE, to_double, to_text
from batchctl.patterns import lazy_regex

_DECIMAL: Final = lazy_regex(r"[+-]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_RADIX: Final = {
    "0x": (16, lazy_regex(r"[0-9a-fA-F]+")),
    "0o": (8, lazy_regex("[0-7]+")),
    "0b": (2, lazy_regex("[01]+")),
}


def is_nil(value: object) -> bool:
    """Whether ``value`` is null (None) or UNDEFINED; False for 0, false, empty texts and NaN."""
    return value is None or value is UNDEFINED


def is_number(value: object) -> TypeGuard[float]:
    """Whether a value is a number to JavaScript, ``typeof value`` being "number": also NaN, but not true or false."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def truthy(value: object) -> bool:
    """Whether a value is true to JavaScript, as ``Boolean(value)``: objects, lists and functions are, even empty ones.

    False for null, UNDEFINED, false, 0, NaN and empty text.
    """
    if isinstance(value, dict | list) or callable(value):
        return True
    return bool(value) and value == value  # noqa: PLR0124  # NaN is false


def text(value: object) -> str:
    """JavaScript's ``String(value)``: ``1e21`` → ``"1e+21"``, a list → its items joined by commas.

    Null is ``null`` and UNDEFINED ``undefined``, but both empty in a list; an object is ``[object Object]``, or the
    ``text`` of a ``SpecialObject`` (a URL is its address); a function is ``[object Promise]``. Raises ``NotExact`` for
    an object that the expression may have made, for which JavaScript would fail, ``HostError`` for a ``BareObject`` and
    when the evaluation's time is over, ``TemplateError`` for a list that nests or grows beyond measure.
    """
    tick()
    if isinstance(value, dict | list) and has_made_objects() and _has_object(value):
        raise NotExact
    return "[object Promise]" if callable(value) else to_text(value)


def _has_object(value: object) -> bool:
    return type(value) is dict or (isinstance(value, list) and any(map(_has_object, value)))


def number(value: object) -> float:
    """JavaScript's ``Number(value)``: ``"0x10"`` → 16, ``""``, null, false → 0; NaN for what is no number.

    White space around a text does not count. A list is read by its text (``[5]`` → 5, ``[]`` → 0), a date is its
    milliseconds; UNDEFINED, functions and other objects are NaN. Raises what ``text`` raises: ``NotExact``,
    ``HostError``, ``TemplateError``.
    """
    if value is None:
        return 0
    if value is UNDEFINED or callable(value):
        return math.nan
    if isinstance(value, bool | int | float):
        return value if isinstance(value, float) else to_double(value)
    if isinstance(value, SpecialObject) and value.number is not None:
        return value.number()
    return _number_of_text(text(value).strip(WHITESPACE))


def _number_of_text(digits: str) -> float:
    if not digits:
        return 0
    radix = _RADIX.get(digits[:2].lower())
    if radix is not None:
        base, pattern = radix
        return to_double(int(digits[2:], base)) if pattern.fullmatch(digits, 2) else math.nan
    return _float(digits) if _DECIMAL.fullmatch(digits) else math.nan


def parse_float(value: object) -> float:
    """JavaScript's ``parseFloat(value)``: the number that its text begins with, NaN where it begins with none.

    ``"5.5 kg"`` → 5.5, a list as its first item; NaN for null, UNDEFINED, true, false and objects. Raises what ``text``
    raises: ``NotExact``, ``HostError``, ``TemplateError``.
    """
    found = _DECIMAL.match(text(value).lstrip(WHITESPACE))
    return _float(found[0]) if found else math.nan


def parse_int(value: object) -> float:
    """JavaScript's ``parseInt(value)``: the whole number that its text begins with, NaN where it begins with none.

    ``"5.9"`` → 5; ``0x`` before it makes it hexadecimal; a list as its first item. NaN for null, UNDEFINED, true, false
    and objects. Raises what ``text`` raises: ``NotExact``, ``HostError``, ``TemplateError``.
    """
    found = re.match(r"([+-]?)(?:0[xX]([0-9a-fA-F]+)|([0-9]+))", text(value).lstrip(WHITESPACE))
    if found is None:
        return math.nan
    size = to_double(int(found[2], 16)) if found[2] else float(found[3])
    return -size if found[1] == "-" else size


def _float(digits: str) -> float:
    return float(digits.replace("Infinity", "inf"))


def to_integer(value: object) -> float:
    """``Number(value)``, as ``number`` reads it, without its fraction: ``"5.9"`` → 5; 0 for null and what is no number.

    Infinity stays. Raises what ``number`` raises: ``NotExact``, ``HostError``, ``TemplateError``.
    """
    size = number(value)
    if math.isnan(size):
        return 0
    return float(math.trunc(size)) if math.isfinite(size) else size


def items(value: object, name: str, method: str) -> list[object]:
    """The list ``value`` itself, where the service calls the array method ``method`` on the argument called ``name``.

    Raises ``HostError`` with JavaScript's message where ``value`` is not a list, null and UNDEFINED included.
    """
    if isinstance(value, list):
        return value
    if is_nil(value):
        raise no_property(value, method)
    raise HostError(f"{name}.{method} is not a function")


def no_property(value: object, name: str) -> HostError:
    """The error, to be raised, of reading the property ``name`` of ``value``, which is null or undefined."""
    return HostError(f"Cannot read properties of {to_text(value)} (reading '{name}')")


def code_units(value: str) -> bytes:
    """The UTF-16 code units of a string, high byte first: comparing these bytes orders strings as JavaScript does."""
    return value.encode("utf-16-be", "surrogatepass")


def compare(left: object, right: object) -> int:
    """The order of ``left`` and ``right`` as lodash's ``_.sortBy`` has it: -1, 0 or 1.

    Null, undefined and NaN come after all others, in this order. Two texts are compared by UTF-16 code units, lists and
    objects by their text, dates by their moment, any other two values as numbers (``"10"`` and 9); values that can't be
    compared (``"a"`` and 1) count as equal. Raises what ``text`` raises: ``NotExact``, ``HostError``,
    ``TemplateError``.
    """
    tick()
    if left is right:
        return 0
    for value, sign in ((left, 1), (right, -1)):
        if isinstance(value, float) and math.isnan(value):
            return sign
    for one, other, sign in ((left, right, 1), (right, left, -1)):
        if one is UNDEFINED:
            return sign if other is not UNDEFINED else 0
        if one is None and other is not UNDEFINED:
            return sign if other is not None else 0
    return _compare_values(left, right)


def _compare_values(left: object, right: object) -> int:
    left, right = _primitive(left), _primitive(right)
    if isinstance(left, str) and isinstance(right, str):
        one, other = code_units(left), code_units(right)
        return (one > other) - (one < other)
    first, second = number(left), number(right)
    return (first > second) - (first < second)


def _primitive(value: object) -> object:
    if isinstance(value, SpecialObject) and value.number is not None:
        return value.number()
    return text(value) if isinstance(value, dict | list) or callable(value) else value


def same(left: object, right: object) -> bool:
    """Whether JavaScript's ``left === right`` holds; lists and objects are only the same as themselves.

    1 is the same as 1.0, but not as true or ``"1"``; NaN is not the same as itself, nor null as UNDEFINED.
    """
    if isinstance(left, dict | list) or isinstance(right, dict | list) or callable(left) or callable(right):
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if is_number(left) and is_number(right):
        return left == right
    return type(left) is type(right) and left == right


def as_array(value: object) -> list[object]:
    """Lodash's ``_.castArray``: a list itself, no copy; anything else, null and UNDEFINED too, as its only item."""
    return value if isinstance(value, list) else [value]


def as_object(value: object) -> dict[str, Any]:
    """An object itself, no copy; an empty one in place of anything else, as for options that are none."""
    return value if isinstance(value, dict) else {}


def map_key(value: object) -> object:
    """What stands for ``value`` as a key in Python, so that keys are the same where JavaScript's ``Map`` has one.

    A text is not a number, a list or an object is only itself, and NaN is itself, too.
    """
    if isinstance(value, dict | list) or callable(value):
        return id(value)
    return type(value) if isinstance(value, bool | str) else None, "NaN" if value != value else value  # noqa: PLR0124


def units(value: str) -> int:
    """The length of a text in JavaScript: the number of its UTF-16 code units."""
    return len(value) if value.isascii() else len(value) + sum(char > "\uffff" for char in value)
