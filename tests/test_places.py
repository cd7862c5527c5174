"""What is said, before anything runs, of places that can't be written to; new files are all there or none is."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from batchctl.errors import UsageError
from batchctl.files import MAX_BYTES, read_bytes, reader_of
from batchctl.files.new_files import NewFiles
from batchctl.files.places import make_folder, require_folder, require_place
from batchctl.files.saves import MAX_FILES, saves
from batchctl.outputs.result_files import ResultPlace

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        require_place(tmp_path, "--trace")
    assert str(error.value) == f"--trace: {tmp_path} is a folder"


def test_a_file_to_write_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        require_place(tmp_path / "none" / "a.har", "--trace")
    assert str(error.value) == f"--trace: there is no folder {tmp_path / 'none'}"
    require_place(tmp_path / "a.har", "--trace")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "deeper", "deeper/still"])
def test_a_file_is_no_folder_to_write_into(tmp_path: Path, below: str) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(UsageError) as error:
        require_folder(taken / below, "--out")
    assert str(error.value) == f"--out: {taken} is not a folder"
    require_folder(tmp_path / "new" / below, "--out")
    assert list(tmp_path.iterdir()) == [taken]


def test_a_folder_below_a_file_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(UsageError) as error:
        make_folder(tmp_path / "taken" / "below")
    assert str(error.value) == f"can't make the folder {tmp_path / 'taken' / 'below'}: not a directory"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_without_permission_can_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match=r"^--trace: .*a\.har can't be written$"):
        require_place(tmp_path / "a.har", "--trace")
    with pytest.raises(UsageError, match=r"^--out: .* can't be written$"):
        require_folder(tmp_path / "new", "--out")
    tmp_path.chmod(0o700)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.touch()
    os.truncate(large, MAX_BYTES)
    assert len(read_bytes(str(large))) == MAX_BYTES
    os.truncate(large, MAX_BYTES + 1)
    with pytest.raises(UsageError) as error:
        read_bytes(str(large))
    assert str(error.value) == f"{large} is larger than 32 MiB"


@pytest.mark.skipif(os.name != "posix", reason="a device without end")
def test_a_file_without_end_is_not_read() -> None:
    with pytest.raises(UsageError, match=r"^/dev/zero is larger than 32 MiB$"):
        read_bytes("/dev/zero")


def test_a_stdin_that_is_too_large_is_not_read() -> None:
    command = [sys.executable, "-m", "batchctl", "validate", "-"]
    done = subprocess.run(command, input=b" " * (MAX_BYTES + 1), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"error: stdin holds more than 32 MiB\n")


@pytest.mark.skipif(os.name != "posix", reason="the words of Unix")
@pytest.mark.parametrize(
    ("name", "why"),
    [("x" * 300, "file name too long"), ("loop", "too many levels of symbolic links"), ("a\0b", "not a usable path")],
)
def test_what_can_be_no_file_and_no_folder_is_said_before_anything_runs(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    place = tmp_path / name
    said = f"--out: can't write to {place}: {why}"
    for path in (str(place), f"{place}/"):
        with pytest.raises(UsageError) as error:
            ResultPlace(path).require("--out")
        assert str(error.value) == said
    assert not ResultPlace(str(place)).is_folder


@pytest.mark.skipif(os.name != "posix", reason="the words of Unix")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("run a.yaml --local --fixtures {}", "can't read the fixtures folder {}: file name too long"),
        ("run a.yaml --direct --token t --each rows.csv --trace {}", "--trace: can't write to {}: file name too long"),
        ("dry-run a.yaml --against HEAD:{}", "git has no HEAD:{}: "),
    ],
)
def test_a_name_that_is_too_long_is_no_bug(tmp_path: Path, command: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
        "resources: [{resource: crm/contacts, method: list}]\n",
        "utf-8",
    )
    (tmp_path / "rows.csv").write_text("account\n5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n", "utf-8")
    long = "x" * 300
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", *command.format(long).split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith(f"error: {said.format(long)}")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may look everywhere")
def test_a_file_below_a_folder_of_others_is_said_before_anything_runs(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o000)
    with pytest.raises(UsageError) as error:
        ResultPlace(f"{closed}/a.json").require("--out")
    assert str(error.value) == f"--out: can't write to {closed}/a.json: permission denied"


def test_what_is_no_path_can_not_be_read(tmp_path: Path) -> None:
    for read in (read_bytes, reader_of(tmp_path / "a.yaml")):
        with pytest.raises(UsageError, match="not a usable path"):
            read(f"{tmp_path}/a\0b")


def write_new(*paths: Path) -> None:
    with NewFiles() as files:
        for path in paths:
            files.write(path, "new")


def test_new_files_and_their_folders_are_removed_when_one_can_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine", "utf-8")
    wanted = [tmp_path / "one" / "two" / "a.yaml", tmp_path / "b.yaml", tmp_path / "there"]
    with pytest.raises(UsageError, match="there is there already"):
        write_new(*wanted)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
    assert (tmp_path / "there").read_text("utf-8") == "mine"


def test_a_folder_that_somebody_else_uses_by_now_stays(tmp_path: Path) -> None:
    theirs = tmp_path / "one" / "theirs"
    files = NewFiles()
    files.write(tmp_path / "one" / "a.yaml", "a")
    theirs.touch()
    with pytest.raises(UsageError, match="not a directory"), files:
        files.write(theirs / "b.yaml", "b")
    assert list((tmp_path / "one").iterdir()) == [theirs]


def test_new_files_stay_when_all_are_written(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine", "utf-8")
    with NewFiles() as files:
        files.write(tmp_path / "one" / "a.yaml", "é")
        files.write_missing(tmp_path / "there", "other")
    assert files.written == [tmp_path / "one" / "a.yaml"]
    assert (tmp_path / "there").read_text("utf-8") == "mine"
    assert (tmp_path / "one" / "a.yaml").read_text("utf-8") == "é"


@pytest.mark.parametrize(("name", "why"), [("a\0b", "not a usable path"), ("x" * 300, "file name too long")])
def test_a_new_file_needs_a_name_that_can_be_one(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UsageError) as error, NewFiles() as files:
        files.write(tmp_path / name, "a")
    assert str(error.value) == f"can't write to {tmp_path / name}: {why}"
    assert list(tmp_path.iterdir()) == []


def test_a_save_is_noticed_once_it_is_done(tmp_path: Path) -> None:
    """The editor writes while its file is looked at: in two steps at the third look, and again at the fourth."""
    file, looks = tmp_path / "a.yaml", 0

    def places() -> list[Path]:
        nonlocal looks
        looks += 1
        if looks in (1, 4, 5):
            file.write_text("x" * looks, "utf-8")
        return [tmp_path / ("x" * 300), tmp_path]

    noticed = saves(places)
    next(noticed)
    assert looks == 2
    next(noticed)
    # The third look found nothing new, the fourth a save, the fifth more of it, the sixth no more.
    assert looks == 6


def test_no_more_than_so_many_files_are_looked_at(tmp_path: Path) -> None:
    first, beyond, looks = tmp_path / "first", tmp_path / "beyond", 0

    def places() -> list[Path]:
        nonlocal looks
        looks += 1
        if looks in (3, 4):
            (beyond if looks == 3 else first).write_text("saved", "utf-8")
        return [*[first] * MAX_FILES, beyond]

    noticed = saves(places)
    next(noticed)
    next(noticed)
    assert beyond.exists()
    assert looks == 5
