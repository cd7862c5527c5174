"""What is said of a file that is not there."""

from pathlib import Path

import pytest

from batchctl.errors import UsageError
from batchctl.files import read_bytes


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


@pytest.mark.parametrize("asked", ["demo.yaml", "no-folder/demo.yaml"])
def test_where_nothing_is_near_nothing_is_suggested(tmp_path: Path, asked: str) -> None:
    (tmp_path / "quite-another-thing.json").touch()
    with pytest.raises(UsageError, match="no such file") as error:
        read_bytes(str(tmp_path / asked))
    assert error.value.hint is None
