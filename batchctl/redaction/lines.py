"""Secrets in source text that may be too broken to be parsed: found by the names of their keys, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.redaction.names import is_secret_name, passwords_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEY = lazy_regex(r"""(["']?)([A-Za-z_][\w.-]*)\1[ \t]*(?::(?=[ \t\r"'\[{|>]|$)|=)[ \t]*""")
_ANY_KEY = lazy_regex(r"""^[ \t]*(?:- +)*["']?[\w.$-]+["']?[ \t]*:(?:[ \t]|$)""")
_BLOCK = lazy_regex(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
_PLAIN_END = lazy_regex(r"[,}\]]|[ \t]#|$")
_PLACEHOLDERS = ("{{", "${")
# A value that goes on for longer than this is a file with a quote too few, not a secret.
_MAX_LINES = 40


def source_secrets(text: str) -> set[str]:
    """Values under secret-looking names in YAML, JSON or KEY=VALUE text, well-formed or not.

    A value over several lines (a block, an unclosed quote) gives each of its lines. Placeholders are no secrets.
    """
    found: set[str] = set()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        found.update(passwords_in(line))
        for start, end, is_open in value_spans(line):
            found.update((line[start:end], *_items(line, start, end)))
            if is_open:
                found.update(_continued(lines, number))
    return {each for each in found if each and not any(mark in each for mark in _PLACEHOLDERS)}


def value_spans(line: str) -> Iterator[tuple[int, int, bool]]:
    """Where values of secret-looking keys are in a line of YAML, JSON or KEY=VALUE text, without their quotes.

    Each is the start, the end (exclusive), both in characters, and whether the value is not closed on this line, so
    that the lines below belong to it.
    """
    position = 0
    while match := _KEY.search(line, position):
        position = match.end()
        if not is_secret_name(match[2]):
            continue
        start, end, is_open = _value(line, match.end())
        yield start, end, is_open
        position = max(position, end)


def _value(line: str, start: int) -> tuple[int, int, bool]:
    quote = line[start : start + 1]
    if quote in ('"', "'"):
        end = _closing(line, start + 1, quote)
        return (start + 1, len(line.rstrip()), True) if end is None else (start + 1, end, False)
    rest = line[start:]
    if not rest.strip() or _BLOCK.match(rest):
        return start, start, True
    if quote in "[{" and not rest.startswith("{{"):
        return start + 1, len(line.rstrip(" \t]},")), False
    stop = _PLAIN_END.search(line, start)
    return start, len(line[: stop.start() if stop else len(line)].rstrip()), False


def _items(line: str, start: int, end: int) -> Iterator[str]:
    """The items of a list or mapping in flow style: ``[a, b]``."""
    if line[start - 1 : start] in ("[", "{"):
        yield from (item.rpartition(":")[2].strip().strip("\"'") for item in line[start:end].split(","))


def _closing(line: str, start: int, quote: str) -> int | None:
    position = start
    while position < len(line):
        if quote == '"' and line[position] == "\\":
            position += 2
            continue
        if line[position] == quote:
            if quote == "'" and line[position + 1 : position + 2] == "'":
                position += 2
                continue
            return position
        position += 1
    return None


def _continued(lines: list[str], number: int) -> Iterator[str]:
    """The lines below that belong to a value, since they are deeper than its key; of ``key: value`` the value."""
    indent = _indent(lines[number])
    for line in lines[number + 1 : number + 1 + _MAX_LINES]:
        if line.strip() and _indent(line) <= indent:
            return
        key = _ANY_KEY.match(line)
        text = (line[key.end() :] if key else line).strip().removeprefix("- ").strip("\"'")
        if text:
            yield text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
