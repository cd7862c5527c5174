"""Rows of arguments: a run per row, a column per argument, one column for the account."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from batchctl.csv_text import SEPARATORS, Table, as_it_was
from batchctl.definition.given import ACCOUNT_COLUMNS, CELL, COLUMN, LIBRARY_ROW, Given, Origin
from batchctl.definition.inputs import decimals_of, nested, read_value, strict_json
from batchctl.definition.usable import require_usable
from batchctl.errors import UsageError
from batchctl.json_types import NotJson, write_json
from batchctl.plain import counted
from batchctl.redaction import is_secret_name
from batchctl.structs import Struct
from batchctl.yaml12.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.definition.given import InputFile
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonValue

# Marks without width come with names that were copied from a page.
_BLANK = "".join(map(chr, (0x20, 0x09, 0x0D, 0x0A, 0xA0, 0x200B, 0x2060, 0xFEFF)))
FORMATS = ("csv", "tsv", "ndjson", "json", "yaml", "yml")


class InputRow(Struct, frozen=True):
    """The arguments and account of one row, for one run; ``number`` counts rows from 1, without blank ones."""

    number: int
    given: Given


def iter_rows(data: bytes, file: str, row_format: str) -> Iterator[InputRow]:
    """The rows of a file one by one, each the arguments and account of one run.

    ``data`` is the file's content, ``file`` its name for people, ``row_format`` one of ``FORMATS``. JSON and YAML hold
    a list of mappings from argument names to values, NDJSON one mapping a line. Separators of CSV are ``,``, ``;``, tab
    or ``|``, whichever the header has most of, or what a line ``sep=;`` names; names and accounts are trimmed. A cell
    is text, under a column named ``NAME:=`` JSON; an empty one leaves the argument out. The account's id is under
    ``account`` or ``integrated_account_id``. Raises ``UsageError`` with the row that can't be used, where there are no
    rows, and where some rows have an account and others have none.
    """
    rows: Iterable[tuple[str, Given]]
    if row_format in ("csv", "tsv"):
        rows = _table_rows(_text(data, file), file, row_format)
    elif row_format == "ndjson":
        rows = _line_rows(_text(data, file), file)
    else:
        rows = _listed_rows(data, file)
    number = 0
    for number, given in enumerate(_alike(rows, f" of {file}"), 1):
        yield InputRow(number, given)
    if not number:
        raise UsageError(f"--each {file} holds no rows", hint="write a header and a row per run, or a list of mappings")


def rows_of(rows: Iterable[Mapping[str, JsonValue]]) -> Iterator[Given]:
    """The arguments and account of each row, from rows that a program passes: argument names to values.

    The account's id is under ``account`` or ``integrated_account_id``. Values are taken as they are; accounts are
    trimmed. Raises ``UsageError`` with the row that can't be used, and where some rows have an account and others have
    none.
    """
    if not isinstance(rows, Iterable):
        raise UsageError(f"rows must be a list of dicts, not of the type {type(rows).__name__}")
    return _alike(((f"row {number}", _value_row(row, f"row {number}")) for number, row in enumerate(rows, 1)), "")


def _value_row(row: Mapping[str, JsonValue], where: str) -> Given:
    if not isinstance(row, Mapping):
        raise UsageError(f"{where} is not a mapping of argument names to values")
    values = {name: value for name, value in row.items() if name not in ACCOUNT_COLUMNS}
    accounts = {str(row[name]).strip() for name in ACCOUNT_COLUMNS if row.get(name) is not None}
    require_usable(dict.fromkeys(values), where)
    for name, value in values.items():
        require_usable(value, f"{where}, {name}")
    if len(accounts) > 1:
        raise UsageError(f"{where} has two accounts", hint="keep one of the two")
    origins: dict[tuple[object, ...], Origin] = {(name,): Origin(f"{where}, {name}", LIBRARY_ROW) for name in values}
    return Given(values, origins=origins).with_account("".join(accounts), f"{where}, account")


def _alike(rows: Iterable[tuple[str, Given]], of: str) -> Iterator[Given]:
    """The rows, as long as all of them have an account or none has. Raises ``UsageError``."""
    first_without, some_have = "", False
    for where, given in rows:
        some_have = some_have or given.account is not None
        first_without = first_without or ("" if given.account is not None else where)
        if first_without and some_have:
            raise UsageError(f"{first_without}{of} has no account, while others have one", hint="give each row one")
        yield given


def _text(data: bytes, file: str) -> str:
    decoded = decode(data)
    if decoded.problem is not None:
        raise UsageError(
            f"{file}:{decoded.problem.span.start.line}: {decoded.problem.message}", hint="save it as UTF-8"
        )
    return decoded.text


def _table_rows(text: str, file: str, row_format: str) -> Iterator[tuple[str, Given]]:
    table = Table(io.StringIO(text, newline=""), "\t" if row_format == "tsv" else None)
    try:
        rows = iter(table)
        names = [name.strip(_BLANK) for name in next(rows, [])]
        twice = next((name for name in names if name and names.count(name) > 1), None)
        if twice is not None:
            raise UsageError(f'{file}:{table.line_num}: two columns are named "{twice}"', hint="rename one of them")
        number = 0
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            where = f"row {number}"
            other = next((each for each in SEPARATORS if len(cells) == 1 < len(names) and each in cells[0]), None)
            if other is not None:
                raise UsageError(
                    f"{file}:{table.line_num}: one cell under {len(names)} names, with {write_json(other)} in it",
                    hint="separate the rows as the header is",
                )
            if any(cell.strip() for cell in cells[len(names) :]):
                raise UsageError(
                    f"{file}:{table.line_num}: {len(cells)} cells under {counted(len(names), 'column name')}",
                    hint="put a cell that holds the separator in quotes",
                )
            padded = [*cells, *[""] * (len(names) - len(cells))]
            entry = [(name, as_it_was(cell) or None) for name, cell in zip(names, padded, strict=False)]
            yield where, _row(entry, where, file)
    except csv.Error as error:
        is_open = "end of data" in str(error)
        advice = "close the quote of a cell; a quote inside of one is written twice" if is_open else None
        raise UsageError(f"{file}:{table.line_num}: not CSV: {error}", hint=advice) from error


def _line_rows(text: str, file: str) -> Iterator[tuple[str, Given]]:
    number = 0
    for line_number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            number += 1
            try:
                value = strict_json(line, f"row {number} of {file}")
            except NotJson as error:
                raise UsageError(f"{file}:{line_number}: not JSON: {error}") from error
            row, where = _mapping_row(value, f"row {number}", file, ()), f"row {number} of {file}"
            yield f"row {number}", row.plus(Given(remarks=decimals_of(line, value, where)))


def _listed_rows(data: bytes, file: str) -> list[tuple[str, Given]]:
    value, input_files = read_value(data, file)
    if not isinstance(value, list):
        return []
    return [
        (f"row {number}", _mapping_row(entry, f"row {number}", file, input_files if number == 1 else ()))
        for number, entry in enumerate(value, 1)
    ]


def _mapping_row(entry: JsonValue, where: str, file: str, input_files: tuple[InputFile, ...]) -> Given:
    if not isinstance(entry, dict):
        raise UsageError(f"{file}: {where} is not a mapping of argument names to values")
    return _row(list(entry.items()), where, file).plus(Given(input_files=input_files))


def _row(entry: Sequence[tuple[str, JsonValue]], where: str, file: str) -> Given:
    given, seen = Given(), set[tuple[object, ...]]()
    for name, value in entry:
        if name in ACCOUNT_COLUMNS:
            account = None if value is None else str(value).strip()
            if account and given.account and account != given.account:
                raise UsageError(f"{file}: {where} has two accounts", hint="keep one of the two columns")
            given = given.with_account(account, f"{where} of {file}, {name}")
        elif name:
            argument = _argument(name, value, where, file)
            # One that is empty gives way to the other: "n" for text beside "n:=" for JSON.
            paths = argument.origins.keys() if value is not None else set[tuple[object, ...]]()
            if paths & seen:
                raise UsageError(
                    f"{file}: {where} has two values for one argument ({name})", hint="keep one of the two"
                )
            seen |= paths
            given = given.plus(argument)
        elif value is not None:
            raise UsageError(f"{file}: {where} has a value under a column without a name", hint="name the column")
    return given


def _argument(name: str, value: JsonValue, where: str, file: str) -> Given:
    is_json = name.endswith((":=", ":"))
    path = tuple(name.removesuffix("=").removesuffix(":").strip().split("."))
    if not all(path):
        raise UsageError(f'{file}: "{name}" is not the name of an argument')
    origin = Origin(f"{where} of {file}, {name}", COLUMN if isinstance(value, str) and not is_json else CELL)
    if value is None:
        return Given(origins={path: origin})
    remarks: tuple[Diagnostic, ...] = ()
    if is_json and isinstance(value, str):
        text = value
        try:
            value = strict_json(text, origin.where)
        except NotJson as error:
            raise UsageError(f"{origin.where} is not JSON: {error}", hint="quote text as JSON does") from error
        is_secret = any(is_secret_name(step) for step in path)
        remarks = decimals_of(text, value, origin.where, is_secret=is_secret)
    require_usable(value, origin.where)
    return Given(nested(path, value), origins={path: origin}, remarks=remarks)
