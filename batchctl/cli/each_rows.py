"""``--each FILE``: a row per run, a column per argument, ``account`` for the integrated account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.cli.arguments import parse_argument
from batchctl.errors import FixtureError, UsageError
from batchctl.execution.row_end import Row
from batchctl.json_types import merged

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.json_types import JsonObject, JsonValue

ACCOUNT = "account"
_ENDINGS = (".csv", ".ndjson", ".yaml", ".yml", ".json")


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV, NDJSON, YAML or JSON file.

    A CSV cell is text, as ``--arg NAME=TEXT``; under a column named ``NAME:=`` it is JSON. An empty cell leaves the
    argument out. Raises ``UsageError`` with the row that can't be used.
    """
    from batchctl.engine.backends.fixture_files import read_data

    if path.suffix.lower() not in _ENDINGS:
        raise UsageError(f"--each {path}: the file must end in {', '.join(_ENDINGS)}")
    try:
        data = read_data(path)
    except FixtureError as error:
        raise UsageError(str(error), hint=error.hint) from error
    if not isinstance(data, list) or not data:
        raise UsageError(f"--each {path} holds no rows", hint="write a header and a row per run, or a list of mappings")
    return [_row(number, entry, path) for number, entry in enumerate(data, 1)]


def _row(number: int, entry: JsonValue, path: Path) -> Row:
    if not isinstance(entry, dict):
        raise UsageError(f"{path}: row {number} is not a mapping of argument names to values")
    args: JsonObject = {}
    account: str | None = None
    for name, value in entry.items():
        if name == ACCOUNT:
            account = None if value is None else str(value)
        elif value is not None:
            args = merged(args, _argument(name, value, f"{path}: row {number}"))
    return Row(number, account, args)


def _argument(name: str, value: JsonValue, where: str) -> JsonObject:
    if not isinstance(value, str):
        nested: JsonValue = value
        for part in reversed(name.split(".")):
            nested = {part: nested}
        return nested if isinstance(nested, dict) else {}
    try:
        return parse_argument(f"{name.removesuffix('=')}={value}")
    except UsageError as error:
        raise UsageError(f"{where}: {error}", hint=error.hint) from error
