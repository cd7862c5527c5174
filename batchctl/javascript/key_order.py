"""The order in which JavaScript lists the keys of an object: whole numbers first, ascending, then the others."""

from __future__ import annotations

import json
from itertools import chain
from operator import itemgetter
from typing import Any, Final

from batchctl.javascript.values import js_number, to_double
from batchctl.patterns import lazy_regex

_INDEX_KEY: Final = lazy_regex(r'"(?:0|[1-9][0-9]{0,9})"\s*:')
_LAST_INDEX: Final = 2**32 - 2
_MAX_EXACT: Final = 2**53


def ordered_keys(keys: list[str]) -> list[str]:
    """``keys`` in the order in which JavaScript lists them: whole numbers first, ascending, then the others.

    It is the same list where that is their order already.
    """
    if not any(map(str.isdigit, keys)):
        return keys
    indexes = [key for key in keys if is_index(key)]
    if not indexes:
        return keys
    indexes.sort(key=int)
    return indexes + [key for key in keys if not is_index(key)]


def ordered(keys: object) -> object:
    """What JSONata's ``$keys`` answered: a list of keys in JavaScript's order, anything else (one key) unchanged."""
    return ordered_keys(keys) if isinstance(keys, list) else keys


def reordered(keys: object) -> object:
    """What JSONata's ``$keys`` answered, in JavaScript's order; None where it has that order already, or is no list."""
    found = ordered(keys)
    return None if found == keys else found


def is_index(key: str) -> bool:
    """Whether ``key`` is one that JavaScript lists before other keys: a whole number from ``0`` to ``4294967294``."""
    if not (key.isascii() and key.isdigit()) or len(key) > 10:
        return False
    return (key == "0" or key[0] != "0") and int(key) <= _LAST_INDEX


def as_sent(value: object) -> object:
    """``value`` (JSON values) as JavaScript sends it: keys in its order, whole numbers rounded as doubles (IEEE 754).

    Only what has to change is copied; the same object where nothing has to.
    """
    return value if is_as_sent([value]) else _rebuilt(value)


def text_as_sent(text: str) -> str:
    """The JSON ``text`` with the keys of its objects in JavaScript's order.

    It is parsed only if a key in it looks like a number.
    """
    if _INDEX_KEY.search(text) is None:
        return text
    return to_json(as_sent(json.loads(text)))


def to_json(value: object) -> str:
    """``value`` (JSON values) as JSON text without blanks and line breaks; only what has to be is escaped.

    Keys keep the order that they have. NaN and infinity are written as ``NaN`` and ``Infinity``, which JSON does not
    have; raises ``TypeError`` for UNDEFINED and other values that are not JSON.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def without_surrogates(value: object) -> object:
    """``value`` (JSON values) with U+FFFD for each half of a UTF-16 surrogate pair without the other, also in keys.

    It is the same object where there is none, else a copy.
    """
    text = to_json(value)
    clean = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value if clean == text else json.loads(clean)


def is_as_sent(values: list[Any]) -> bool:
    """Whether ``as_sent`` would change nothing in the JSON values in the list ``values``, at any depth.

    It is fast, since it runs over every record. True for an empty list.
    """
    ordered: set[tuple[str, ...]] = set()
    pending = [values]
    while pending:
        values = pending.pop()
        kinds = set(map(type, values))
        if int in kinds and not _all_exact(values, kinds):
            return False
        if list in kinds:
            lists = values if kinds == {list} else [value for value in values if type(value) is list]
            pending.append(list(chain.from_iterable(lists)))
        if dict in kinds:
            objects = values if kinds == {dict} else [value for value in values if type(value) is dict]
            if (columns := _columns_alike(objects)) is not None:
                pending += columns
                continue
            shapes = set(map(tuple, objects))
            if any(ordered_keys(list(shape)) != list(shape) for shape in shapes - ordered):
                return False
            ordered |= shapes
            pending.append(list(chain.from_iterable(map(dict.values, objects))))
    return True


def _columns_alike(objects: list[Any]) -> list[list[Any]] | None:
    """The members of objects that all have the same keys, none of them a number; None for other objects."""
    first = objects[0]
    # As many keys, and each of the first one's: the same ones. In which order does not matter where none is a number.
    if any(map(is_index, first)) or set(map(len, objects)) != {len(first)}:
        return None
    try:
        return [list(map(itemgetter(name), objects)) for name in first]
    except KeyError:
        return None


def _all_exact(values: list[Any], kinds: set[type]) -> bool:
    numbers = values if kinds == {int} else [value for value in values if type(value) is int]
    return min(numbers) >= -_MAX_EXACT and max(numbers) <= _MAX_EXACT


def holds_more(values: list[Any], most: int) -> bool:
    """Whether there are more than ``most`` JSON values in ``values``, at any depth, objects and lists included.

    It stops counting there.
    """
    while values:
        most -= len(values)
        inner: list[Any] = []
        for value in values:
            if type(value) is dict:
                inner += value.values()
            elif type(value) is list:
                inner += value
            if len(inner) > most:
                return True
        values = inner
    return most < 0


def parts(values: list[Any], read: object) -> list[Any]:
    """Those parts of the JSON values ``values`` that an expression reads as a whole, in one list.

    ``read`` is what ``Program.reads`` returns: True for all of it, or a dict from the name of each member to what is
    read of it. A list among the values stands for its items: for ``{"a": {"id": True}}`` they are the ids of all
    objects under ``a``. They are no copies, name by name in the order of ``read``; values that are no objects, and
    members that are not there, add nothing.
    """
    if not isinstance(read, dict):
        return values
    values = _opened(values)
    found: list[Any] = []
    for name, inner in read.items():
        found += parts(_members(values, name), inner)
    return found


def _opened(values: list[Any]) -> list[Any]:
    """The objects among ``values`` and in the lists among them."""
    kinds = set(map(type, values))
    while list in kinds:
        values = [each for value in values for each in (value if type(value) is list else [value])]
        kinds = set(map(type, values))
    return values if kinds <= {dict} else [value for value in values if type(value) is dict]


def _members(objects: list[Any], name: str) -> list[Any]:
    try:
        return list(map(itemgetter(name), objects))
    except KeyError:
        return [value[name] for value in objects if name in value]


def _rebuilt(value: object) -> object:
    top: list[object] = [value]
    pending: list[list[object] | dict[str, object]] = [top]
    while pending:
        holder = pending.pop()
        for place, item in holder.items() if isinstance(holder, dict) else enumerate(holder):
            copy = item
            if isinstance(item, dict):
                copy = {key: item[key] for key in ordered_keys(list(item))}
            elif isinstance(item, list):
                copy = list(item)
            elif isinstance(item, int) and not isinstance(item, bool):
                copy = js_number(to_double(item))
            if isinstance(copy, dict | list):
                pending.append(copy)
            holder[place] = copy  # type: ignore[index]  # the place is one of its own
    return top[0]
