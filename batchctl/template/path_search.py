"""Paths that may match in several places: unions, regular expressions, slices. As the npm package wild-wild-path."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from batchctl.errors import TemplateError
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.values import UNDEFINED, NativeFunction
from batchctl.template.inherited import OBJECT_MEMBERS, inherited
from batchctl.template.path_patterns import PathPattern
from batchctl.template.path_syntax import Backwards, Endless, RegExp, Slice

if TYPE_CHECKING:
    from batchctl.template.path_syntax import Token

FORBIDDEN = frozenset({"__proto__", "prototype", "constructor"})
# The number of an alternative, and the value that it has come to.
_Entry: TypeAlias = "tuple[int, object]"
# For a regular expression with the flag g or y, by alternative and depth: where its last match ended.
_Cursors: TypeAlias = "dict[tuple[int, int], int]"


class PathSearch:
    """A path that can match in several places, compiled: called with the context, it gives the first value found.

    UNDEFINED where none is. ``unions`` are the alternatives of the path, as ``parse_query`` returns them. The search
    goes depth first, through keys in JavaScript's order. The constructor raises ``TemplateError`` for a malformed
    regular expression.
    """

    def __init__(self, unions: tuple[tuple[Token, ...], ...]) -> None:
        self._unions = unions
        self._suffixes = _suffix_ids(unions)
        self._patterns = {
            token: PathPattern(token) for tokens in unions for token in tokens if isinstance(token, RegExp)
        }

    def __call__(self, context: object) -> object:
        """The value, or UNDEFINED. Raises ``TemplateError``."""
        cursors: _Cursors = {}
        # What is being looked into on the way, to tell a method that has been there before.
        pending: list[tuple[int, list[_Entry], tuple[NativeFunction, ...]]] = [
            (0, [(number, context) for number in range(len(self._unions))], ())
        ]
        while pending:
            depth, entries, methods = pending.pop()
            value = entries[0][1]
            if isinstance(value, NativeFunction):
                if value in methods:
                    continue
                methods = (*methods, value)
            if any(isinstance(self._token(number, depth), Endless) for number, _ in entries):
                raise TemplateError("an index in a path is beyond the largest number")
            entries = self._distinct(entries, depth)
            for number, value in entries:
                if len(self._unions[number]) == depth:
                    return value
            ordered = self._children(entries, depth, cursors)
            pending.extend((depth + 1, children, methods) for children in reversed(ordered))
        return UNDEFINED

    def _token(self, number: int, depth: int) -> Token | None:
        tokens = self._unions[number]
        return tokens[depth] if depth < len(tokens) else None

    def _children(self, entries: list[_Entry], depth: int, cursors: _Cursors) -> list[list[_Entry]]:
        """What the next tokens lead to, grouped by name and in JavaScript's order of names."""
        groups: dict[str, list[_Entry]] = {}
        count = 0
        for number, value in entries:
            token = self._unions[number][depth]
            for name, child in self._matches(value, token, (number, depth), cursors):
                if name not in FORBIDDEN:
                    groups.setdefault(name, []).append((number, child))
                    count += 1
        if count > 1 and not OBJECT_MEMBERS.isdisjoint(groups):
            raise TemplateError("a placeholder matches several names, one of which every object has")
        return [groups[name] for name in ordered_keys(list(groups))]

    def _distinct(self, entries: list[_Entry], depth: int) -> list[_Entry]:
        if len(entries) == 1:
            return entries
        kept: dict[int, _Entry] = {}
        for entry in entries:
            kept.setdefault(self._suffixes[entry[0]][depth], entry)
        return list(kept.values())

    def _matches(
        self, value: object, token: Token, place: tuple[int, int], cursors: _Cursors
    ) -> list[tuple[str, object]]:
        if isinstance(token, str):
            child = value[token] if isinstance(value, dict) and token in value else inherited(value, token)
            return [] if child is UNDEFINED else [(token, child)]
        if isinstance(token, RegExp):
            if not isinstance(value, dict):
                return []
            return [(name, value[name]) for name in self._named(token, ordered_keys(list(value)), place, cursors)]
        if not isinstance(value, list):
            return []
        if isinstance(token, Slice):
            start = 0 if token.start is None else _bounded(value, token.start)
            stop = len(value) if token.stop is None else _bounded(value, token.stop)
            return [(str(index), value[index]) for index in range(start, stop)]
        index = _bounded(value, token)
        return [(str(index), value[index])] if index < len(value) else []

    def _named(self, token: RegExp, names: list[str], place: tuple[int, int], cursors: _Cursors) -> list[str]:
        pattern = self._patterns[token]
        found = []
        for name in names:
            end = pattern.end(name, cursors.get(place, 0) if pattern.moving else 0)
            if pattern.moving:
                cursors[place] = end or 0
            if end is not None:
                found.append(name)
        return found


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
