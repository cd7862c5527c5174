"""Values while an expression is evaluated: sequences, and what JSONata makes of values."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.stringify import rounded_text, stringify
from batchctl.javascript.values import UNDEFINED, number_text, to_double
from batchctl.patterns import lazy_regex

_MAX_EXACT: Final = 2**53
_LONE: Final = lazy_regex("[\ud800-\udfff]")


class Sequence(list[Any]):
    """A list of what a path or function found: an empty one stands for UNDEFINED, one item for itself unless ``keep``.

    ``tuples`` means that its items are dicts with the values of the variables that ``@``, ``#`` and ``%`` name;
    ``outer`` that it wraps an input that is a list.
    """

    # Of the class until one says otherwise: most never do, and an evaluation makes millions.
    keep = False
    tuples = False
    outer = False


class MadeArray(list[Any]):
    """A list that is written as a step of a path (``a.[b, c]``): later steps take it as one item."""

    __slots__ = ()


class Function:
    """The base of all functions while an expression is evaluated; ``arity`` is the number of parameters.

    A subclass supplies ``__call__``, except ``Lambda``, which ``apply`` alone calls. Where one of Truto's functions
    makes text of it, that is ``[object Promise]``.
    """

    __slots__ = ()

    arity: int

    def __call__(self, *arguments: object) -> object:
        """What it answers; functions of the expression are called by ``apply`` alone."""
        raise NotImplementedError


def is_number(value: object) -> bool:
    """Whether ``value`` is a finite number. Raises ``HostError`` (D1001) for an infinite one, as JSONata does.

    False for NaN, for true and false, and for texts, ``"1"`` too.
    """
    kind = type(value)
    if kind is int:
        return True
    if kind is float:
        number: float = value  # type: ignore[assignment]  # its type is float
        if math.isinf(number):
            raise HostError(f"the number is out of range: {number_text(number)}", "D1001")
        return not math.isnan(number)
    return False


def bounded(number: float) -> float:
    """``number`` unchanged, but an ``int`` beyond 2**53, on either side of zero, as the nearest double."""
    if type(number) is int and not -_MAX_EXACT <= number <= _MAX_EXACT:
        return to_double(number)
    return number


def truth(value: object) -> bool:
    """Whether JSONata takes ``value`` for true; False for UNDEFINED, 0, NaN, ``""``, null, functions and empty objects.

    A list is true if one of its items is, by the same rule; an empty one is false. Raises ``HostError`` (D1001) for
    infinity.
    """
    if value is True or value is False:
        return bool(value)
    if isinstance(value, list):
        if len(value) == 1:
            return truth(value[0])
        # Each is looked at, as one of them may be infinite.
        return sum(map(truth, value)) > 0
    if isinstance(value, str):
        return bool(value)
    if isinstance(value, dict):
        return len(value) > 0
    return is_number(value) and value != 0


def equal(left: object, right: object) -> bool:
    """Whether ``left`` and ``right`` are deeply equal, without regard to the order of keys.

    NaN is not equal to itself; functions, and special objects such as dates (but not bytes), are only equal to
    themselves. 1 is equal to 1.0, but not to true or "1"; null and UNDEFINED each only to itself.
    """
    if left is right:
        return not (isinstance(left, float) and math.isnan(left))
    kind, other = type(left), type(right)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(equal(one, two) for one, two in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return _equal_objects(left, right)
    if isinstance(left, list | dict) and isinstance(right, list | dict):
        # A list has the key "length" beside its indexes.
        return False
    if kind is bool or other is bool or left is None or right is None or left is UNDEFINED or right is UNDEFINED:
        return False
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return kind is other and left == right


def _equal_objects(left: dict[str, Any], right: dict[str, Any]) -> bool:
    # What follows a special object is one of its own properties, and never that of another.
    if any(isinstance(each, SpecialObject) and not each.raw for each in (left, right)):
        return False
    return left.keys() == right.keys() and all(equal(item, right[key]) for key, item in left.items())


def same(left: object, right: object) -> bool:
    """Whether JavaScript's ``left === right`` holds; lists, objects and functions are only the same as themselves.

    Other values as ``equal`` compares them: 1 is 1.0, and NaN is not NaN.
    """
    if isinstance(left, list | dict | Function):
        return left is right
    return not isinstance(right, list | dict | Function) and equal(left, right)


def append(one: object, other: object) -> object:
    """JSONata's ``$append``: the items of ``one`` and then of ``other`` in one new list; UNDEFINED adds nothing.

    Anything but a list, null included, counts as its only item; where one of the two is UNDEFINED, the other is
    returned itself, also where it is no list.
    """
    return joined([one, other])


def joined(values: list[Any]) -> object:
    """What ``append`` makes of ``values``, one after the other: in time that grows with their number alone."""
    present = [value for value in values if value is not UNDEFINED]
    if len(present) < 2:
        return present[0] if present else UNDEFINED
    found: list[Any] = []
    for value in present:
        found += items_of(value)
    return found


def items_of(value: object) -> list[Any]:
    """A value as a list of items: a list itself, UNDEFINED as an empty one, all others, null too, as its only item."""
    return value if isinstance(value, list) else [] if value is UNDEFINED else [value]


def one_or_list(found: list[Any]) -> object:
    """The items of ``found``: a list of several, the only one itself, UNDEFINED for none."""
    return found if len(found) > 1 else found[0] if found else UNDEFINED


def lookup(holder: object, key: str) -> object:
    """JSONata's ``$lookup``: the value of ``key`` in the object ``holder``; for a list the values of its objects.

    UNDEFINED where there is none, or ``holder`` is neither. For a list it is a ``Sequence``, empty for none: a value
    that is itself a list adds its items, and lists in the list are looked through.
    """
    if isinstance(holder, SpecialObject):
        return holder.member(key)
    if isinstance(holder, dict):
        return holder.get(key, UNDEFINED)
    if isinstance(holder, list):
        found = Sequence()
        for item in holder:
            value = lookup(item, key)
            if isinstance(value, list):
                found.extend(value)
            elif value is not UNDEFINED:
                found.append(value)
        return found
    return UNDEFINED


def collapsed(value: object) -> object:
    """The value that ``value`` stands for, if it is a ``Sequence``: UNDEFINED if empty, its only item if it has one.

    Unchanged in all other cases: a plain list, a ``Sequence`` with ``tuples``, or one of one item with ``keep``.
    """
    if type(value) is Sequence and not value.tuples:
        if not value:
            return UNDEFINED
        if len(value) == 1 and not value.keep:
            return value[0]
    return value


def keys_of(value: dict[str, Any]) -> list[str]:
    """The keys of an object in JavaScript's order: whole numbers first, ascending, then the others as they came."""
    return ordered_keys(list(value))


def text_of(value: object) -> str:
    """The text of a value for the operator ``&``: a text unchanged, a function as empty text, anything else as JSON.

    Null is ``null``; UNDEFINED, which ``&`` leaves out, would be, too. Raises ``HostError`` (D3001, D1001) for infinity
    or NaN; NaN inside an object or list is null.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Function):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        raise HostError(f"an infinite number, or NaN, has no text: {number_text(value)}", "D3001")
    if isinstance(value, Sequence) and value.outer:
        value = value[0]
    return stringify(value, _number_text, functions=True)


def _number_text(value: float) -> str:
    if math.isinf(value):
        raise HostError(f"the number is out of range: {number_text(value)}", "D1001")
    if math.isnan(value):
        return "null"
    if isinstance(value, int) or value.is_integer():
        return number_text(value)
    return rounded_text(value)


def shown(value: object) -> object:
    """The result of an evaluation as JSON values, copied where it is a list or an object.

    NaN and infinity become null; UNDEFINED and functions are left out of objects, and null in a list; a special object
    becomes its JSON, a file a ``FileData``. Half of a surrogate pair in a text becomes U+FFFD. UNDEFINED for UNDEFINED
    or a function itself.
    """
    kind = type(value)
    if kind is str:
        return value if value.isascii() or not _LONE.search(value) else _LONE.sub("\ufffd", value)  # type: ignore[attr-defined,call-overload]  # its type is str
    if value is None or kind is bool:
        return value
    if isinstance(value, SpecialObject):
        if value.whole is not None:
            return value.whole()
        if value.json is not None:
            return shown(value.json())
        return _members(value) if value.bare is None else shown(value.bare)
    if isinstance(value, dict):
        return _members(value)
    if isinstance(value, list):
        return [None if (item := shown(each)) is UNDEFINED else item for each in value]
    if isinstance(value, Function) or callable(value):
        return UNDEFINED
    if isinstance(value, float):
        return _shown_number(value)
    return value


def _members(value: dict[str, Any]) -> dict[str, object]:
    keys = ordered_keys(list(value))
    return {str(shown(key)): item for key in keys if (item := shown(value[key])) is not UNDEFINED}


def _shown_number(value: float) -> object:
    if not math.isfinite(value):
        return None
    return json.loads(number_text(value)) if value.is_integer() and abs(value) < 1e21 else value
