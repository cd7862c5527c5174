"""A file whose disk is full goes on elsewhere, with all that was written."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from batchctl.execution.spillover import SpilloverFile, other_places


class Full(io.BytesIO):
    """Takes ``room`` bytes, then fails as a full disk does."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, data: Any) -> int:
        left = self._room - self.tell()
        if left <= 0:
            raise OSError(28, "No space left on device")
        return super().write(bytes(data)[:left])


def test_all_that_was_written_is_in_the_next_place(tmp_path: Path) -> None:
    place = tmp_path / "next.json"

    def places() -> Iterator[tuple[BinaryIO, Path | None]]:
        yield Full(3), tmp_path / "too-small.json"
        yield place.open("w+b", buffering=0), place

    (tmp_path / "too-small.json").touch()
    with SpilloverFile(Full(10), tmp_path / "first.json", places) as file:
        assert (file.write(b"12345678"), file.moved) == (8, False)
        assert (file.write(b"abcdefgh"), file.moved, file.path) == (8, True, place)
        file.write(b"!")
        file.seek(0)
        assert file.read() == b"12345678abcdefgh!"
        assert os.pread(file.fileno(), 100, 0) == b"12345678abcdefgh!"
    assert not (tmp_path / "too-small.json").exists()


def test_no_place_is_an_error_of_the_system(tmp_path: Path) -> None:
    with SpilloverFile(Full(1), tmp_path / "x", lambda: iter(())) as file, pytest.raises(OSError, match="no place"):
        file.write(b"123")


def test_the_usual_places_take_bytes() -> None:
    for file, path in other_places():
        assert file.write(b"x") == 1
        file.close()
        if path is not None:
            path.unlink()
