"""A run's response body as JSON text, in pieces: nothing here holds more than one record as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.engine.result import RunResult

# Parts, resources, records: so deep a body is written piece by piece.
_LEVELS = 3


def run_json(result: RunResult, *, ascii_only: bool = False) -> Iterator[str]:
    """Exactly the response body, indented."""
    yield from json_pieces(response_body(result), "\n", _LEVELS, ascii_only=ascii_only)
    yield "\n"


def response_body(result: RunResult) -> Mapping[str, object]:
    """The response body, its records still to be iterated."""
    if result.raw is not None:
        return result.raw
    parts: dict[str, dict[str, object]] = {"result": {}, "errors": {}}
    for part, key, values in result.answer_lists():
        parts[part][key] = values
    return parts


def json_pieces(value: object, line: str, levels: int, *, ascii_only: bool) -> Iterator[str]:
    """``write_json(value, indent=2)`` in pieces; what can be iterated, down to ``levels``, need not be a list."""
    inside = line + "  "
    if levels and isinstance(value, Mapping):
        named = (
            (
                write_json(key, ascii_only=ascii_only) + ": ",
                json_pieces(below, inside, levels - 1, ascii_only=ascii_only),
            )
            for key, below in value.items()
        )
        yield from _enclosed("{}", named, line)
    elif levels and isinstance(value, Iterable) and not isinstance(value, str):
        yield from _enclosed(
            "[]", (("", json_pieces(below, inside, 0, ascii_only=ascii_only)) for below in value), line
        )
    else:
        yield write_json(value, indent=2, ascii_only=ascii_only).replace("\n", line)


def _enclosed(brackets: str, items: Iterable[tuple[str, Iterator[str]]], line: str) -> Iterator[str]:
    opening = brackets[0]
    for lead, pieces in items:
        yield f"{opening}{line}  {lead}"
        yield from pieces
        opening = ","
    yield brackets if opening == brackets[0] else line + brackets[1]
