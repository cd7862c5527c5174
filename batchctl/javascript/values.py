"""JavaScript's view of JSON values: what they are as text, and the two that JSON does not have.

The rules are those of ECMA-262 (Number::toString, Array.prototype.join) and of lodash's ``toString``.
"""

from __future__ import annotations

import math
from typing import Final

from batchctl.errors import TemplateError
from batchctl.structs import Struct

# What JavaScript's ``\\s`` and ``trim`` take for white space.
WHITESPACE: Final = (
    "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_MAX_EXACT = 2**53


class Undefined:
    """The type of UNDEFINED, JavaScript's ``undefined``: no value, which is something else than null (None).

    A member with this value is left out when its object is written as JSON. It is false. There is only one such object,
    ``UNDEFINED``: compare with ``is``.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False

    def __copy__(self) -> Undefined:
        return self

    def __deepcopy__(self, memo: object) -> Undefined:
        return self


UNDEFINED: Final = Undefined()


class NativeFunction(Struct, frozen=True):
    """A method that JavaScript's objects, arrays or functions have; a path such as ``args.tags.map`` finds it.

    ``name`` is that of the method, ``owner`` the class that has it: ``Object``, ``Array`` or ``Function``.
    """

    name: str
    # "Object", "Array" or "Function": whose method it is.
    owner: str

    def __str__(self) -> str:
        return f"function {self.name}() {{ [native code] }}"


def to_text(value: object) -> str:
    """``String(value)`` in JavaScript: ``[1, None, 2]`` is ``1,,2``, an object ``[object Object]``.

    Null is ``null`` and UNDEFINED ``undefined``, but both empty in a list; numbers are as ``number_text`` has them.
    Raises ``TemplateError`` for a list that nests or grows beyond measure, ``HostError`` for a ``BareObject``.
    """
    if isinstance(value, list):
        return _joined(value, null="")
    return _scalar_text(value)


def text_or_error(value: object) -> str:
    """``String(value)`` in JavaScript (``to_text``), but ``TemplateError`` for an object with a field ``toString``.

    There JavaScript fails. The object may also be in a list, at any depth of lists. Also raises ``TemplateError`` for a
    list that is too large, and ``HostError`` for a ``BareObject``.
    """
    _refuse_hidden_method(value)
    return to_text(value)


def lodash_text(value: object) -> str:
    """Lodash's ``_.toString(value)``, which the type ``str`` of a placeholder uses.

    It differs from ``to_text``: null and undefined inside an array keep their names, ``-0`` its sign, and null itself
    is empty; UNDEFINED itself is ``undefined``. Raises ``TemplateError`` for an object with a field ``toString``, also
    in a list, for which JavaScript fails, and for a list that contains itself; ``HostError`` for a ``BareObject``.
    """
    if value is None:
        return ""
    _refuse_hidden_method(value)
    if isinstance(value, list):
        return _joined(value, null="null", minus_zero="-0")
    if value == 0 and isinstance(value, float) and math.copysign(1, value) < 0:
        return "-0"
    return _scalar_text(value)


def _refuse_hidden_method(value: object) -> None:
    pending = [value] if isinstance(value, dict | list) else []
    # Values that bring in one another can come to contain themselves.
    seen: set[int] = set()
    while pending:
        item = pending.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, list):
            pending.extend(child for child in item if isinstance(child, dict | list))
        elif isinstance(item, dict) and "toString" in item:
            raise TemplateError('an object with a field "toString" can\'t become text')


def _scalar_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, Undefined):
        return "undefined"
    if isinstance(value, NativeFunction):
        return str(value)
    # A special object says itself what it is; one that inherits nothing raises.
    return str(getattr(value, "text", "[object Object]"))


def _joined(items: list[object], *, null: str, minus_zero: str = "0") -> str:
    """Nested lists with commas, without recursion: files can nest deep."""
    parts: list[str] = []
    pending: list[object] = [iter(items)]
    active = [id(items)]
    first = [True]
    while pending:
        item = next(pending[-1], _END)  # type: ignore[call-overload]  # it is an iterator
        if item is _END:
            pending.pop()
            active.pop()
            first.pop()
            continue
        if not first[-1]:
            parts.append(",")
        first[-1] = False
        if isinstance(item, list):
            if not null and id(item) in active[-_NEAREST:]:
                continue  # JavaScript's join leaves out a list inside of itself; lodash never comes to an end.
            if id(item) in active[-_NEAREST:] or len(active) > _MAX_DEPTH or len(parts) > _MAX_PARTS:
                raise TemplateError("a list contains itself, or is too large to become text")
            pending.append(iter(item))
            active.append(id(item))
            first.append(True)
        elif item is None:
            parts.append(null)
        elif item is UNDEFINED:
            parts.append("undefined" if null else "")
        elif isinstance(item, float) and item == 0 and math.copysign(1, item) < 0:
            parts.append(minus_zero)
        else:
            parts.append(_scalar_text(item))
    return "".join(parts)


_END = object()
# How far up a list is looked for in itself; a wider circle ends at the depth.
_NEAREST = 100
_MAX_DEPTH = 100_000
_MAX_PARTS = 10_000_000


def utf8(value: str) -> bytes:
    """The bytes that the Web's ``TextEncoder`` makes of a text: UTF-8, a lone surrogate becomes U+FFFD."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def number_text(number: float) -> str:
    """A number as JavaScript prints it: ``1.0`` → ``1``, ``1e21`` → ``1e+21``, -0 → ``0``, or ``NaN``, ``Infinity``."""
    if isinstance(number, int):
        if -_MAX_EXACT <= number <= _MAX_EXACT:
            return str(number)
        number = to_double(number)
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if math.isnan(number):
        return "NaN"
    if number == 0:
        return "0"
    mantissa, _, exponent = f"{abs(number)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    # The value is 0.DIGITS times ten to the power of `point`.
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    return ("-" if number < 0 else "") + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    """Digits with the decimal point after ``point`` of them (Number::toString, steps 6 to 10)."""
    count = len(digits)
    if count <= point <= 21:
        return digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    tail = f".{digits[1:]}" if count > 1 else ""
    return f"{digits[0]}{tail}e{point - 1:+d}"


def to_double(number: int) -> float:
    """The double (IEEE 754) that is nearest to ``number``; beyond the largest, infinity with its sign."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def js_number(number: float) -> float:
    """A number as it is after JavaScript has written and read it as JSON: a whole one below 1e21 is an ``int``.

    So -0.0 is 0. Any other is returned itself, NaN and infinity too.
    """
    if math.isfinite(number) and number == int(number) and abs(number) < 1e21:
        return int(number_text(number))
    return number


def sendable(value: object) -> object:
    """``value`` as JSON can hold it: None for infinity and NaN, UNDEFINED for a JavaScript method, else unchanged.

    Only the value itself is looked at: lists and objects are returned as they are.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return UNDEFINED if isinstance(value, NativeFunction) else value
