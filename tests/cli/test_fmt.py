"""``batchctl fmt``: what it writes, what it leaves, and what it tells the shell."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MESSY = "resources:\n- {method: list, resource: a} # one\n"
TIDY = "resources:\n  # one\n  - resource: a\n    method: list\n"


def fmt(*arguments: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "batchctl", "fmt", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, check=False)


def test_files_are_written_and_the_second_time_nothing_changes(tmp_path: Path) -> None:
    file = tmp_path / "a.batch.yaml"
    file.write_text(MESSY, "utf-8")
    done = fmt(folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"changed 1 of 1 file\n")
    assert file.read_text("utf-8") == TIDY
    before = file.stat()
    assert fmt(folder=tmp_path).stderr == b"changed 0 of 1 file\n"
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_check_changes_nothing(tmp_path: Path) -> None:
    for name, text in (("a.yaml", MESSY), ("b.yaml", TIDY)):
        (tmp_path / name).write_text(text, "utf-8")
    done = fmt("--check", "a.yaml", "b.yaml", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().splitlines() == ["would change a.yaml", "would change 1 of 2 files"]
    assert (tmp_path / "a.yaml").read_text("utf-8") == MESSY
    assert fmt("--check", "b.yaml", folder=tmp_path).returncode == 0


def test_diff_is_a_patch(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(MESSY, "utf-8")
    done = fmt("--diff", "a.yaml", folder=tmp_path)
    assert done.returncode == 1
    (tmp_path / "patch").write_bytes(done.stdout)
    subprocess.run(["patch", "-s", "a.yaml", "patch"], cwd=tmp_path, check=True)
    assert (tmp_path / "a.yaml").read_text("utf-8") == TIDY


def test_stdin_goes_to_stdout(tmp_path: Path) -> None:
    done = fmt("-", folder=tmp_path, stdin=b"a:   1\r\n")
    assert (done.returncode, done.stdout) == (0, b"a: 1\r\n")
    done = fmt("-", "--stdin-filename", "x.json", folder=tmp_path, stdin=b'{"a":1}')
    assert done.stdout == b'{\n  "a": 1\n}\n'
    done = fmt("-", "--check", folder=tmp_path, stdin=b"a:   1\n")
    assert (done.returncode, done.stdout) == (1, b"")


def test_what_can_not_be_read_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"id: {{args.x}}\n")
    (tmp_path / "b.yaml").write_text(MESSY, "utf-8")
    done = fmt("a.yaml", "b.yaml", folder=tmp_path)
    assert done.returncode == 1
    assert b"error: a.yaml stays as it is: line 1: a placeholder without quotes" in done.stderr
    assert file.read_bytes() == b"id: {{args.x}}\n"
    assert (tmp_path / "b.yaml").read_text("utf-8") == TIDY
    done = fmt("-", folder=tmp_path, stdin=b"a: [\n")
    assert (done.returncode, done.stdout) == (1, b"a: [\n")


def test_missing_files_and_other_encodings_are_wrong_use(tmp_path: Path) -> None:
    assert fmt("nowhere.yaml", folder=tmp_path).returncode == 2
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe9\n")
    done = fmt("latin.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert b"latin.yaml is not UTF-8" in done.stderr


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_text(MESSY, "utf-8")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    assert fmt("link.yaml", folder=tmp_path).returncode == 0
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_text("utf-8") == TIDY
