"""Records as CSV (RFC 4180, UTF-8): a column per field, objects spread out, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
from contextlib import suppress
from itertools import repeat
from tempfile import TemporaryFile
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, TypeAlias

from batchctl.csv_text import harmless
from batchctl.engine.response_text import json_arrays
from batchctl.json_text import values_of
from batchctl.render.result.csv_columns import cell, cells_of, columns_of, common_shape, shape_of, spread
from batchctl.render.result.glimpse import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

    from batchctl.engine.result import RunResult
    from batchctl.execution.row_end import RowEnd
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.render.result.csv_columns import Shape

    _Block: TypeAlias = tuple[tuple[str, ...], list[JsonValue]]

# With more columns than that, objects are no records but maps: they stay JSON in one cell.
_MAX_COLUMNS = 256
# So many shapes of records are kept in mind; records of others are looked at one by one.
_MAX_SHAPES = 1_000
# Ends a line that waits: no cell has it.
_END = "\0"
RESOURCE = "resource"
ROW, ACCOUNT = "row", "account"
VALUE = "value"


def run_csv(result: RunResult, fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """CSV of every record in the result, with the resource in the first column; each piece has many lines.

    The first line has the names of the columns: ``resource`` (its key in the definition) and the fields, dotted inside
    of objects (``address.city``). Errors are left out. ``fields`` are the columns, in order; where it is empty, all. A
    text that a spreadsheet would take for a formula gets an apostrophe in front, unless ``raw``.
    """

    def blocks() -> Iterator[_Block]:
        for part, key, values in result.answer_lists():
            if part == "result":
                yield from _blocks((key,), values)

    return _csv(blocks, [RESOURCE], fields, _raw if raw else harmless)


def rows_csv(ends: Iterable[RowEnd], fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """CSV of every record of many rows; the first columns are ``row`` (its number), ``account`` and ``resource``.

    ``ends`` are the rows, gone through twice; ``fields`` are the other columns, in order, all where it is empty. A text
    that a spreadsheet would take for a formula gets an apostrophe in front, unless ``raw``.
    """

    def blocks() -> Iterator[_Block]:
        for end in ends:
            for part, key, values in end.result.answer_lists() if end.result else ():
                if part == "result":
                    yield from _blocks((str(end.number), end.account or "", key), values)

    return _csv(blocks, [ROW, ACCOUNT, RESOURCE], fields, _raw if raw else harmless)


def records_csv(records: Iterable[JsonValue], fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """CSV of the records of one resource; empty without records.

    ``records`` is gone through twice; ``fields`` are the columns, in order, all where it is empty. A text that a
    spreadsheet would take for a formula gets an apostrophe in front, unless ``raw``.
    """
    return _csv(lambda: _blocks((), records), [], fields, _raw if raw else harmless)


def _blocks(lead: tuple[str, ...], records: Iterable[JsonValue]) -> Iterator[_Block]:
    return zip(repeat(lead), map(values_of, json_arrays(records)))


def _csv(
    blocks: Callable[[], Iterable[_Block]], lead: list[str], fields: Sequence[str], text: Callable[[str], str]
) -> Iterator[str]:
    """The line of names, those of ``lead`` first, and a line per record.

    All columns are known only when all records were seen: lines wait on disk for that. Where they can't, the records
    are read twice.
    """
    table = _Table(fields, text)
    with _Kept() as kept:
        is_kept = not fields and _keep(blocks(), table, kept)
        if not is_kept and not fields:
            for _, records in blocks():
                table.learn(records, common_shape(records))
        names = [*lead, *map(text, table.names)]
        if names:
            yield _lines([names])
        if is_kept:
            yield from kept.lines(len(names))
            return
    for cells, records in blocks():
        yield _lines(table.rows(records, cells, common_shape(records) if table.spreads else None))


class _Kept:
    """Lines that wait on disk until all columns are known: those that come later are at the end of a line."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        # The length of each piece, and how many columns its lines have.
        self._pieces: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file is not None:
            # What could not be written can't be written at its end either.
            with suppress(OSError):
                self._file.close()

    def add(self, rows: Iterable[Sequence[str]], columns: int) -> None:
        """Add lines of so many ``columns``. Raises ``OSError``."""
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - closed at the end of the block
        piece = _lines(rows, _END).encode("utf-8", "surrogatepass")
        self._file.write(piece)
        self._file.flush()
        self._pieces.append((len(piece), columns))

    def lines(self, columns: int) -> Iterator[str]:
        """All lines, each with so many ``columns``."""
        if self._file is not None:
            self._file.seek(0)
            for length, had in self._pieces:
                piece = self._file.read(length).decode("utf-8", "surrogatepass")
                yield piece.replace(_END, "," * (columns - had) + "\n")

    def fits(self, columns: int) -> bool:
        """Whether lines of so many ``columns`` can follow: a line of one column is written otherwise beside others."""
        return not self._pieces or self._pieces[0][1] > 1 or self._pieces[0][1] == columns


def _keep(blocks: Iterable[_Block], table: _Table, kept: _Kept) -> bool:
    """Add the lines of all blocks to ``kept``; False where there is no room, or they would be written otherwise."""
    for lead, records in blocks:
        common = common_shape(records)
        table.learn(records, common)
        columns = len(lead) + len(table.names)
        if not table.spreads or not kept.fits(columns):
            return False
        rows = table.rows(records, lead, common)
        try:
            kept.add(rows, columns)
        except OSError:
            return False
    return True


class _Table:
    """The columns of all records, in the order in which they first come; ``names`` are those of ``fields`` if given.

    ``text`` is what becomes of a text.
    """

    def __init__(self, fields: Sequence[str], text: Callable[[str], str]) -> None:
        self.text = text
        self.names: Sequence[str] = fields
        # Whether objects are spread over several columns.
        self.spreads = not fields
        # For every shape whose columns are those that its records have: others are looked at one by one.
        self._regular: dict[Shape, bool] = {}
        self._flat: dict[str, None] = {}
        self._plain: dict[str, None] = {}

    def learn(self, records: list[JsonValue], common: Shape | None) -> None:
        """Add the columns of ``records``; ``common`` is the shape of all of them, None where they differ."""
        if common in self._regular:
            return
        for record in records:
            self._learn(record)
        self.spreads = len(self._flat) <= _MAX_COLUMNS
        self.names = list(self._flat if self.spreads else self._plain)

    def rows(self, records: list[JsonValue], lead: tuple[str, ...], common: Shape | None) -> list[Sequence[str]]:
        """The cells of each record, after those of ``lead``; ``common`` is as in ``learn``."""
        lead = tuple(map(self.text, lead))
        if self.spreads and common and self._regular.get(common):
            return list(self._together(records, common, lead))  # type: ignore[arg-type]  # a shape is an object's
        by_shape: dict[Shape | None, list[int]] = {}
        for number, record in enumerate(records):
            shape = shape_of(record) if self.spreads and isinstance(record, dict) else None
            by_shape.setdefault(shape if shape and self._regular.get(shape) else None, []).append(number)
        rows: list[Sequence[str]] = [()] * len(records)
        for shape, numbers in by_shape.items():
            some = [records[number] for number in numbers]
            made = self._one_by_one(some, lead) if shape is None else self._together(some, shape, lead)  # type: ignore[arg-type]  # a shape is an object's
            for number, row in zip(numbers, made, strict=True):
                rows[number] = row
        return rows

    def _learn(self, record: JsonValue) -> None:
        shape = shape_of(record) if isinstance(record, dict) else None
        if shape in self._regular:
            return
        known = spread(record) if isinstance(record, dict) else {VALUE: record}
        if shape is not None and len(self._regular) < _MAX_SHAPES:
            self._regular[shape] = [name for name, _ in columns_of([record], shape)] == list(known)  # type: ignore[list-item]  # an object
        self._plain.update(dict.fromkeys(record if isinstance(record, dict) else (VALUE,)))
        if len(self._flat) <= _MAX_COLUMNS:
            self._flat.update(dict.fromkeys(known))

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
        if self.spreads:
            return list(map(spread(record).get, self.names))
        return [look_up(record, name)[0] for name in self.names]


def _raw(text: str) -> str:
    """A text as it is, but for NUL, which ends the file for some readers."""
    return text.replace("\0", "\ufffd")


def _lines(rows: Iterable[Sequence[str]], end: str = "\n") -> str:
    """The lines, each with ``end``; a lone empty cell is quoted, since readers skip empty lines."""
    written: list[str] = []
    # With the line end of RFC 4180 also a lone carriage return is quoted, in every version of Python.
    csv.writer(SimpleNamespace(write=written.append), lineterminator="\r\n").writerows(row or ("",) for row in rows)
    return "".join([f"{line[:-2]}{end}" for line in written])
