"""A run's answer for programs: JSON, and a line per record. Nothing here holds more than one record as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue

# Parts, resources, records: so deep an answer is written piece by piece.
_LEVELS = 3


def run_json(result: RunResult, *, ascii_only: bool = False) -> Iterator[str]:
    """Exactly the response body, indented."""
    yield from _pieces(answer_body(result), "\n", _LEVELS, ascii_only=ascii_only)
    yield "\n"


def answer_body(result: RunResult) -> Mapping[str, object]:
    """The response body, its records still to be iterated."""
    if result.raw is not None:
        return result.raw
    parts: dict[str, dict[str, object]] = {"result": {}, "errors": {}}
    for part, key, values in result.answer_lists():
        parts[part][key] = values
    return parts


def run_ndjson(result: RunResult, *, ascii_only: bool = False) -> Iterator[str]:
    """``{"resource": NAME, "record": …}`` per record, ``{"resource": NAME, "error": …}`` per error."""
    for name, kind, value in result.answer_entries():
        yield write_json({"resource": name, kind: value}, ascii_only=ascii_only) + "\n"


def records_json(records: Iterable[JsonValue], *, ascii_only: bool = False) -> Iterator[str]:
    """An array of the records."""
    yield from _pieces(records, "\n", 1, ascii_only=ascii_only)
    yield "\n"


def pretty_json(value: JsonValue) -> Iterator[str]:
    """Any value, indented."""
    yield write_json(value, indent=2) + "\n"


def records_ndjson(records: Iterable[JsonValue], *, ascii_only: bool = False) -> Iterator[str]:
    """A record per line."""
    for record in records:
        yield write_json(record, ascii_only=ascii_only) + "\n"


def _pieces(value: object, line: str, levels: int, *, ascii_only: bool) -> Iterator[str]:
    """``write_json(value, indent=2)`` in pieces; what can be iterated, down to ``levels``, need not be a list."""
    inside = line + "  "
    if levels and isinstance(value, Mapping):
        named = (
            (write_json(key, ascii_only=ascii_only) + ": ", _pieces(below, inside, levels - 1, ascii_only=ascii_only))
            for key, below in value.items()
        )
        yield from _enclosed("{}", named, line)
    elif levels and isinstance(value, Iterable) and not isinstance(value, str):
        yield from _enclosed("[]", (("", _pieces(below, inside, 0, ascii_only=ascii_only)) for below in value), line)
    else:
        yield write_json(value, indent=2, ascii_only=ascii_only).replace("\n", line)


def _enclosed(brackets: str, items: Iterable[tuple[str, Iterator[str]]], line: str) -> Iterator[str]:
    opening = brackets[0]
    for lead, pieces in items:
        yield f"{opening}{line}  {lead}"
        yield from pieces
        opening = ","
    yield brackets if opening == brackets[0] else line + brackets[1]
