"""Records as CSV (RFC 4180, UTF-8): a column per field, objects spread out, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
from math import isfinite
from typing import TYPE_CHECKING

from batchctl.csv_text import harmless
from batchctl.json_types import write_json
from batchctl.render.result.glimpse import look_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject, JsonValue

# With more columns than that, objects are no records but maps: they stay JSON in one cell.
_MAX_COLUMNS = 256
RESOURCE = "resource"
VALUE = "value"


def run_csv(result: RunResult, fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """Every record of the answer, the resource in the first column. Errors are not records.

    Texts that a spreadsheet would compute get an apostrophe, unless ``raw``.
    """
    lists = [(key, values) for part, key, values in result.answer_lists() if part == "result"]
    names, spread = _columns((record for _, values in lists for record in values), fields)
    text = _raw if raw else harmless
    yield _line([RESOURCE, *map(text, names)])
    for key, values in lists:
        for record in values:
            yield _line([text(key), *_cells(record, names, text, spread=spread)])


def records_csv(records: Iterable[JsonValue], fields: Sequence[str] = (), *, raw: bool = False) -> Iterator[str]:
    """The records of one resource; they are iterated twice. Without records there are no columns either."""
    names, spread = _columns(records, fields)
    text = _raw if raw else harmless
    if names:
        yield _line([text(name) for name in names])
    for record in records:
        yield _line(_cells(record, names, text, spread=spread))


def _columns(records: Iterable[JsonValue], fields: Sequence[str]) -> tuple[list[str], bool]:
    """The names of the columns in the order in which they first come, and whether objects are spread over several."""
    if fields:
        return list(fields), False
    flat: dict[str, None] = {}
    plain: dict[str, None] = {}
    for record in records:
        plain.update(dict.fromkeys(record if isinstance(record, dict) else (VALUE,)))
        if len(flat) <= _MAX_COLUMNS:
            flat.update(dict.fromkeys(_spread(record)))
    return (list(plain), False) if len(flat) > _MAX_COLUMNS else (list(flat), True)


def _cells(record: JsonValue, names: Sequence[str], text: Callable[[str], str], *, spread: bool) -> list[str]:
    if spread:
        known = _spread(record)
        return [_cell(known[name], text) if name in known else "" for name in names]
    if not isinstance(record, dict):
        return [_cell(record, text) if name == VALUE else "" for name in names]
    return [_cell(look_up(record, name)[0], text) for name in names]


def _spread(record: JsonValue) -> JsonObject:
    """``{"a": {"b": 1}}`` → ``{"a.b": 1}``; an object stays whole where a dotted name is taken already."""
    if not isinstance(record, dict):
        return {VALUE: record}
    found: JsonObject = {}
    for name, value in record.items():
        below = _spread(value) if isinstance(value, dict) and value else {}
        dotted = {f"{name}.{inner}": each for inner, each in below.items()}
        if dotted and not (dotted.keys() & (record.keys() | found.keys())):
            found.update(dotted)
        else:
            found[name] = value
    return found


def _cell(value: JsonValue, text: Callable[[str], str]) -> str:
    match value:
        case None:
            return ""
        case str():
            return text(value)
        case float() if not isfinite(value):
            return ""
        case _:
            return write_json(value)


def _raw(text: str) -> str:
    """A text as it is, but for NUL, which ends the file for some readers."""
    return text.replace("\0", "\ufffd")


class _Returning:
    """A file that keeps nothing: what is written to it is what ``writerow`` returns."""

    def write(self, text: str) -> str:
        return text


# With the line end of RFC 4180 also a lone carriage return is quoted, in every version of Python.
_write: Callable[[Sequence[str]], str] = csv.writer(_Returning(), lineterminator="\r\n").writerow


def _line(cells: Sequence[str]) -> str:
    """One line; a lone empty cell is quoted, since readers skip empty lines."""
    return (_write(cells)[:-2] if cells else '""') + "\n"
