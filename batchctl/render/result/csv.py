"""Records as CSV (RFC 4180, UTF-8): a column per field, objects spread out, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
from itertools import chain, repeat
from types import SimpleNamespace
from typing import TYPE_CHECKING

from batchctl.csv_text import harmless
from batchctl.engine.response_text import json_arrays
from batchctl.json_text import values_of
from batchctl.render.result.csv_columns import cell, cells_of, columns_of, common_shape, shape_of, spread
from batchctl.render.result.glimpse import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from batchctl.engine.result import RunResult
    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.render.result.csv_columns import Shape

# With more columns than that, objects are no records but maps: they stay JSON in one cell.
_MAX_COLUMNS = 256
# So many shapes of records are kept in mind; records of others are looked at one by one.
_MAX_SHAPES = 1_000
RESOURCE = "resource"
ROW, ACCOUNT = "row", "account"
VALUE = "value"


def run_csv(result: RunResult, fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """CSV of every record in the result, with the resource in the first column; each piece has many lines.

    The first line has the names of the columns: ``resource`` and the fields, dotted inside of objects
    (``address.city``). Errors are left out. ``fields`` are the columns, in order; where it is empty, all. A text that a
    spreadsheet would take for a formula gets an apostrophe in front, unless ``raw``.
    """
    lists = [(key, values) for part, key, values in result.answer_lists() if part == "result"]
    table = _Table(chain.from_iterable(_chunks(values) for _, values in lists), fields, _raw if raw else harmless)
    yield _lines([[RESOURCE, *map(table.text, table.names)]])
    for key, values in lists:
        for chunk in _chunks(values):
            yield _lines(table.rows(chunk, (table.text(key),)))


def rows_csv(ends: Iterable[RowEnd], fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """CSV of every record of many rows; the first columns are ``row`` (its number), ``account`` and ``resource``.

    ``ends`` are the rows, gone through twice; ``fields`` and ``raw`` are as in ``run_csv``.
    """
    chunks = (chunk for _, _, values in _row_lists(ends) for chunk in _chunks(values))
    table = _Table(chunks, fields, _raw if raw else harmless)
    yield _lines([[ROW, ACCOUNT, RESOURCE, *map(table.text, table.names)]])
    for end, key, values in _row_lists(ends):
        lead = (str(end.number), table.text(end.account or ""), table.text(key))
        for chunk in _chunks(values):
            yield _lines(table.rows(chunk, lead))


def _row_lists(ends: Iterable[RowEnd]) -> Iterator[tuple[RowEnd, str, Iterable[JsonValue]]]:
    for end in ends:
        for part, key, values in end.result.answer_lists() if end.result else ():
            if part == "result":
                yield end, key, values


def records_csv(records: Iterable[JsonValue], fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """CSV of the records of one resource; empty without records.

    ``records`` is gone through twice; ``fields`` and ``raw`` are as in ``run_csv``.
    """
    table = _Table(_chunks(records), fields, _raw if raw else harmless)
    if table.names:
        yield _lines([[table.text(name) for name in table.names]])
    for chunk in _chunks(records):
        yield _lines(table.rows(chunk))


def _chunks(records: Iterable[JsonValue]) -> Iterator[list[JsonValue]]:
    return map(values_of, json_arrays(records))


class _Table:
    """The columns of all records, in the order in which they first come; ``names`` are those of ``fields`` if given.

    ``text`` is what becomes of a text.
    """

    def __init__(self, chunks: Iterable[list[JsonValue]], fields: Sequence[str], text: Callable[[str], str]) -> None:
        self.text = text
        self._spread = not fields
        # For every shape whose columns are those that its records have: others are looked at one by one.
        self._regular: dict[Shape, bool] = {}
        self.names: Sequence[str] = fields or self._found(chunks)

    def rows(self, records: list[JsonValue], lead: tuple[str, ...] = ()) -> list[Sequence[str]]:
        """The cells of each record, after those of ``lead``."""
        common = common_shape(records) if self._spread else None
        if common and self._regular.get(common):
            return list(self._together(records, common, lead))  # type: ignore[arg-type]  # a shape is an object's
        by_shape: dict[Shape | None, list[int]] = {}
        for number, record in enumerate(records):
            shape = shape_of(record) if self._spread and isinstance(record, dict) else None
            by_shape.setdefault(shape if shape and self._regular.get(shape) else None, []).append(number)
        rows: list[Sequence[str]] = [()] * len(records)
        for shape, numbers in by_shape.items():
            some = [records[number] for number in numbers]
            made = self._one_by_one(some, lead) if shape is None else self._together(some, shape, lead)  # type: ignore[arg-type]  # a shape is an object's
            for number, row in zip(numbers, made, strict=True):
                rows[number] = row
        return rows

    def _found(self, chunks: Iterable[list[JsonValue]]) -> list[str]:
        """The columns; whether objects are spread over several is decided here, too."""
        flat: dict[str, None] = {}
        plain: dict[str, None] = {}
        new = (chunk for chunk in chunks if common_shape(chunk) not in self._regular)
        for record in chain.from_iterable(new):
            shape = shape_of(record) if isinstance(record, dict) else None
            if shape in self._regular:
                continue
            known = spread(record) if isinstance(record, dict) else {VALUE: record}
            if shape is not None and len(self._regular) < _MAX_SHAPES:
                self._regular[shape] = [name for name, _ in columns_of([record], shape)] == list(known)  # type: ignore[list-item]  # an object
            plain.update(dict.fromkeys(record if isinstance(record, dict) else (VALUE,)))
            if len(flat) <= _MAX_COLUMNS:
                flat.update(dict.fromkeys(known))
        self._spread = len(flat) <= _MAX_COLUMNS
        return list(flat if self._spread else plain)

    def _together(self, records: list[JsonObject], shape: Shape, lead: tuple[str, ...]) -> Iterator[Sequence[str]]:
        known = {name: cells_of(column, self.text) for name, column in columns_of(records, shape)}
        first = [repeat(each, len(records)) for each in lead]
        return zip(*first, *[known.get(name) or repeat("", len(records)) for name in self.names], strict=True)

    def _one_by_one(self, records: list[JsonValue], lead: tuple[str, ...]) -> Iterator[Sequence[str]]:
        for record in records:
            yield *lead, *(cell(value, self.text) for value in self._values(record))

    def _values(self, record: JsonValue) -> list[JsonValue]:
        if not isinstance(record, dict):
            return [record if name == VALUE else None for name in self.names]
        if self._spread:
            return list(map(spread(record).get, self.names))
        return [look_up(record, name)[0] for name in self.names]


def _raw(text: str) -> str:
    """A text as it is, but for NUL, which ends the file for some readers."""
    return text.replace("\0", "\ufffd")


def _lines(rows: Iterable[Sequence[str]]) -> str:
    """The lines; a lone empty cell is quoted, since readers skip empty lines."""
    written: list[str] = []
    # With the line end of RFC 4180 also a lone carriage return is quoted, in every version of Python.
    csv.writer(SimpleNamespace(write=written.append), lineterminator="\r\n").writerows(row or ("",) for row in rows)
    return "".join([f"{line[:-2]}\n" for line in written])
