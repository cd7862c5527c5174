"""Where a cursor is in a definition, read from the lines above it: also in text that is broken half-way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.diagnostics import Position
    from batchctl.json_types import DataPath

_ENTRY = lazy_regex(
    r"(?P<indent> *)(?P<dashes>(?:- +)*)(?P<dash>-$)?"
    r"(?P<key>[^\s:#'\"{}\[\]-][^:#'\"{}]*|\"[^\"]*\"|'[^']*')?(?P<colon> *:(?= |$))?"
)
_PLACEHOLDER = lazy_regex(r"\{\{((?:(?!\}\}).)*)$")
_FUNCTION = lazy_regex(r"\$(\w*)$")
_FLOW_KEY = lazy_regex(r"(?:^|[{,])\s*([\w-]+)\s*:\s*(?:[^{},]*)$")


class Cursor(Struct, frozen=True):
    """What is being written at a cursor in a definition.

    ``path`` is that of the value that it is in, or of the mapping in which a key is being written. ``key`` is True
    while a key is written; ``word`` is the part of the key or value before the cursor. ``placeholder`` is the text of
    an open ``{{`` before the cursor, ``function`` the text after a ``$``; both are None elsewhere.
    """

    path: DataPath
    key: bool
    word: str
    placeholder: str | None = None
    function: str | None = None


class _Level(Struct):
    indent: int
    step: str | int


def cursor_at(lines: Sequence[str], position: Position) -> Cursor:
    """What is being written at ``position`` in ``lines``, the lines of a definition, which may be broken YAML."""
    index = position.line - 1
    line = lines[index] if index < len(lines) else ""
    before = line[: position.column - 1]
    levels = _levels(lines[:index])
    entry = _match(before)
    indent = len(entry["indent"])
    levels = [level for level in levels if level.indent < indent or (level.indent == indent and entry["dashes"])]
    levels = _items(levels, entry["indent"], entry["dashes"] or entry["dash"] or "", lines[:index])
    path = tuple(level.step for level in levels)
    value = before[entry.end() :] if entry["colon"] else None
    function = _FUNCTION.search(before)
    name = function[1] if function else None
    opened = _PLACEHOLDER.search(before)
    placeholder = opened[1] if opened else None
    if value is None:
        written = (entry["key"] or "").strip("'\"")
        return Cursor(path, key=not _is_text(lines, index), word=written, placeholder=placeholder, function=name)
    path = (*path, (entry["key"] or "").strip("'\" "))
    outer = value.rpartition("{{")[0] if placeholder is not None else value
    inner = _FLOW_KEY.search(outer) if outer.lstrip().startswith("{") else None
    if inner:
        path = (*path, inner[1])
    word = re.split(r"[\s\[,]", value)[-1].strip("'\"")
    return Cursor(path, key=False, word=word, placeholder=placeholder, function=name)


def _match(line: str) -> re.Match[str]:
    found = _ENTRY.match(line)
    if found is None:
        raise AssertionError("every part of the pattern is optional")
    return found


def _levels(lines: Sequence[str]) -> list[_Level]:
    """The keys and items that are open after these lines."""
    levels: list[_Level] = []
    counts: dict[int, int] = {}
    block: int | None = None
    for line in lines:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        entry = _match(line)
        indent = len(entry["indent"])
        if block is not None and indent > block:
            continue
        block = None
        dashes = entry["dashes"] or entry["dash"] or ""
        while levels and _closes(levels[-1], indent, dashes):
            levels.pop()
        counts = {at: count for at, count in counts.items() if at <= indent}
        column = indent
        for _ in range(dashes.count("-")):
            counts[column] = counts.get(column, -1) + 1
            levels.append(_Level(column, counts[column]))
            column += 2
        if not dashes:
            counts.pop(indent, None)
        else:
            column = indent + len(dashes)
        if entry["key"] is not None and entry["colon"]:
            levels.append(_Level(column, entry["key"].strip("'\" ")))
            if re.match(r"\s*[|>]", line[entry.end() :]):
                block = column
    return levels


def _closes(level: _Level, indent: int, dashes: str) -> bool:
    """Whether a line at ``indent`` ends a level. A list may begin at the indent of its key, which stays open then."""
    if level.indent == indent:
        return not (dashes and isinstance(level.step, str))
    return level.indent > indent


def _items(levels: list[_Level], indent: str, dashes: str, above: Sequence[str]) -> list[_Level]:
    """The levels, with the items that the cursor's own line begins."""
    column = len(indent)
    if not dashes:
        return levels
    number = 0
    for line in reversed(above):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        entry = _match(line)
        at = len(entry["indent"])
        if at < column or (at == column and not (entry["dashes"] or entry["dash"])):
            break
        number += at == column
    levels = [level for level in levels if not (level.indent == column and isinstance(level.step, int))]
    return [*levels, _Level(column, number)]


def _is_text(lines: Sequence[str], index: int) -> bool:
    """Whether the line is inside of a block scalar: nothing there is a key."""
    here = lines[index] if index < len(lines) else ""
    indent = len(here) - len(here.lstrip(" "))
    for line in reversed(lines[:index]):
        if not line.strip():
            continue
        at = len(line) - len(line.lstrip(" "))
        if at < indent:
            return re.search(r":\s*[|>][+-]?\d?\s*(?:#.*)?$", line) is not None
    return False
