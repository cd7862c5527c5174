"""``batchctl new`` asks a person for what is missing, and leaves nothing half when the disk is full."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pty = pytest.importorskip("pty", reason="a terminal of its own needs POSIX")
fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
COMMAND = [sys.executable, "-m", "batchctl", "new"]


def talk(folder: Path, answers: list[tuple[str, str]], *arguments: str) -> tuple[int, str]:
    """The exit code and the screen of a session in which each question gets its answer."""
    screen, terminal = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        # As a shell has it: Ctrl-C is a signal to who runs in this terminal.
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
    )
    os.close(terminal)
    said, read_to = "", 0
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if answers and answers[0][0] in said[read_to:]:
            read_to = len(said)
            os.write(screen, answers.pop(0)[1].encode())
        if not select.select([screen], [], [], 0.1)[0]:
            if process.poll() is not None:
                break
            continue
        try:
            piece = os.read(screen, 4096)
        except OSError:
            break
        if not piece:
            break
        said += piece.decode("utf-8", "replace")
    os.close(screen)
    return process.wait(10), said


def test_what_is_missing_is_asked_for(tmp_path: Path) -> None:
    account = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
    code, said = talk(
        tmp_path, [("Name", "people\n"), ("Start from", "lop\n"), ("Start from", "loop\n"), ("account", f"{account}\n")]
    )
    assert code == 0, said
    assert "one request per element of a list" in said
    text = (tmp_path / "people.batch.yaml").read_text("utf-8")
    assert f'integrated_account_id: "{account}"' in text
    assert "loop_on" in text


def test_an_answer_may_be_left_out(tmp_path: Path) -> None:
    code, said = talk(tmp_path, [("Name", "people\n"), ("account", "\n")], "--template", "write")
    assert code == 0, said
    assert "Start from" not in said
    assert "${TRUTO_ACCOUNT_ID:-" in (tmp_path / "people.batch.yaml").read_text("utf-8")


def test_ctrl_c_at_a_question_writes_nothing(tmp_path: Path) -> None:
    code, said = talk(tmp_path, [("Name", "\x03")])
    assert code == 130, said
    assert list(tmp_path.iterdir()) == []


def test_without_a_terminal_the_name_has_to_be_given(tmp_path: Path) -> None:
    done = subprocess.run(COMMAND, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "needs a name" in done.stderr


@pytest.mark.parametrize("room", [100, 2_000])
def test_a_full_disk_leaves_nothing(room: int, tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    made = subprocess.run(
        [*COMMAND, "deep/er/people"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    assert made.returncode == 2, made.stderr
    assert "can't write to deep/er/" in made.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_schema_line_leads_to_the_schema(tmp_path: Path) -> None:
    subprocess.run([*COMMAND, "people"], cwd=tmp_path, check=True, capture_output=True)
    first = (tmp_path / "people.batch.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=batch.schema.json"
    assert (tmp_path / "batch.schema.json").read_text("utf-8").startswith("{")
