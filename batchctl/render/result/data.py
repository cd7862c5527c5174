"""A run's answer for programs: JSON, and a line per record. Nothing here holds more than one record as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.response_text import json_pieces
from batchctl.json_types import write_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue


def run_ndjson(result: RunResult, *, ascii_only: bool = False) -> Iterator[str]:
    """``{"resource": NAME, "record": …}`` per record, ``{"resource": NAME, "error": …}`` per error."""
    for name, kind, value in result.answer_entries():
        yield write_json({"resource": name, kind: value}, ascii_only=ascii_only) + "\n"


def records_json(records: Iterable[JsonValue], *, ascii_only: bool = False) -> Iterator[str]:
    """An array of the records."""
    yield from json_pieces(records, "\n", 1, ascii_only=ascii_only)
    yield "\n"


def pretty_json(value: JsonValue) -> Iterator[str]:
    """Any value, indented."""
    yield write_json(value, indent=2) + "\n"


def records_ndjson(records: Iterable[JsonValue], *, ascii_only: bool = False) -> Iterator[str]:
    """A record per line."""
    for record in records:
        yield write_json(record, ascii_only=ascii_only) + "\n"
