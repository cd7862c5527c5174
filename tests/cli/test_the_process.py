"""The process around a command: how it ends when streams are closed, a disk is full, or nobody foresaw an error."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
START = "from batchctl.__main__ import start; start()"
BATCH = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - name: contacts
    resource: crm/contacts
    method: list
"""
needs_full = pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")


def python(code: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    settings: dict[str, object] = {"capture_output": True, "text": True, **options}
    return subprocess.run([sys.executable, "-c", code, *arguments], check=False, **settings)  # type: ignore[call-overload,no-any-return]  # options of a test


@pytest.mark.parametrize("debug", [False, True])
def test_an_error_that_nobody_foresaw_is_a_sentence(*, debug: bool) -> None:
    broken = "from batchctl.cli.app import COMMANDS; COMMANDS['rules'] = 'math:tau'; "
    done = python(broken + START, "rules", *(["--debug"] if debug else []))
    assert done.returncode == 70
    assert "this is a bug in batchctl" in done.stderr
    assert done.stdout == ""


def test_ctrl_c_while_python_still_loads_is_a_word_and_130() -> None:
    interrupting = (
        "import sys\n"
        "class Interrupting:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'batchctl.cli.signals': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupting())\n"
    )
    done = python(interrupting + START, "rules")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@needs_full
@pytest.mark.parametrize("arguments", [["--version"], ["completion", "bash"], ["receive", "--help"]])
def test_a_full_disk_is_a_sentence(arguments: list[str]) -> None:
    with FULL.open("w") as full:
        done = python(START, *arguments, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert "can't write" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["rules"],
        ["completion", "bash"],
        ["fmt", "-", "-q"],
        ["validate", "--fix", "-", "-q"],
        ["dry-run", "a.yaml", "b.yaml", "--format", "json"],
    ],
    ids=" ".join,
)
def test_a_reader_that_is_gone_is_no_error(arguments: list[str], tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(BATCH, "utf-8")
    options = {"capture_output": False, "cwd": tmp_path, "input": BATCH, "stderr": subprocess.PIPE}
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = python(START, *arguments, stdout=writer, **options)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="the shell closes the streams")
@pytest.mark.parametrize("arguments", ["--version", "rules", "schema"])
def test_streams_that_are_closed_are_no_error(arguments: str) -> None:
    command = f'exec "{sys.executable}" -m batchctl {arguments} <&- >&- 2>&-'
    assert subprocess.run(["/bin/sh", "-c", command], check=False).returncode == 0


def test_a_shell_that_asks_for_completions_gets_them() -> None:
    words = {"COMP_WORDS": "batchctl val", "COMP_CWORD": "1", "_BATCHCTL_COMPLETE": "complete_bash"}
    done = python(START, env={**os.environ, **words})
    assert (done.returncode, done.stdout.split()) == (0, ["validate"])


def test_no_command_is_shown_the_help() -> None:
    done = python(START)
    assert done.returncode == 2
    assert "Commands" in done.stdout + done.stderr
