"""The paths between the braces, as the npm packages wild-wild-path 5 and wild-wild-parser read them.

Segments are parted by dots: names, array indexes (``-1`` counts from the end), ``/regexp/`` over an object's
names, slices such as ``-2:``. A space parts alternatives of which the first that exists wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from batchctl.errors import TemplateError
from batchctl.template.values import UNDEFINED, NativeFunction

_INDEX = re.compile(r"-?[0-9]+")
_SLICE = re.compile(r"(-?[0-9]+)?:(-?[0-9]+)?")
_REGEXP_FLAGS = frozenset("dgimsuvy")
_FORBIDDEN = frozenset({"__proto__", "prototype", "constructor"})
_LONGEST_INDEX = 16
_HUGE = 10**_LONGEST_INDEX

OBJECT_MEMBERS = frozenset(
    [
        "toString",
        "toLocaleString",
        "valueOf",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "__defineGetter__",
        "__defineSetter__",
        "__lookupGetter__",
        "__lookupSetter__",
    ]
)
_ARRAY_MEMBERS = OBJECT_MEMBERS | frozenset(
    [
        "at",
        "concat",
        "copyWithin",
        "entries",
        "every",
        "fill",
        "filter",
        "find",
        "findIndex",
        "findLast",
        "findLastIndex",
        "flat",
        "flatMap",
        "forEach",
        "includes",
        "indexOf",
        "join",
        "keys",
        "lastIndexOf",
        "map",
        "pop",
        "push",
        "reduce",
        "reduceRight",
        "reverse",
        "shift",
        "slice",
        "some",
        "sort",
        "splice",
        "toReversed",
        "toSorted",
        "toSpliced",
        "unshift",
        "values",
        "with",
    ]
)
_FUNCTION_MEMBERS = OBJECT_MEMBERS | {"apply", "bind", "call"}
Lookup: TypeAlias = Callable[[object], object]


@dataclass(frozen=True, slots=True)
class Backwards:
    """An index from the end; ``-0`` is one past it."""

    distance: int


@dataclass(frozen=True, slots=True)
class Slice:
    """``from:to`` of an array."""

    start: object
    stop: object


@dataclass(frozen=True, slots=True)
class RegExp:
    """A regular expression over an object's names."""

    source: str
    flags: str


Token: TypeAlias = "str | int | Backwards | Slice | RegExp"  # noqa: S105 - no password


@lru_cache(maxsize=4096)
def parse_path(path: str) -> tuple[object, ...]:
    """The segments of a path: ``args.ids.0`` → ``("args", "ids", 0)``; empty for a union or a malformed path."""
    unions = parse_query(path.strip())
    return unions[0] if len(unions) == 1 else ()


def parse_query(query: str) -> tuple[tuple[Token, ...], ...]:
    """The alternatives of a path, each a tuple of tokens; none for an empty path."""
    found: list[tuple[Token, ...]] = []
    for part in query.split(" "):
        if not part:
            continue
        if not part.strip("."):
            # Only dots: each one after the first is an empty name.
            found.append(("",) * (len(part) - 1))
            continue
        pieces = part.split(".")
        found.append(tuple(map(_token, pieces[1:] if not pieces[0] else pieces)))
    return tuple(found)


def _token(text: str) -> Token:
    if text.startswith("/") and text.rfind("/") > 1:
        end = text.rfind("/")
        return RegExp(text[1:end], text[end + 1 :])
    edges = _SLICE.fullmatch(text)
    if edges:
        return Slice(*(None if edge is None else _index(edge) for edge in edges.groups()))
    return _index(text) if _INDEX.fullmatch(text) else text


def _index(text: str) -> int | Backwards:
    # Longer than any array, and Python refuses to read thousands of digits.
    digits = text.lstrip("-").lstrip("0")
    number = int(digits or 0) if len(digits) <= _LONGEST_INDEX else _HUGE
    return Backwards(number) if text.startswith("-") else number


def compile_path(path: str) -> Lookup:
    """A function from the context to the value at ``path``, or UNDEFINED.

    Raises ``TemplateError`` for an empty path or a bad regular expression.
    """
    unions = parse_query(path)
    if not unions:
        raise TemplateError("a placeholder without a path", hint="name a value between the braces: {{args.name}}")
    tokens = unions[0]
    if len(unions) > 1 or not all(isinstance(token, str | int) for token in tokens):
        return _Search(unions)
    if not _FORBIDDEN.isdisjoint(tokens):
        return lambda _context: UNDEFINED
    steps = tuple((token, isinstance(token, str)) for token in tokens)

    def look_up(context: object) -> object:
        value = context
        for token, is_name in steps:
            if is_name and isinstance(value, dict):
                if token in value:
                    value = value[token]
                    continue
            elif not is_name and isinstance(value, list):
                if token < len(value):  # type: ignore[operator]  # is_name says that it is an int
                    value = value[token]  # type: ignore[index]  # as above
                    continue
                return UNDEFINED
            value = _member(value, token) if is_name else UNDEFINED
            if value is UNDEFINED:
                return UNDEFINED
        return value

    return look_up


def _member(value: object, name: object) -> object:
    """What JavaScript's objects and arrays inherit, since the package looks with ``in``."""
    if isinstance(value, list):
        if name == "length":
            return len(value)
        return NativeFunction(str(name)) if name in _ARRAY_MEMBERS else UNDEFINED
    if isinstance(value, dict):
        return NativeFunction(str(name)) if name in OBJECT_MEMBERS else UNDEFINED
    if isinstance(value, NativeFunction):
        if name == "name":
            return value.name
        if name == "length":
            return value.arity
        return NativeFunction(str(name)) if name in _FUNCTION_MEMBERS else UNDEFINED
    return UNDEFINED


class _Search:
    """The first match of a query, depth first, in the order in which JavaScript walks keys."""

    def __init__(self, unions: tuple[tuple[Token, ...], ...]) -> None:
        self._unions = unions
        self._suffixes = _suffix_ids(unions)
        self._patterns = {token: _pattern(token) for tokens in unions for token in tokens if isinstance(token, RegExp)}

    def __call__(self, context: object) -> object:
        # A regular expression with the flag g or y goes on where its last match ended.
        cursors: dict[tuple[int, int], int] = {}
        pending: list[tuple[int, list[_Entry]]] = [(0, [(number, context) for number in range(len(self._unions))])]
        while pending:
            depth, entries = pending.pop()
            entries = self._distinct(entries, depth)
            for number, value in entries:
                if len(self._unions[number]) == depth:
                    return value
            children: dict[str, list[_Entry]] = {}
            for number, value in entries:
                token = self._unions[number][depth]
                for name, child in self._matches(value, token, (number, depth), cursors):
                    if name not in _FORBIDDEN:
                        children.setdefault(name, []).append((number, child))
            if len(children) > 1 and not OBJECT_MEMBERS.isdisjoint(children):
                raise TemplateError("a placeholder matches several names, one of which every object has")
            ordered = js_order(children) if len(children) > 1 else list(children)
            pending.extend((depth + 1, children[name]) for name in reversed(ordered))
        return UNDEFINED

    def _distinct(self, entries: list[_Entry], depth: int) -> list[_Entry]:
        if len(entries) == 1:
            return entries
        kept: dict[int, _Entry] = {}
        for entry in entries:
            kept.setdefault(self._suffixes[entry[0]][depth], entry)
        return list(kept.values())

    def _matches(
        self, value: object, token: Token, place: tuple[int, int], cursors: dict[tuple[int, int], int]
    ) -> list[tuple[str, object]]:
        if isinstance(token, str):
            child = value.get(token, _NONE) if isinstance(value, dict) else _NONE
            child = _member(value, token) if child is _NONE else child
            return [] if child is UNDEFINED else [(token, child)]
        if isinstance(token, RegExp):
            if not isinstance(value, dict):
                return []
            return [(name, value[name]) for name in self._named(token, js_order(value), place, cursors)]
        if not isinstance(value, list):
            return []
        if isinstance(token, Slice):
            start = 0 if token.start is None else _bounded(value, token.start)
            stop = len(value) if token.stop is None else _bounded(value, token.stop)
            return [(str(index), value[index]) for index in range(start, stop)]
        index = _bounded(value, token)
        return [(str(index), value[index])] if index < len(value) else []

    def _named(
        self, token: RegExp, names: list[str], place: tuple[int, int], cursors: dict[tuple[int, int], int]
    ) -> list[str]:
        pattern = self._patterns[token]
        sticky, moving = "y" in token.flags, "y" in token.flags or "g" in token.flags
        found = []
        for name in names:
            start = cursors.get(place, 0) if moving else 0
            match = None
            if start <= len(name):
                match = pattern.match(name, start) if sticky else pattern.search(name, start)
            if moving:
                cursors[place] = match.end() if match else 0
            if match:
                found.append(name)
        return found


_NONE = object()
_Entry: TypeAlias = tuple[int, object]


def _bounded(items: list[object], edge: object) -> int:
    if isinstance(edge, Backwards):
        return max(len(items) - edge.distance, 0)
    return min(edge, len(items)) if isinstance(edge, int) else 0


def _suffix_ids(unions: tuple[tuple[Token, ...], ...]) -> list[list[int]]:
    """For each alternative and depth a number that is the same wherever the remaining tokens are."""
    numbers: dict[tuple[Token, int], int] = {}
    ids = []
    for tokens in unions:
        suffix = [0]
        for token in reversed(tokens):
            suffix.append(numbers.setdefault((token, suffix[-1]), len(numbers) + 1))
        ids.append(suffix[::-1])
    return ids


def js_order(names: Iterable[str]) -> list[str]:
    """Names in JavaScript's order: array indexes first, ascending, then the rest as they came."""
    listed = list(names)
    indexes = [name for name in listed if _is_array_index(name)]
    if not indexes:
        return listed
    rest = [name for name in listed if not _is_array_index(name)]
    return sorted(indexes, key=int) + rest


def _is_array_index(name: str) -> bool:
    if not (name.isascii() and name.isdigit()) or len(name) > 10:
        return False
    return (name == "0" or name[0] != "0") and int(name) < 2**32 - 1


def _pattern(token: RegExp) -> re.Pattern[str]:
    flags = set(token.flags)
    if len(flags) != len(token.flags) or not flags <= _REGEXP_FLAGS or {"u", "v"} <= flags:
        raise TemplateError(f'the regular expression /{token.source}/ has bad flags "{token.flags[:20]}"')
    # Without u or v, JavaScript folds only ASCII letters onto ASCII letters.
    options = re.IGNORECASE if "i" in flags else re.NOFLAG
    if not flags & {"u", "v"}:
        options |= re.ASCII
    try:
        return re.compile(token.source, options)
    except (re.error, RecursionError, OverflowError) as error:
        raise TemplateError(f"the regular expression /{token.source[:80]}/ is not valid: {error}") from None
