"""Decimals that are sent otherwise than they are written are named, whatever they came from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.definition.inputs import parse_argument, read_arguments
from batchctl.definition.rows import InputRow, iter_rows
from batchctl.errors import UsageError
from batchctl.preparation import prepare
from batchctl.yaml12.decimals import in_json
from batchctl.yaml12.reader import parse_yaml
from batchctl.yaml12.text import SourceText

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.definition.given import Given
    from batchctl.diagnostics import Diagnostic
    from batchctl.json_types import JsonValue


def read_rows(data: bytes, file: str, row_format: str) -> list[InputRow]:
    return list(iter_rows(data, file, row_format))


DEFINITION = 'resources: [{resource: crm/contacts, method: list, query: {n: "{{args.n:json}}"}}]'
OTHERWISE = [
    ("0.12345678901234567890", "0.12345678901234568"),
    ("1.10", "1.1"),
    ("-12.50", "-12.5"),
    ("12345678901234567.5", "1.2345678901234568e+16"),
    ("123456789.12345678901", "123456789.12345679"),
    ("1e-400", "0.0"),
    ("-2E-324", "-0.0"),
    ("3e-324", "5e-324"),
]
AS_WRITTEN = [
    "0.5",
    "1.0",
    "1.00",
    "0.30000000000000004",
    "-0.1",
    "1e3",
    "7",
    "1.5e-7",
    "2.5e-300",
    "5e-324",
    "0e-400",
    '"1.10"',
    '"a 1.10, b"',
    '"\\"1.10"',
]


def refuse(name: str) -> bytes:
    raise AssertionError(f"nothing asks for {name}")


SOURCES: dict[str, Callable[[str], Given]] = {
    "--arg": lambda text: parse_argument(f"n:={text}", refuse),
    "--arg in an object": lambda text: parse_argument(f'n:={{"a": [{text}]}}', refuse),
    "--arg n:=@file": lambda text: parse_argument("n:=@n.json", lambda _: f"[{text}]".encode()),
    "args.json": lambda text: read_arguments(f'{{"n": {text}}}'.encode(), "args.json"),
    "args.yaml": lambda text: read_arguments(f"n: {text}".encode(), "args.yaml"),
    "large args.json": lambda text: read_arguments(f'{{"n": [{"0.125, " * 20_000}{text}]}}'.encode(), "args.json"),
    "rows.json": lambda text: read_rows(f'[{{"n": {text}}}]'.encode(), "rows.json", "json")[0].given,
    "rows.yaml": lambda text: read_rows(f"- n: {text}".encode(), "rows.yaml", "yaml")[0].given,
    "rows.ndjson": lambda text: read_rows(f'{{"n": {text}}}'.encode(), "rows.ndjson", "ndjson")[0].given,
    "rows.csv": lambda text: read_rows(f"n:=\n{csv_cell(text)}\n".encode(), "rows.csv", "csv")[0].given,
}


def csv_cell(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def named(from_outside: Given) -> list[Diagnostic]:
    """What is said about decimals, as a command shows it: of the definition's checks, and of files beside it."""
    prepared = prepare(DEFINITION, given=from_outside)
    found = [*prepared.diagnostics, *(each for beside in from_outside.input_files for each in beside.diagnostics)]
    return [each for each in found if each.rule == "ambiguous-scalar"]


@pytest.mark.parametrize(("written", "sent"), OTHERWISE)
@pytest.mark.parametrize("source", SOURCES)
def test_a_decimal_that_is_sent_otherwise_is_named(source: str, written: str, sent: str) -> None:
    (found,) = named(SOURCES[source](written))
    assert found.message.startswith(f"{written} is the number {sent} here, and is sent so")
    assert found.help == f'quote it if it is text: "{written}"; else write {sent}'


@pytest.mark.parametrize("written", AS_WRITTEN)
@pytest.mark.parametrize("source", SOURCES)
def test_one_that_is_sent_as_it_is_written_is_not(source: str, written: str) -> None:
    assert named(SOURCES[source](written)) == []


def test_a_value_from_an_option_or_a_row_is_named_by_it() -> None:
    (found,) = named(SOURCES["--arg"]("1.10"))
    assert (found.origin, found.message.endswith("(from --arg n:=1.10)")) == ("--arg n:=1.10", True)
    (found,) = named(SOURCES["rows.csv"]("1.10"))
    assert found.origin == "row 1 of rows.csv, n:="
    (found,) = named(SOURCES["rows.ndjson"]("1.10"))
    assert found.origin == "row 1 of rows.ndjson"


def test_one_in_a_file_is_named_by_its_place() -> None:
    (beside,) = SOURCES["args.json"]("1.10").input_files
    (found,) = beside.diagnostics
    assert (beside.source.file, found.span.start, found.span.end) == ("args.json", (1, 7), (1, 11))


def test_a_secret_is_not_shown() -> None:
    assert named(parse_argument("api_key:=1.10", refuse)) == []


@given(
    st.lists(
        st.from_regex(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,25})?([eE](-[0-9]{1,3}|[+]?[0-9]{1,2}))?", fullmatch=True)
    )
)
def test_json_and_yaml_find_the_same(written: list[str]) -> None:
    text = f"[{', '.join(written)}]"
    in_yaml = [each.message for each in parse_yaml(SourceText(text)).problems if each.rule == "ambiguous-scalar"]
    assert [
        f"{each.written} is the number {each.value!r} here, and is sent so" for each in in_json(text, None)
    ] == in_yaml


@given(st.recursive(st.floats(allow_nan=False, allow_infinity=False) | st.text(), st.lists, max_leaves=20))
def test_what_python_writes_is_sent_as_it_is_written(value: JsonValue) -> None:
    assert list(in_json(json.dumps(value), value)) == []


@pytest.mark.parametrize("source", [name for name in SOURCES if "yaml" not in name and "large" not in name])
def test_json_from_anywhere_has_a_key_once(source: str) -> None:
    with pytest.raises(UsageError, match='the key "a" appears twice'):
        SOURCES[source]('{"a": 1, "a": 2}')


def test_a_row_has_a_key_once() -> None:
    with pytest.raises(UsageError, match='the key "n" appears twice'):
        read_rows(b'{"n": 1, "n": 2}', "rows.ndjson", "ndjson")
