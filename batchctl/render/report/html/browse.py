"""The records: a table of the first ones that needs no script, and the data for a script that pages and searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.result import Skipped
from batchctl.plain import clean, counted
from batchctl.render.html import script_json
from batchctl.render.result.figures import first_records, record_count
from batchctl.render.text.cells import short
from batchctl.render.text.columns import choose_fields, in_reading_order
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redactor
    from batchctl.render.report.json import Report

_MAX_RECORDS = 1000
_MAX_BYTES = 4_000_000
_ROWS = 10
_COLUMNS = 8
_LOOKED_AT = 50


class TableView(Struct, frozen=True):
    """The records of one resource in a report.

    ``key`` is its name, ``about`` says how many records it has. ``rows`` are the cells of the first ten by ``columns``;
    ``records`` are the first ones again and more of them, as JSON texts with commas between them, for the page's
    script. ``number`` tells the tables of a page apart.
    """

    number: int
    key: str
    about: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    records: str


def tables_of(report: Report, redactor: Redactor) -> Iterator[TableView] | None:
    """A table for each resource that has records, made one after the other; None where none has."""
    outcomes = [(key, each) for key, each in report.result.outcomes.items() if not isinstance(each, Skipped)]
    if not any(record_count(outcome) for _, outcome in outcomes):
        return None
    return _tables(outcomes, redactor)


def _tables(outcomes: Sequence[tuple[str, Outcome]], redactor: Redactor) -> Iterator[TableView]:
    room = _MAX_BYTES
    for number, (key, outcome) in enumerate(outcomes):
        count = record_count(outcome)
        if not count:
            continue
        records = list(first_records(outcome, _MAX_RECORDS))
        kept, size = _within(records, room, redactor)
        room -= size
        part = "" if len(kept) == count else f", the first {len(kept):,} are here"
        columns = _columns(records[:_LOOKED_AT])
        rows = [_cells(redactor.data(record), columns) for record in records[:_ROWS]]
        yield TableView(number, key, f"{counted(count, 'record')}{part}", columns, rows, ",".join(kept))


def _within(records: Sequence[JsonValue], room: int, redactor: Redactor) -> tuple[list[str], int]:
    """As many records as JSON as there is room for, and what they take."""
    kept: list[str] = []
    size = 0
    for record in records:
        text = script_json(record, redactor)
        if size + len(text) > room:
            break
        kept.append(text)
        size += len(text)
    return kept, size


def _columns(records: Sequence[JsonValue]) -> list[str]:
    names = choose_fields(records)[:_COLUMNS]
    return in_reading_order(names, records) or [""]


def _cells(record: JsonValue, columns: Sequence[str]) -> list[str]:
    fields = record if isinstance(record, dict) else {columns[0]: record}
    return [clean(short(fields[name]), 80) if name in fields else "" for name in columns]
