"""The records: a table of the first ones that needs no script, and the data for a script that pages and searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.result import Skipped
from batchctl.plain import clean, counted
from batchctl.render.result.figures import first_records, record_count
from batchctl.render.text.cells import short
from batchctl.render.text.columns import choose_fields, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.json_types import JsonValue
    from batchctl.render.report.html.markup import Markup
    from batchctl.render.report.json import Report

_MAX_RECORDS = 1000
_MAX_BYTES = 4_000_000
_ROWS = 10
_COLUMNS = 8
_LOOKED_AT = 50


def records_section(report: Report, markup: Markup) -> Iterator[str]:
    """A table per resource that brought records."""
    outcomes = [(key, each) for key, each in report.result.outcomes.items() if not isinstance(each, Skipped)]
    if not any(record_count(outcome) for _, outcome in outcomes):
        return
    yield '<section id="records">\n<h2>Records</h2>\n'
    room = _MAX_BYTES
    for number, (key, outcome) in enumerate(outcomes):
        count = record_count(outcome)
        if not count:
            continue
        records = list(first_records(outcome, _MAX_RECORDS))
        kept, size = _within(records, room, markup)
        room -= size
        name = markup.text(key)
        part = "" if len(kept) == count else f", the first {len(kept):,} are here"
        yield f'<article class="records"><h3>{name} <small>{counted(count, "record")}{part}</small></h3>\n'
        columns = _columns(records[:_LOOKED_AT])
        yield from _table(records[:_ROWS], columns, markup)
        yield f'<script type="application/json" data-records="{number}">'
        yield '{"columns":' + markup.data(list(columns)) + ',"records":[' + ",".join(kept) + "]}</script>\n</article>\n"
    yield "</section>\n"


def _within(records: Sequence[JsonValue], room: int, markup: Markup) -> tuple[list[str], int]:
    """As many records as JSON as there is room for, and what they take."""
    kept: list[str] = []
    size = 0
    for record in records:
        text = markup.data(record)
        if size + len(text) > room:
            break
        kept.append(text)
        size += len(text)
    return kept, size


def _columns(records: Sequence[JsonValue]) -> list[str]:
    names = choose_fields(records)[:_COLUMNS]
    return in_reading_order(names, records) or [""]


def _table(records: Sequence[JsonValue], columns: Sequence[str], markup: Markup) -> Iterator[str]:
    heads = "".join(f"<th>{markup.text(name) or 'value'}</th>" for name in columns)
    yield f'<div class="scroll"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n'
    for record in records:
        fields = record if isinstance(record, dict) else {columns[0]: record}
        cells = "".join(
            f"<td>{markup.text(clean(short(fields[name]), 80)) if name in fields else ''}</td>" for name in columns
        )
        yield f"<tr>{cells}</tr>\n"
    yield "</tbody></table></div>\n"
