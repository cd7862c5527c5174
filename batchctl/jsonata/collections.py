"""JSONata's functions of lists, objects and functions.

Their signatures (``batchctl.jsonata.signatures``) check the arguments before: where a list is expected, any other value
but UNDEFINED has been put into one. UNDEFINED as the first argument gives UNDEFINED, unless another result is named.
"""

from __future__ import annotations

import json
import math
import random
from typing import TYPE_CHECKING, Any

from batchctl.javascript.budget import tick, ticking
from batchctl.javascript.coercion import code_units
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.objects import BareObject, SpecialObject
from batchctl.javascript.stringify import rounded_text, stringify
from batchctl.javascript.values import UNDEFINED, number_text
from batchctl.jsonata.values import Function, Sequence, equal, is_number, items_of, keys_of, one_or_list, text_of, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.functions import Frame


def call_with(function: Any, *arguments: object) -> object:
    """What ``function`` (a ``Closure`` or ``Regex``) returns for the first ``arity`` of ``arguments``, at least one."""
    return function(*arguments[: max(1, function.arity)])


def mapped(items: Any, function: Any = UNDEFINED) -> object:
    """JSONata's ``$map``: the results of ``function`` for each item of a list, without those that are UNDEFINED.

    They are in a ``Sequence``, which stands for UNDEFINED where it is empty, and for its item where it has one.
    ``function`` gets the item, its index from 0, and all items, as far as it has parameters. UNDEFINED for UNDEFINED;
    any other ``items`` must be a list (the check of the signature has put a single value into one before).
    """
    if items is UNDEFINED:
        return UNDEFINED
    found = (call_with(function, item, at, items) for at, item in enumerate(items))
    return Sequence(value for value in found if value is not UNDEFINED)


def filtered(items: Any, function: Any = UNDEFINED) -> object:
    """JSONata's ``$filter``: the items of a list for which ``function`` is true by ``truth``; UNDEFINED for UNDEFINED.

    They are in a ``Sequence``, which stands for UNDEFINED where it is empty, and for its item where it has one.
    ``function`` gets the item, its index from 0, and all items, as far as it has parameters. Any other ``items`` must
    be a list (the check of the signature has put a single value into one before).
    """
    if items is UNDEFINED:
        return UNDEFINED
    return Sequence(item for at, item in enumerate(items) if truth(call_with(function, item, at, items)))


def single(items: Any, function: Any = UNDEFINED) -> object:
    """JSONata's ``$single``: the one item of a list for which ``function`` is true; without a function the only item.

    ``function`` gets the item, its index from 0, and all items. Raises ``HostError`` where there are several (D3138) or
    none (D3139), as in an empty list. UNDEFINED for UNDEFINED; any other ``items`` must be a list (the check of the
    signature has put a single value into one before).
    """
    if items is UNDEFINED:
        return UNDEFINED
    found: list[object] = []
    for at, item in enumerate(items):
        if function is UNDEFINED or truth(call_with(function, item, at, items)):
            if found:
                raise HostError("$single found more than one match", "D3138")
            found.append(item)
    if not found:
        raise HostError("$single found no match", "D3139")
    return found[0]


def zipped(*lists: Any) -> object:
    """JSONata's ``$zip``: the first items of ``lists`` in a list, then the second items, and so on, in one list.

    There are as many lists as the shortest has items: none where one is no list, or there are no ``lists``.
    """
    size = min((len(each) if isinstance(each, list) else 0 for each in lists), default=0)
    return [[each[at] for each in lists] for at in range(size)]


def reduced(items: Any, function: Any, start: Any = UNDEFINED) -> object:
    """JSONata's ``$reduce``: one result of a list, as ``function`` joins the result so far and each item in turn.

    ``start`` is the first result, also of an empty list; without it the first item is, and an empty list gives
    UNDEFINED. ``function`` gets the result, the item, its index and all items, as far as it has parameters. Raises
    ``HostError`` (D3050) for a function of fewer than two parameters. UNDEFINED for UNDEFINED as ``items``.
    """
    if items is UNDEFINED:
        return UNDEFINED
    if function.arity < 2:
        raise HostError("$reduce needs a function of two parameters or more", "D3050")
    first = 0
    found = start
    if start is UNDEFINED and items:
        found, first = items[0], 1
    for at in range(first, len(items)):
        found = function(*(found, items[at], at, items)[: max(2, min(4, function.arity))])
    return found


def sifted(holder: Any, function: Any = UNDEFINED) -> object:
    """Truto's ``$sift``: a new object of the members of the object ``holder`` for which ``function`` is true.

    ``function`` gets the value, its key, and ``holder``. UNDEFINED where there are none, and for UNDEFINED.
    """
    if holder is UNDEFINED:
        return UNDEFINED
    kept = {key: holder[key] for key in keys_of(holder) if truth(call_with(function, holder[key], key, holder))}
    return kept or UNDEFINED


def each(holder: Any, function: Any) -> object:
    """Truto's ``$each``: the results of ``function`` for the members of the object ``holder``; UNDEFINED is left out.

    A list, the only result itself, or UNDEFINED for none. ``function`` gets the value, its key, and ``holder``.
    """
    if holder is UNDEFINED:
        return UNDEFINED
    found = (call_with(function, holder[key], key, holder) for key in keys_of(holder))
    return one_or_list([value for value in found if value is not UNDEFINED])


def keys(holder: Any) -> object:
    """Truto's ``$keys``: the keys of the object ``holder``, or of all objects in a list, each once.

    A list, the only key itself, or UNDEFINED for none, as for null, texts and numbers. For a special object (a date, a
    URL) they are those of the value that it wraps.
    """
    return one_or_list(_keys(holder))


def _keys(holder: Any) -> list[Any]:
    if isinstance(holder, list):
        return list(dict.fromkeys(key for item in holder for key in _keys(item)))
    if isinstance(holder, SpecialObject) and holder.inner is not None:
        return list(holder.inner)
    return keys_of(holder) if isinstance(holder, dict) else []


def spread(value: Any) -> object:
    """JSONata's ``$spread``: an object as a ``Sequence`` of objects with one key each; the objects in a list likewise.

    Any other value, and other items of a list, stay unchanged.
    """
    if isinstance(value, list):
        parts = [part for item in value if (part := spread(item)) is not UNDEFINED]
        return [each for part in parts for each in items_of(part)] if parts else Sequence()
    if isinstance(value, dict):
        return Sequence(BareObject({key: value[key]}) for key in keys_of(value))
    return value


def merged(objects: Any) -> object:
    """JSONata's ``$merge``: a new object with the keys of all in the list ``objects``.

    A later value replaces an earlier one whole. UNDEFINED for UNDEFINED; empty for an empty list.
    """
    if objects is UNDEFINED:
        return UNDEFINED
    found = BareObject()
    for item in objects:
        found.update((key, item[key]) for key in keys_of(item))
    return BareObject({key: found[key] for key in ordered_keys(list(found))})


def reversed_(items: Any) -> object:
    """JSONata's ``$reverse``: a new list in reverse order; UNDEFINED, and a list of 0 or 1, is returned itself."""
    return items if items is UNDEFINED or len(items) <= 1 else items[::-1]


def shuffled(items: Any) -> object:
    """JSONata's ``$shuffle``: a new list in random order; UNDEFINED, and a list of 0 or 1, is returned itself."""
    return items if items is UNDEFINED or len(items) <= 1 else random.sample(items, len(items))


def distinct(items: Any) -> object:
    """JSONata's ``$distinct``: the items of a list, and of those that are deeply equal (``equal``) only the first.

    A new list, a ``Sequence`` for a ``Sequence``. Any other value, and a list of 0 or 1, is returned unchanged.
    """
    if not isinstance(items, list) or len(items) <= 1:
        return items
    found: list[Any] = Sequence() if type(items) is Sequence else []
    plain: set[object] = set()
    alike: dict[object, list[object]] = {}
    for item in items:
        if isinstance(item, dict | list | Function):
            known = alike.setdefault(_likeness(item), [])
            if any(equal(item, other) for other in ticking(known)):
                continue
            known.append(item)
        elif item == item:  # noqa: PLR0124  # NaN is none of those before
            key = (type(item) is bool, item)
            if key in plain:
                continue
            plain.add(key)
        found.append(item)
    return found


def _likeness(value: object) -> object:
    """Something to look ``value`` up by: the same for all that are deeply equal, and for few others."""
    tick()
    if isinstance(value, SpecialObject) and not value.raw:
        return id(value)
    if isinstance(value, dict):
        return frozenset((key, _likeness(item)) for key, item in value.items())
    if isinstance(value, list):
        return tuple(map(_likeness, value))
    return (value,) if isinstance(value, bool) else id(value) if isinstance(value, Function) else value


def sort(items: Any, function: Any = UNDEFINED) -> object:
    """JSONata's ``$sort``: a new list, the list ``items`` in order; equal items keep their order.

    ``function`` gets two items and says whether the first comes after the second; without it, numbers or texts are
    sorted ascending. Raises ``HostError`` (D3070) for both mixed or other items, null included, without a function.
    UNDEFINED and lists of 0 or 1 are returned themselves.
    """
    if items is UNDEFINED or len(items) <= 1:
        return items
    if function is UNDEFINED:
        if not {False} & {is_number(item) for item in items}:
            return sorted(items)
        if all(isinstance(item, str) for item in items):
            return sorted(items, key=code_units)
        raise HostError("$sort without a function sorts numbers, or texts", "D3070")
    return merge_sorted(items, lambda one, other: _is_true(function(one, other)))


def _is_true(value: object) -> bool:
    return bool(value) if not isinstance(value, list | dict) else True


def merge_sorted(items: list[Any], comes_after: Callable[[Any, Any], bool]) -> list[Any]:
    """The items in order, by a merge sort that compares them in the same sequence as JSONata's does; stable.

    The sequence decides where comparisons contradict each other (NaN). ``comes_after`` says whether its first argument
    belongs after its second. A new list, but for one of 0 or 1 itself.
    """
    if len(items) <= 1:
        return items
    middle = len(items) // 2
    left, right = merge_sorted(items[:middle], comes_after), merge_sorted(items[middle:], comes_after)
    found: list[Any] = []
    one = other = 0
    while one < len(left) and other < len(right):
        if comes_after(left[one], right[other]):
            found.append(right[other])
            other += 1
        else:
            found.append(left[one])
            one += 1
    return found + left[one:] + right[other:]


def kind_of(value: object) -> object:
    """JSONata's ``$type``: ``null``, ``number``, ``string``, ``boolean``, ``array``, ``function`` or ``object``.

    UNDEFINED for UNDEFINED, ``object`` for NaN. Raises ``HostError`` (D1001) for infinity.
    """
    if value is UNDEFINED:
        return UNDEFINED
    if value is None:
        return "null"
    if is_number(value):
        return "number"
    if isinstance(value, str | bool):
        return "string" if isinstance(value, str) else "boolean"
    if isinstance(value, list):
        return "array"
    return "function" if isinstance(value, Function) else "object"


def text(value: Any, prettify: object = UNDEFINED) -> object:
    """Truto's ``$string``: a text unchanged, anything else as JSON, on one line or, if ``prettify`` is true, indented.

    Indented by two blanks; only True counts. Numbers have fifteen significant digits, special objects are written as
    the value that they wrap. Raises ``HostError`` for infinity, and for NaN itself (in a list it is null). UNDEFINED
    for UNDEFINED, an empty text for a function.
    """
    if value is UNDEFINED or isinstance(value, str):
        return value
    if isinstance(value, Function):
        return ""
    if isinstance(value, float) and not math.isfinite(value):
        raise HostError(f"an infinite number, or NaN, has no text: {number_text(value)}", "D3001")
    if isinstance(value, Sequence) and value.outer:
        value = value[0]
    return stringify(value, _digits, 2 if prettify is True else 0, functions=True, unwrapped=True)


def _digits(value: float) -> str:
    if math.isinf(value):
        raise HostError(f"the number is out of range: {number_text(value)}", "D1001")
    return rounded_text(value)


def clone(value: Any) -> object:
    """Truto's ``$clone``: a deep copy, made by writing JSON and reading it: a special object becomes its JSON.

    UNDEFINED for UNDEFINED. Its signature takes objects and lists alone: without it a text or a function, which is no
    JSON, raises ``ValueError``.
    """
    return UNDEFINED if value is UNDEFINED else json.loads(text_of(value))


def negated(value: object) -> object:
    """JSONata's ``$not``: false for what ``$boolean`` makes true, and the reverse; UNDEFINED for UNDEFINED."""
    return UNDEFINED if value is UNDEFINED else not truth(value)


def boolean(value: object) -> object:
    """JSONata's ``$boolean``: false for 0, NaN, ``""``, null, functions, empty objects, lists without a true item.

    Anything else is true; UNDEFINED for UNDEFINED. Raises ``HostError`` (D1001) for infinity.
    """
    return UNDEFINED if value is UNDEFINED else truth(value)


def fail(message: Any = UNDEFINED) -> object:
    """JSONata's ``$error``: always raises ``HostError`` (D3137) with the text ``message``, or a fixed one for none."""
    raise HostError(message if message and message is not UNDEFINED else "$error() function evaluated", "D3137")


def insist(condition: object, message: Any = UNDEFINED) -> object:
    """JSONata's ``$assert``: UNDEFINED if ``condition`` is True itself.

    Else it raises ``HostError`` (D3141), with ``message`` as its text, or a fixed one if that is empty or UNDEFINED.
    """
    if condition is True:
        return UNDEFINED
    raise HostError(message if message and message is not UNDEFINED else "$assert() statement failed", "D3141")


def frame_time(_: object, frame: Frame) -> object:
    """JSONata's ``$millis``: when the evaluation began, in milliseconds since 1970; the first argument is ignored."""
    return frame.run.began_ms
