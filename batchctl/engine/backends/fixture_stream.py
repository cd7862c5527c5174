"""Reads the records of a large fixture file one after the other: JSON, NDJSON or CSV."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_files import csv_records, json_record, not_utf8, read_records
from batchctl.errors import FixtureError
from batchctl.files import not_read
from batchctl.json_types import refuse_constant
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO

    from batchctl.json_types import JsonValue

_WINDOW = 1 << 20
_BLANK = lazy_regex(r"[ \t\r\n]*")


def stream_records(path: Path) -> Iterator[JsonValue]:
    """The records in the JSON, NDJSON or CSV file at ``path``, one by one, without the whole file in memory.

    The suffix decides: ``.ndjson`` has a value per line, ``.csv`` an object per row, by the names in the first line
    (all values texts, empty cells null), any other an array of JSON at the top, whose items are the records. Iterating
    raises ``FixtureError`` with path and line for content that is no records.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            match path.suffix:
                case ".ndjson":
                    yield from (json_record(line, path, at) for at, line in enumerate(file, 1) if line.strip())
                case ".csv":
                    yield from csv_records(file, path)
                case _:
                    yield from _array(file, path)
    except UnicodeDecodeError:
        raise not_utf8(path, _bad_line(path)) from None
    except OSError as error:
        raise not_read(path, error, FixtureError) from error


def _bad_line(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def _array(file: TextIO, path: Path) -> Iterator[JsonValue]:
    """The items of an array, a window of text at a time; JSON of another shape is read as a whole."""
    decoder = json.JSONDecoder(parse_constant=refuse_constant)
    text = file.read(_WINDOW)
    at = _skip(text, 0)
    if text[at : at + 1] != "[":
        yield from read_records(path)
        return
    at, is_first = at + 1, True
    while True:
        at = _skip(text, at)
        if text[at : at + 1] == "]" and not (text[at + 1 :] + file.read()).strip(" \t\r\n"):
            return
        found = _item(decoder, text, at, is_first=is_first)
        if found is None:
            # As much again as there is: a long item is not begun anew with every window.
            more = file.read(max(_WINDOW, len(text) - at))
            if not more:
                # Read as a whole it gives the place of the error.
                read_records(path)
                raise FixtureError(f"{path}: not JSON")
            text, at = text[at:] + more, 0
            continue
        yield found[0]
        at, is_first = found[1], False


def _item(decoder: json.JSONDecoder, text: str, at: int, *, is_first: bool) -> tuple[JsonValue, int] | None:
    """The item at a place, after its comma, and where it ends; None where more text is needed, or would not help."""
    if not is_first and text[at : at + 1] != ",":
        return None
    try:
        value, end = decoder.raw_decode(text, at if is_first else _skip(text, at + 1))
    except (ValueError, RecursionError):
        return None
    # A number at the end of the window may go on in the next one.
    return (value, end) if end < len(text) else None


def _skip(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
