"""``--each FILE``: the rows of a file, by its ending."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.inputs import read_bytes
from batchctl.definition.rows import FORMATS
from batchctl.definition.rows import read_rows as rows_in
from batchctl.errors import UsageError
from batchctl.execution.row_end import Row

if TYPE_CHECKING:
    from pathlib import Path


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV, TSV, NDJSON, YAML or JSON file. Raises ``UsageError`` with the row that can't be used."""
    row_format = path.suffix.lower().removeprefix(".")
    if row_format not in FORMATS:
        endings = ", ".join(f".{each}" for each in FORMATS)
        raise UsageError(f"--each {path}: the file must end in {endings}")
    rows = rows_in(read_bytes(str(path)), str(path), row_format)
    return [Row(row.number, row.given.account, row.given.values, given=row.given) for row in rows]
