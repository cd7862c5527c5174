"""Columns that only later records have: the lines before them get them too, wherever these lines waited."""

import csv
import io
import random
import subprocess
import sys
from typing import Any

import pytest

from batchctl.render.result.csv import records_csv


def read(records: list[Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(records_csv(records)), newline="")))


def many(first: Any, last: Any) -> list[Any]:
    """So many that the first and the last one are not looked at together."""
    return [*[first] * 500, *[last] * 500]


def test_a_column_that_comes_late_is_empty_before() -> None:
    rows = read(many({"a": "x,\n"}, {"a": 1, "b": {"c": "é"}}))
    assert rows[0] == ["a", "b.c"]
    assert rows[1:501] == [["x,\n", ""]] * 500
    assert rows[501:] == [["1", "é"]] * 500


@pytest.mark.parametrize("first", [{}, {"a": ""}, {"a": None}, ""])
def test_a_line_of_one_column_is_like_any_other_beside_more(first: Any) -> None:
    late = read(many(first, {"a": 1, "b": 2}))
    together = read([first, {"a": 1, "b": 2}])
    assert late[0] == together[0]
    assert (late[1], late[-1]) == (together[1], together[-1])


def test_objects_of_too_many_columns_stay_json_from_the_first_line_on() -> None:
    wide = {"map": {str(number): number for number in range(300)}}
    rows = read(many({"map": {"x": 1}}, wide))
    assert rows[0] == ["map"]
    assert rows[1] == ['{"x": 1}']


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_without_room_on_disk_the_lines_are_the_same() -> None:
    code = """
import resource, signal, sys
from batchctl.render.result.csv import records_csv
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
sys.stdout.writelines(records_csv([*[{"a": 1}] * 500, *[{"a": 2, "b": 3, "c": 4}] * 500]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rows = list(csv.reader(io.StringIO(done.stdout, newline="")))
    assert rows == read(many({"a": 1}, {"a": 2, "b": 3, "c": 4}))


def test_any_records_give_what_they_give_one_by_one() -> None:
    """The columns and cells of each record do not depend on what it came with."""
    chosen = random.Random(7)
    values: list[Any] = ["", "a,b", 'q"', "l\nb", "=1+1", 1, 2.5, None, True, [1, "x"], {"x": 1}, {"x": {"y": "z"}}, {}]
    records = [
        {name: chosen.choice(values) for name in chosen.sample("abcde", chosen.randint(1, 4))} for _ in range(3000)
    ]
    names, *rows = read(records)
    assert len(rows) == len(records)
    for record, row in zip(records, rows, strict=True):
        own_names, own = read([record])
        assert {name: cell for name, cell in zip(names, row, strict=True) if cell} == {
            name: cell for name, cell in zip(own_names, own, strict=True) if cell
        }
