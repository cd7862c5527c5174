"""Paths, compiled: a function from the context to the value that a path leads to."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from batchctl.errors import TemplateError
from batchctl.javascript.values import UNDEFINED
from batchctl.template.inherited import OBJECT_MEMBERS, inherited
from batchctl.template.path_search import FORBIDDEN, PathSearch
from batchctl.template.path_syntax import parse_query

if TYPE_CHECKING:
    from batchctl.template.path_syntax import Token

Lookup: TypeAlias = Callable[[object], object]
"""From the context to the value at a path; UNDEFINED where there is none."""


@lru_cache(maxsize=4096)
def compile_path(path: str) -> Lookup:
    """A function from the context to the value at ``path`` in it; UNDEFINED where there is none.

    Raises ``TemplateError`` for an empty path or a malformed regular expression. The function raises it for a path that
    JavaScript refuses to read, such as one with an index beyond the largest number.
    """
    unions = parse_query(path)
    if not unions:
        raise TemplateError("a placeholder without a path", hint="name a value between the braces: {{args.name}}")
    tokens = unions[0]
    if len(unions) > 1 or not all(isinstance(token, str | int) for token in tokens):
        return PathSearch(unions)
    if not FORBIDDEN.isdisjoint(tokens):
        return lambda _context: UNDEFINED
    walk = _walk(tokens)
    if OBJECT_MEMBERS.isdisjoint(tokens) and all(isinstance(token, str) for token in tokens):
        return _NAMES.get(len(tokens), lambda _names, walk: walk)(tokens, walk)
    return walk


def is_plain_name(step: object) -> bool:
    """Whether ``step``, one step of a path, only ever reads a member that the author gave the object.

    False for an index or a slice, and for names that JavaScript's objects inherit (``toString``, ``constructor``).
    """
    return isinstance(step, str) and step not in FORBIDDEN and step not in OBJECT_MEMBERS


def _walk(tokens: tuple[Token, ...]) -> Lookup:
    """Any path of names and indexes, step by step."""
    steps = tuple((token, isinstance(token, str)) for token in tokens)

    def look_up(context: object) -> object:
        value = context
        for token, is_name in steps:
            if is_name and isinstance(value, dict):
                if token in value:
                    value = value[token]
                    continue
            elif not is_name:
                if not isinstance(value, list) or token >= len(value):  # type: ignore[operator]  # an index, not a name
                    return UNDEFINED
                value = value[token]  # type: ignore[index]  # as above
                continue
            value = inherited(value, token)  # type: ignore[arg-type]  # a name, not an index
            if value is UNDEFINED:
                return UNDEFINED
        return value

    return look_up


# The common paths, a few names deep. Only objects can be asked by name: whatever else stands on the way (a list,
# null, a missing name) raises, and the walk has the answer.
_SOMETHING_ELSE = (KeyError, TypeError, AttributeError)


def _one_name(names: tuple[Token, ...], walk: Lookup) -> Lookup:
    (name,) = names

    def look_up(context: object) -> object:
        try:
            return context.get(name, UNDEFINED)  # type: ignore[attr-defined]  # raises for anything but an object
        except _SOMETHING_ELSE:
            return walk(context)

    return look_up


def _two_names(names: tuple[Token, ...], walk: Lookup) -> Lookup:
    first, last = names

    def look_up(context: object) -> object:
        try:
            return context[first].get(last, UNDEFINED)  # type: ignore[index]  # as above
        except _SOMETHING_ELSE:
            return walk(context)

    return look_up


def _three_names(names: tuple[Token, ...], walk: Lookup) -> Lookup:
    first, second, last = names

    def look_up(context: object) -> object:
        try:
            return context[first][second].get(last, UNDEFINED)  # type: ignore[index]  # as above
        except _SOMETHING_ELSE:
            return walk(context)

    return look_up


def _four_names(names: tuple[Token, ...], walk: Lookup) -> Lookup:
    first, second, third, last = names

    def look_up(context: object) -> object:
        try:
            return context[first][second][third].get(last, UNDEFINED)  # type: ignore[index]  # as above
        except _SOMETHING_ELSE:
            return walk(context)

    return look_up


_NAMES = {1: _one_name, 2: _two_names, 3: _three_names, 4: _four_names}
