"""What is said of a file that is not there, or can't be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import batchctl
from batchctl.engine.backends.fixture_files import read_fixture
from batchctl.engine.backends.fixture_stream import stream_records
from batchctl.errors import FixtureError, UsageError
from batchctl.files import not_read, read_bytes, read_file, require_file
from batchctl.testcases.cases import collect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    ("asked", "there"),
    [("demo.yaml", "demo.batch.yaml"), ("contacts.yml", "contacts.yaml"), ("notse.yaml", "notes.yaml")],
)
def test_a_name_that_is_nearly_right_gets_the_right_one(tmp_path: Path, asked: str, there: str) -> None:
    (tmp_path / there).touch()
    (tmp_path / "quite-another-thing.json").touch()
    with pytest.raises(UsageError, match="no such file") as error:
        read_bytes(str(tmp_path / asked))
    assert error.value.hint == f"did you mean {tmp_path / there}?"


@pytest.mark.parametrize("asked", ["demo.yaml", "no-folder/demo.yaml", "nope.yaml", "users.batch.yaml"])
def test_where_nothing_is_near_nothing_is_suggested(tmp_path: Path, asked: str) -> None:
    for other in ("quite-another-thing.json", "w.yaml", "notes.batch.yaml"):
        (tmp_path / other).touch()
    with pytest.raises(UsageError, match="no such file") as error:
        read_bytes(str(tmp_path / asked))
    assert error.value.hint is None


def test_a_folder_is_no_file_to_read(tmp_path: Path) -> None:
    for read in (read_file, require_file):
        with pytest.raises(UsageError) as error:
            read(tmp_path)
        assert (str(error.value), error.value.hint) == (f"{tmp_path} is a folder", "name a file")


def test_a_file_that_is_missing_is_said_in_one_sentence_wherever_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "none.yaml"
    asked: dict[str, Callable[[], object]] = {
        "library": lambda: batchctl.load(file),
        "test": lambda: collect(file),
        "fixtures": lambda: read_fixture(file),
        "large fixtures": lambda: next(stream_records(file)),
        "watch": lambda: require_file(file),
    }
    for ask in asked.values():
        with pytest.raises(UsageError) as error:
            ask()
        assert str(error.value) == f"no such file: {file}"


def test_what_is_not_utf_8_is_said_so(tmp_path: Path) -> None:
    undecodable = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    error = not_read(tmp_path, undecodable, FixtureError)
    assert (type(error), str(error)) == (FixtureError, f"can't read {tmp_path}: it is not UTF-8")
