"""A run's answer for programs: JSON, and a line per record. Nothing here holds more than some hundred records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.response_text import json_arrays, json_pieces
from batchctl.json_text import enclosed, in_ascii
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue


def run_ndjson(result: RunResult, *, ascii_only: bool = False, tag: str = "") -> Iterator[str]:
    """A run's result as NDJSON: ``{"resource": KEY, "record": …}`` per record, with ``error`` in its place per error.

    ``KEY`` is the resource's key in the definition. Errors come last; each is an entry of the answer's ``errors``. A
    piece has many lines. ``tag`` is JSON text of members, such as ``"row": 1,``, that come first in each line.
    ``ascii_only`` writes characters beyond ASCII as escapes.
    """
    for part, name, values in result.answer_lists():
        kind = "record" if part == "result" else "error"
        lead = f'{{{tag}"resource": {write_json(name, ascii_only=ascii_only)}, "{kind}": '
        yield from _lines(values, lead.encode(), b"}\n", ascii_only=ascii_only)


def records_json(records: Iterable[JsonValue], *, ascii_only: bool = False) -> Iterator[str]:
    """The records as an indented JSON array, in pieces.

    ``ascii_only`` writes characters beyond ASCII as escapes.
    """
    yield from json_pieces(records, "\n", 1, ascii_only=ascii_only)
    yield "\n"


def pretty_json(value: JsonValue) -> Iterator[str]:
    """``value`` as one piece of JSON text, indented by two blanks, with a line break at its end."""
    yield write_json(value, indent=2) + "\n"


def records_ndjson(records: Iterable[JsonValue], *, ascii_only: bool = False) -> Iterator[str]:
    """The records as NDJSON, a line each; a piece has many lines.

    ``ascii_only`` writes characters beyond ASCII as escapes.
    """
    yield from _lines(records, b"", b"\n", ascii_only=ascii_only)


def _lines(values: Iterable[JsonValue], before: bytes, after: bytes, *, ascii_only: bool) -> Iterator[str]:
    """A line per value, with something before and after it."""
    for array in json_arrays(values):
        yield enclosed(in_ascii(array) if ascii_only else array, before, after).decode()
