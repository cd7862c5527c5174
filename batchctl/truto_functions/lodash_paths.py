"""How lodash finds things: paths such as ``a.b[0]``, and the shorthands for "has this value"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.javascript.budget import tick, ticking
from batchctl.javascript.coercion import code_units, is_nil, same, text, truthy
from batchctl.javascript.values import UNDEFINED
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Callable

_PROPERTY: Final = lazy_regex(
    r"""[^.\[\]]+|\[(?:(-?[0-9]+(?:\.[0-9]+)?)|(["'])((?:(?!\2)[^\\]|\\.)*?)\2)\]|(?=(?:\.|\[\])(?:\.|\[\]|$))"""
)
_DEEP: Final = lazy_regex(r"""\.|\[(?:[^\[\]]*|(["'])(?:(?!\1)[^\\]|\\.)*?\1)\]""")
_INDEX: Final = lazy_regex(r"0|[1-9][0-9]*")
_ESCAPED: Final = lazy_regex(r"\\(\\)?")


def split_path(path: object, holder: object) -> list[str]:
    """The keys of a lodash path: ``a.b[0]`` → ``["a", "b", "0"]``; for a list of keys, each of them as text.

    A text that is itself a key of ``holder`` is one key, and so is the text of anything else (null: ``null``).
    """
    if isinstance(path, list):
        return [text(key) for key in path]
    name = text(path)
    if not isinstance(path, str) or _DEEP.search(name) is None or own(holder, name) is not UNDEFINED:
        return [name]
    keys = [""] if name.startswith(".") else []
    return keys + [_ESCAPED.sub(r"\1", part[3]) if part[2] else part[1] or part[0] for part in _PROPERTY.finditer(name)]


def own(holder: object, key: str) -> object:
    """JavaScript's ``holder[key]`` for an object, a list or a text, ``length`` included; UNDEFINED for none.

    A text counts code points, but its ``length`` UTF-16 units. UNDEFINED also where ``holder`` is null, UNDEFINED, or
    another value without members.
    """
    tick()
    if isinstance(holder, dict):
        return holder.get(key, UNDEFINED)
    if isinstance(holder, list | str):
        if key == "length":
            return len(holder) if isinstance(holder, list) else len(code_units(holder)) // 2
        if _INDEX.fullmatch(key) and len(key) < 10 and int(key) < len(holder):
            return holder[int(key)]
    return UNDEFINED


def get(holder: object, path: object) -> object:
    """The value at ``path`` (``a.b[0]``, or a list of keys) in ``holder``; UNDEFINED where there is none.

    It is found as lodash's ``_.get`` finds it, which has nothing at an empty list of keys. The value is that of
    ``holder``, not a copy; a ``holder`` that is null or UNDEFINED has none.
    """
    keys = split_path(path, holder)
    for key in keys:
        holder = own(holder, key)
    return holder if keys else UNDEFINED


def iteratee(shorthand: object) -> Callable[[object], object]:
    """The function that a lodash shorthand stands for, as ``_.iteratee`` makes it: it gets an item.

    A path (a text, or the text of a number) reads that member, UNDEFINED where there is none; an object asks whether
    the item has its members, a list of path and value whether it has that value there, and the answer is True or False.
    Null or UNDEFINED returns the item. A function as ``shorthand`` is never called, as on the service: every item gives
    that function itself.
    """
    if is_nil(shorthand):
        return lambda value: value
    if callable(shorthand):
        return lambda _: shorthand
    if isinstance(shorthand, dict):
        return matcher(shorthand)
    if isinstance(shorthand, list):
        return _property_matcher(*[*shorthand, UNDEFINED, UNDEFINED][:2])
    return lambda value: get(value, shorthand)


def matcher(wanted: dict[str, object]) -> Callable[[object], bool]:
    """A function that says whether a value has all that ``wanted`` has, at any depth, as lodash's ``_.matches``.

    Lists have to have the wanted items in any order. Null and UNDEFINED match only where ``wanted`` is empty.
    """

    def matches(value: object) -> bool:
        if is_nil(value):
            return not wanted
        return all(_has(value, key, part) for key, part in wanted.items())

    return matches


def _has(value: object, key: str, part: object) -> bool:
    found = own(value, key)
    return found is not UNDEFINED and contains(found, part)


def _property_matcher(path: object, wanted: object) -> Callable[[object], bool]:
    def matches(value: object) -> bool:
        # What is undefined is nowhere in a value: only what has the key could match.
        return wanted is not UNDEFINED and (found := get(value, path)) is not UNDEFINED and contains(found, wanted)

    return matches


def contains(value: object, part: object) -> bool:
    """Whether ``value`` has all that ``part`` has, at any depth.

    That is, of an object its members, of a list its items in any order; any other value has to be the same by
    JavaScript's ``===`` (no text is a number, NaN is never the same). An empty object or list is in any object or any
    list.
    """
    if isinstance(part, dict):
        return isinstance(value, dict) and all(key in value and contains(value[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(value, list) and _contains_all(value, part)
    return same(value, part)


def _contains_all(items: list[object], parts: list[object]) -> bool:
    taken: set[int] = set()
    for part in parts:
        place = next((at for at, item in enumerate(ticking(items)) if at not in taken and contains(item, part)), None)
        if place is None:
            return False
        taken.add(place)
    return True


def is_true(shorthand: object) -> Callable[[object], bool]:
    """A function that says whether an item matches a lodash shorthand, as ``_.find`` and ``_.filter`` use it.

    A path asks whether that member is there and none of null, false, 0, NaN and empty text; an object whether the item
    has its members, a list of path and value whether it has that value there. Null or UNDEFINED asks this of the item
    itself.
    """
    read = iteratee(shorthand)
    return lambda value: truthy(read(value))


def is_index(key: str) -> bool:
    """Whether ``key`` is a whole number in digits: where a path leads to nothing yet, lodash makes a list for it.

    False where zeros come before it (``01``).
    """
    return _INDEX.fullmatch(key) is not None
