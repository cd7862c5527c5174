"""The files of a fixtures folder: JSON, YAML, NDJSON or CSV → records."""

from __future__ import annotations

import csv
import errno
import io
from typing import TYPE_CHECKING

from batchctl.csv_text import Table, as_it_was
from batchctl.errors import FixtureError, UsageError
from batchctl.files import not_read
from batchctl.json_types import NotJson, read_json
from batchctl.truto.calls import api_of
from batchctl.yaml12.reader import load_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from batchctl.json_types import JsonValue

FORMATS = ("json", "yaml", "yml", "ndjson", "csv")
DATA_FORMATS = ("json", "yaml", "yml")


def is_name(segment: str) -> bool:
    """Whether ``segment``, a part of a path, is a plain file name on every system.

    It has no separators and none of ``:*?"<>|``, nothing unprintable, and is not empty, ``.`` or ``..``.
    """
    return segment not in ("", ".", "..") and segment.isprintable() and not set(segment) & set('/\\:*?"<>|')


def find_file(folder: Path, segments: Sequence[str], formats: Sequence[str] = FORMATS) -> Path | None:
    """The file ``FOLDER/a/b.json`` for the ``segments`` ``("a", "b")``, whichever of the endings ``formats`` it has.

    None where there is no such file, or a segment can't be a file name. Raises ``FixtureError`` where there are files
    with two of the endings.
    """
    if not all(map(is_name, segments)):
        return None
    stem = folder.joinpath(*segments)
    try:
        found = [path for end in formats if (path := stem.with_name(f"{stem.name}.{end}")).is_file()]
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return None
        raise not_read(stem.parent, error, FixtureError) from error
    if len(found) > 1:
        raise FixtureError(f"{found[0]} and {found[1].name} hold the same", hint="keep one of them")
    return found[0] if found else None


def resource_segments(resource: str) -> list[str]:
    """Where the file of a resource is below a folder of fixtures, as segments of its path without the ending.

    For ``crm/contacts`` they are ``["unified", "crm", "contacts"]``.
    """
    return [api_of(resource), *resource.split("/")]


def read_records(path: Path) -> list[JsonValue]:
    """The records in the file at ``path``: the list that it holds, or the list under ``result`` of an object.

    Raises ``FixtureError`` for a file that can't be read, or holds anything else.
    """
    value = read_fixture(path)
    if isinstance(value, dict) and isinstance(value.get("result"), list):
        value = value["result"]
    if not isinstance(value, list):
        raise FixtureError(f"{path} holds no list of records", hint="write a list, or an object with a result list")
    return value


def read_fixture(path: Path) -> JsonValue:
    """The value in the file at ``path``, which is read as JSON, YAML, NDJSON or CSV by its ending.

    NDJSON gives a list with a value per line, CSV one with an object of texts per row, by column (null for an empty
    cell). Raises ``FixtureError`` with path and line for a file that can't be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise not_read(path, error, FixtureError) from error
    if path.suffix in (".yaml", ".yml"):
        return _yaml(data, path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf8(path, error.object[: error.start].count(b"\n") + 1) from error
    return _READERS[path.suffix](text, path)


def not_utf8(path: Path, line: int) -> FixtureError:
    """The error for the file at ``path`` that is not UTF-8 in line ``line``, counted from 1."""
    return FixtureError(f"{path}:{line}: not UTF-8", hint="save the file as UTF-8")


def _yaml(data: bytes, path: Path) -> JsonValue:
    try:
        return load_plain(data, str(path))
    except UsageError as error:
        raise FixtureError(str(error), hint=error.hint) from error


def json_record(text: str, path: Path, first_line: int = 1) -> JsonValue:
    """The value of a JSON text from the file ``path``.

    ``first_line`` is the line of the file, counted from 1, in which the text begins. Raises ``FixtureError``, with file
    and line, for text that is no JSON.
    """
    try:
        return read_json(text)
    except NotJson as error:
        where = f"{first_line + error.line - 1}:{error.column}" if error.line else str(first_line)
        raise FixtureError(f"{path}:{where}: not JSON: {error}") from error


def _ndjson(text: str, path: Path) -> JsonValue:
    lines = enumerate(text.split("\n"), 1)
    return [json_record(line, path, number) for number, line in lines if line.strip()]


def _csv(text: str, path: Path) -> JsonValue:
    """A header row, then a record per row: text, null for an empty cell."""
    return list(csv_records(io.StringIO(text, newline=""), path))


def csv_records(lines: Iterable[str], path: Path) -> Iterator[JsonValue]:
    """The records in CSV text, one by one: an object per row, by the column names of the first line.

    All values are texts, those of empty cells null. ``lines`` are those of the file ``path``, which messages name.
    Iterating raises ``FixtureError`` for text that is no CSV, two columns of one name, and a row with too many cells.
    """
    table = Table(lines)
    try:
        yield from _rows(table, path)
    except csv.Error as error:
        raise FixtureError(f"{path}:{table.line_num}: not CSV: {error}") from error


def _rows(table: Table, path: Path) -> Iterator[JsonValue]:
    rows = iter(table)
    names = [as_it_was(name) for name in next(rows, [])]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise FixtureError(f'{path}:{table.line_num}: two columns are named "{twice}"', hint="rename one of them")
    for row in rows:
        if len(row) > len(names) and any(cell.strip() for cell in row[len(names) :]):
            raise FixtureError(
                f"{path}:{table.line_num}: {len(row)} cells under {len(names)} column names",
                hint="put a cell that holds the separator in quotes",
            )
        # Spreadsheets write a line of separators for an empty row, and some for empty columns.
        if any(row):
            cells = row + [""] * (len(names) - len(row))
            yield {name: as_it_was(cell) or None for name, cell in zip(names, cells, strict=False)}


_READERS: dict[str, Callable[[str, Path], JsonValue]] = {".json": json_record, ".ndjson": _ndjson, ".csv": _csv}
