"""Truto's functions that are lodash's. Their arguments are not changed, and lists that they return are new.

Where a list is expected, anything else counts as a list of that one item, null and UNDEFINED too; ``$difference`` takes
it for empty. Items in results are those of the arguments themselves, not copies. Text means JavaScript's ``String``.
"""

from __future__ import annotations

import math
from functools import cmp_to_key
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from batchctl.javascript.budget import tick, ticking
from batchctl.javascript.coercion import as_array, compare, is_nil, map_key, text, to_integer, truthy
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.values import UNDEFINED
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.lodash_paths import get, is_index, is_true, iteratee, own, split_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def present(items: Iterable[object]) -> list[object]:
    """The items in a new list, as JSON has it: None in place of UNDEFINED.

    Raises ``HostError`` (D1012) when the evaluation's time is over.
    """
    return [None if item is UNDEFINED else item for item in ticking(items)]


def group_by(array: object, key: object) -> object:
    """``$groupBy``: the items of the list ``array`` in lists, by the text of what ``key`` reads in them.

    ``key`` is the name of a field, a lodash path (``a.b[0]``), or an object or a list of path and value, which an item
    matches or not (``true``, ``false``); null and UNDEFINED read the item itself. The text is that of JavaScript's
    ``String``: items without the field are under ``undefined``, those with null under ``null``. Keys come in the order
    of their first items, an UNDEFINED item is None. What is no list, null and UNDEFINED included, counts as a list of
    that one item.
    """
    read = iteratee(key)
    groups: dict[str, list[object]] = {}
    for item in as_array(array):
        groups.setdefault(text(read(item)), []).append(None if item is UNDEFINED else item)
    return groups


def key_by(array: object, key: object) -> object:
    """``$keyBy``: an object of the items of the list ``array``, by the text of what ``key`` reads in them.

    ``key`` is the name of a field, a lodash path (``a.b[0]``), or an object or a list of path and value, which an item
    matches or not (``true``, ``false``); null and UNDEFINED read the item itself. The text is that of JavaScript's
    ``String``, ``undefined`` for items without the field. Of several items with one key the last is kept; UNDEFINED
    items are left out. What is no list, null included, counts as a list of that one item.
    """
    read = iteratee(key)
    found = {text(read(item)): item for item in as_array(array)}
    return {name: item for name, item in found.items() if item is not UNDEFINED}


def pick(holder: object, paths: object) -> object:
    """``$pick``: a new object with those members of the object ``holder`` that ``paths`` name, nested as they were.

    ``paths`` is a lodash path (``a.b[0]``) or a list of them, in which a list counts as several more; those that lead
    nowhere are left out. A list or text as ``holder`` has its indexes as keys; for anything else, null included, the
    result is empty. The values are those of ``holder`` itself, not copies.
    """
    picked: dict[str, object] = {}
    for path in _path_list(paths):
        keys = split_path(path, holder)
        value = get(holder, keys)
        if not is_nil(holder) and value is not UNDEFINED:
            _put(picked, keys, value)
    return picked


def _path_list(paths: object) -> list[object]:
    flat: list[object] = []
    for path in as_array(paths):
        flat += path if isinstance(path, list) else [path]
    return flat


def _put(holder: object, keys: list[str], value: object) -> None:
    for key, following in pairwise(keys):
        inner = own(holder, key)
        made: object = [] if is_index(following) else {}
        inner = inner.copy() if isinstance(inner, dict | list) else made
        _set(holder, key, inner)
        holder = inner
    _set(holder, keys[-1], value)


def _set(holder: object, key: str, value: object) -> None:
    if isinstance(holder, dict):
        holder[key] = value
    elif isinstance(holder, list) and is_index(key) and int(key) < 100_000:
        holder.extend([None] * (int(key) + 1 - len(holder)))
        holder[int(key)] = value


def omit(holder: object, paths: object) -> object:
    """``$omit``: a new object with the members of the object ``holder`` except those that ``paths`` name.

    ``paths`` is a lodash path (``a.b[0]``) or a list of them; an item of a list that one names becomes None. ``holder``
    is not changed; values into which no path leads are its own, not copies. A list or text as ``holder`` has its
    indexes as keys; for anything else, null included, the result is empty.
    """
    if is_nil(holder):
        return {}
    kept: object = dict(entries(holder))
    for path in _path_list(paths):
        kept = _without(kept, split_path(path, holder))
    return kept


def entries(holder: object) -> list[tuple[str, object]]:
    """The keys and values of an object, or the indexes (as text) and items of a list or text; empty for others."""
    if isinstance(holder, dict):
        return list(holder.items())
    if isinstance(holder, list | str):
        return [(str(index), item) for index, item in enumerate(ticking(holder))]
    return []


def _without(holder: object, keys: list[str]) -> object:
    key, *rest = keys
    inner = own(holder, key)
    if inner is UNDEFINED:
        return holder
    if isinstance(holder, dict):
        if not rest:
            return {name: item for name, item in holder.items() if name != key}
        return {**holder, key: _without(inner, rest)}
    if isinstance(holder, list) and is_index(key):
        copy = list(holder)
        copy[int(key)] = _without(inner, rest) if rest else None
        return copy
    return holder


def compact(array: object) -> object:
    """``$compact``: a new list, the list ``array`` without null, UNDEFINED, false, 0, empty text and NaN.

    Empty lists and objects stay. What is no list counts as a list of that one item: null gives an empty list.
    """
    return [item for item in as_array(array) if truthy(item)]


def order_by(array: object, keys: object, orders: object) -> object:
    """``$orderBy``: a new list, the list ``array`` sorted by ``keys``, the first of which counts most.

    ``keys`` is a field, a lodash path or a list of these, the items themselves where it is null, UNDEFINED or empty;
    ``orders`` is a text or a list that has ``desc`` for each key that descends, at its place; any other value there,
    null and UNDEFINED ascend. Null, UNDEFINED and NaN come last, and first in a key that descends. Equal items keep
    their order. What is no list counts as a list of that one item.
    """
    wanted = [] if is_nil(keys) else as_array(keys)
    directions = [] if is_nil(orders) else as_array(orders)
    return present(sort_by(as_array(array), wanted or [UNDEFINED], directions))


def sort_by(items: list[object], keys: list[object], orders: list[object]) -> list[object]:
    """A new list, ``items`` sorted by ``keys`` (lodash paths or shorthands), the first of which counts most.

    A key ascends unless ``orders`` has ``desc`` at its place; ``orders`` may be shorter than ``keys``. Texts are
    compared by UTF-16 code units, lists and objects by their text, other values as numbers; null, UNDEFINED and NaN
    come last. Equal items keep their order, as do all of them where ``keys`` is empty.
    """
    reads = [_criterion(key) for key in keys]
    rows = [(tuple(read(item) for read in reads), index, item) for index, item in enumerate(items)]
    directions = [*orders, *[UNDEFINED] * len(keys)]

    def by_keys(left: tuple[tuple[object, ...], int, object], right: tuple[tuple[object, ...], int, object]) -> int:
        tick()
        for one, other, order in zip(left[0], right[0], directions, strict=False):
            if result := compare(one, other):
                return result * (-1 if _descends(order) else 1)
        return left[1] - right[1]

    return [item for _, _, item in sorted(rows, key=cmp_to_key(by_keys))]


def _descends(order: object) -> bool:
    """Whether ``order == "desc"``: an object is compared by its text."""
    return (text(order) if isinstance(order, dict | list) else order) == "desc"


def _criterion(key: object) -> Callable[[object], object]:
    if isinstance(key, list):
        return lambda item: get(item, key)
    return iteratee(key)


def find(array: object, predicate: object) -> object:
    """``$find``: the first item of the list ``array`` that ``predicate`` matches, itself and no copy; else UNDEFINED.

    ``predicate`` is a lodash shorthand: a field that must not be null, false, 0, NaN or an empty text (an empty list or
    object will do), an object whose members the item must have, or a list of a path and the value there; null and
    UNDEFINED ask of the item itself what a field asks. What is no list counts as a list of that one item.
    """
    matches = is_true(predicate)
    return next((item for item in as_array(array) if matches(item)), UNDEFINED)


def lofilter(array: object, predicate: object) -> object:
    """``$lofilter``: a new list of the items of the list ``array`` that ``predicate`` matches.

    ``predicate`` is a lodash shorthand: a field that must not be null, false, 0, NaN or an empty text (an empty list or
    object will do), an object whose members the item must have, or a list of a path and the value there; null and
    UNDEFINED ask of the item itself what a field asks. What is no list counts as a list of that one item.
    """
    return present(filter(is_true(predicate), as_array(array)))


def values(holder: object) -> object:
    """``$values``: the values of an object, the items of a list, or the characters of a text, in a new list.

    Those of an object are in JavaScript's order of its keys (whole numbers first). For anything else it is empty.
    """
    if isinstance(holder, dict):
        return [holder[key] for key in ordered_keys(list(holder))]
    return list(ticking(holder)) if isinstance(holder, list | str) else []


def chunk(array: object, size: object) -> object:
    """``$chunk``: the list ``array`` in lists of ``size`` items each (1 if it is UNDEFINED); the last one has the rest.

    ``size`` is read as JavaScript's ``Number`` and loses its fraction. Empty for one below 1, null or what is no
    number. What is no list counts as a list of that one item.
    """
    width = 1 if size is UNDEFINED else to_integer(size)
    items = present(as_array(array))
    if width < 1:
        return []
    step = len(items) or 1 if math.isinf(width) else int(width)
    return [items[start : start + step] for start in range(0, len(items), step)]


def difference(array: object, excluded: object) -> object:
    """``$difference``: a new list of the items of the list ``array`` that are not in the list ``excluded``.

    An object or list is only equal to itself, a text to no number; NaN is equal to NaN. Empty where ``array`` is no
    list; where ``excluded`` is no list, nothing is left out.
    """
    if not isinstance(array, list):
        return []
    gone = {map_key(item) for item in excluded} if isinstance(excluded, list) else set()
    return present(item for item in array if map_key(item) not in gone)


def flatten(array: object) -> object:
    """``$flatten``: a new list, ``array`` with the items of lists in it in their place, one level deep.

    What is no list counts as a list of that one item: null gives a list of null.
    """
    return present(_flat(as_array(array), 1))


def flatten_deep(array: object) -> object:
    """``$flattenDeep``: a new list, ``array`` with the items of all lists in it in their place, at any depth.

    What is no list counts as a list of that one item: null gives a list of null.
    """
    return present(_flat(as_array(array), math.inf))


def flatten_depth(array: object, depth: object) -> object:
    """``$flattenDepth``: a new list, ``array`` with the items of lists in it in their place, ``depth`` levels deep.

    ``depth`` is 1 where it is UNDEFINED; below 1, null or no number it opens no list. What is no list counts as a list
    of that one item.
    """
    return present(_flat(as_array(array), 1 if depth is UNDEFINED else to_integer(depth)))


def _flat(items: list[object], depth: float) -> Iterable[object]:
    pending = [(iter(items), depth)]
    while pending:
        rest, left = pending[-1]
        for item in rest:
            tick()
            if isinstance(item, list) and left > 0:
                pending.append((iter(item), left - 1))
                break
            yield item
        else:
            pending.pop()


FUNCTIONS: Final = {
    "groupBy": Hosted(group_by, 2, 2, inherits=True),
    "keyBy": Hosted(key_by, 2, 2, inherits=True),
    "pick": Hosted(pick, 2, 2),
    "omit": Hosted(omit, 2, 2),
    "compact": Hosted(compact, 1, 1),
    "orderBy": Hosted(order_by, 3, 3),
    "find": Hosted(find, 2, 2),
    "lofilter": Hosted(lofilter, 2, 2),
    "values": Hosted(values, 1, 1),
    "chunk": Hosted(chunk, 2, 2),
    "difference": Hosted(difference, 2, 2, identity=True),
    "flatten": Hosted(flatten, 1, 1),
    "flattenDeep": Hosted(flatten_deep, 1, 1),
    "flattenDepth": Hosted(flatten_depth, 2, 2),
}
