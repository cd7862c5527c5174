"""CSV as spreadsheets write it, and CSV that none of them runs."""

from __future__ import annotations

import csv

import pytest

from batchctl.csv_text import Table, as_it_was, harmless


@pytest.mark.parametrize(
    ("text", "rows", "lines"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]], 2),
        ("a;b\n1;2,5\n", [["a", "b"], ["1", "2,5"]], 2),
        ('"a,x"|b\n', [["a,x", "b"]], 1),
        ("\n\na,b\n", [["a", "b"]], 3),
        ("sep=;\na,b;c\n", [["a,b", "c"]], 2),
        ('"sep=\t"\r\n\r\na\tb\r\n', [["a", "b"]], 3),
        ('a,b\n"1\n2",3\n', [["a", "b"], ["1\n2", "3"]], 3),
        ("a\n\nb\n", [["a"], [], ["b"]], 3),
    ],
)
def test_rows_and_lines(text: str, rows: list[list[str]], lines: int) -> None:
    table = Table(text.splitlines(keepends=True))
    assert list(table) == rows
    assert table.line_num == lines


def test_the_separator_that_is_asked_for() -> None:
    assert list(Table(["a;b,c"], separator=",")) == [["a;b", "c"]]


def test_a_text_without_rows_and_one_that_is_no_csv() -> None:
    assert list(Table([])) in ([], [[]])
    with pytest.raises(csv.Error):
        list(Table(['a,"b" c\n']))


@pytest.mark.parametrize(
    "text",
    ["=1+1", "@SUM(A1)", "\t=1", "-2+3", "+A1", "|cmd", "\uff1d1", "-cmd", "+1+1", "- A1", "-x (y)", "+12 345"],
)
def test_what_a_spreadsheet_would_compute_gets_an_apostrophe(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert as_it_was(f"'{text}") == text
    assert as_it_was(harmless(f"'{text}")) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["x", "", "-5", "+1.5e3", "-1,5", "+49 30 1234567", "+1 (555) 010-9999", "- not yet", "-very good", "it's"]
)
def test_numbers_phone_numbers_and_prose_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text
    assert as_it_was(text) == text


def test_what_no_csv_can_hold() -> None:
    assert harmless("a\0b") == "a\ufffdb"
