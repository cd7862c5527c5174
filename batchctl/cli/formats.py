"""The formats of a result, by name: how each is written as a whole, and for the records of one resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from batchctl.cli.run_options import Output

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonValue
    from batchctl.redaction import Redact

# A table in a file may be as wide as it likes.
UNLIMITED = 10_000
_BY_ENDING = {
    ".json": Output.JSON,
    ".ndjson": Output.NDJSON,
    ".jsonl": Output.NDJSON,
    ".yaml": Output.YAML,
    ".yml": Output.YAML,
    ".csv": Output.CSV,
    ".txt": Output.TABLE,
}
ENDINGS = {
    Output.JSON: ".json",
    Output.NDJSON: ".ndjson",
    Output.YAML: ".yaml",
    Output.CSV: ".csv",
    Output.TABLE: ".txt",
    Output.TREE: ".txt",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How data is laid out: columns that there are, records and fields that were asked for, letters, secrets."""

    redact: Redact
    fields: Sequence[str] = ()
    rows: int | None = None
    columns: int = UNLIMITED
    ascii_only: bool = False
    csv_raw: bool = False


def format_of(name: str) -> Output:
    """The format that a file's ending names; JSON where it names none."""
    return next((found for ending, found in _BY_ENDING.items() if name.lower().endswith(ending)), Output.JSON)


def whole_result(result: RunResult, output: Output, shape: Shape) -> Iterator[str]:
    """The answer as text, in pieces. A tree in a file is a table: it has all the records."""
    match output:
        case Output.JSON:
            from batchctl.engine.response_text import run_json

            return run_json(result, ascii_only=shape.ascii_only)
        case Output.NDJSON:
            from batchctl.render.result.data import run_ndjson

            return run_ndjson(result, ascii_only=shape.ascii_only)
        case Output.YAML:
            from batchctl.render.result.yaml import run_yaml

            return run_yaml(result)
        case Output.CSV:
            from batchctl.render.result.csv import run_csv

            return run_csv(result, shape.fields, raw=shape.csv_raw)
        case Output.TABLE | Output.TREE:
            from batchctl.render.result.table import run_table

            return run_table(result, shape.columns, rows=shape.rows, fields=shape.fields, redact=shape.redact)
        case _:
            assert_never(output)


def one_resource(records: Iterable[JsonValue], output: Output, shape: Shape) -> Iterator[str]:
    """The records of one resource as text, in pieces."""
    match output:
        case Output.JSON:
            from batchctl.render.result.data import records_json

            return records_json(records, ascii_only=shape.ascii_only)
        case Output.NDJSON:
            from batchctl.render.result.data import records_ndjson

            return records_ndjson(records, ascii_only=shape.ascii_only)
        case Output.YAML:
            from batchctl.render.result.yaml import records_yaml

            return records_yaml(records)
        case Output.CSV:
            from batchctl.render.result.csv import records_csv

            return records_csv(records, shape.fields, raw=shape.csv_raw)
        case Output.TABLE | Output.TREE:
            from batchctl.render.result.table import records_table

            return records_table(records, shape.columns, fields=shape.fields, redact=shape.redact)
        case _:
            assert_never(output)
