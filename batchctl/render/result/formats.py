"""The formats of a result, by name: how each is written as a whole, and for the records of one resource.

A writer's module is imported when it is used, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redact

# A table in a file may be as wide as it likes.
UNLIMITED = 10_000


class Shape(Struct, frozen=True):
    """How a result is written.

    ``fields`` are the columns of a table or CSV, all where it is empty; ``rows`` is how many records per resource, None
    for all; ``columns`` is the width of text. ``redact`` masks secrets in text for people; ``csv_raw`` leaves formulas
    in CSV; ``ascii_only`` writes characters beyond ASCII as escapes.
    """

    redact: Redact
    fields: Sequence[str] = ()
    rows: int | None = None
    columns: int = UNLIMITED
    ascii_only: bool = False
    csv_raw: bool = False


def _json(result: RunResult, shape: Shape) -> Iterator[str]:
    from batchctl.engine.response_text import run_json

    return run_json(result, ascii_only=shape.ascii_only)


def _ndjson(result: RunResult, shape: Shape) -> Iterator[str]:
    from batchctl.render.result.data import run_ndjson

    return run_ndjson(result, ascii_only=shape.ascii_only)


def _yaml(result: RunResult, _shape: Shape) -> Iterator[str]:
    from batchctl.render.result.yaml import run_yaml

    return run_yaml(result)


def _csv(result: RunResult, shape: Shape) -> Iterator[str]:
    from batchctl.render.result.csv import run_csv

    return run_csv(result, shape.fields, raw=shape.csv_raw)


def _table(result: RunResult, shape: Shape) -> Iterator[str]:
    from batchctl.render.result.table import run_table

    return run_table(result, shape.columns, rows=shape.rows, fields=shape.fields, redact=shape.redact)


def _json_records(records: Iterable[JsonValue], shape: Shape) -> Iterator[str]:
    from batchctl.render.result.data import records_json

    return records_json(records, ascii_only=shape.ascii_only)


def _ndjson_records(records: Iterable[JsonValue], shape: Shape) -> Iterator[str]:
    from batchctl.render.result.data import records_ndjson

    return records_ndjson(records, ascii_only=shape.ascii_only)


def _yaml_records(records: Iterable[JsonValue], _shape: Shape) -> Iterator[str]:
    from batchctl.render.result.yaml import records_yaml

    return records_yaml(records)


def _csv_records(records: Iterable[JsonValue], shape: Shape) -> Iterator[str]:
    from batchctl.render.result.csv import records_csv

    return records_csv(records, shape.fields, raw=shape.csv_raw)


def _table_records(records: Iterable[JsonValue], shape: Shape) -> Iterator[str]:
    from batchctl.render.result.table import records_table

    return records_table(records, shape.columns, fields=shape.fields, redact=shape.redact)


# The answer as text, in pieces. A tree in a file is a table: it has all the records.
FORMATS: Mapping[str, Callable[[RunResult, Shape], Iterator[str]]] = {
    "json": _json,
    "ndjson": _ndjson,
    "yaml": _yaml,
    "csv": _csv,
    "table": _table,
    "tree": _table,
}
# The records of one resource as text, in pieces.
RECORD_FORMATS: Mapping[str, Callable[[Iterable[JsonValue], Shape], Iterator[str]]] = {
    "json": _json_records,
    "ndjson": _ndjson_records,
    "yaml": _yaml_records,
    "csv": _csv_records,
    "table": _table_records,
    "tree": _table_records,
}
