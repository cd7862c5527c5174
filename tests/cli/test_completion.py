"""Completion as a shell asks for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def complete(*words: str) -> list[str]:
    """What bash would offer for the last word."""
    if shutil.which("bash") is None:
        pytest.skip("needs bash")
    script = """
    eval "$(batchctl completion bash)"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _batchctl_completion batchctl
    printf '%s\\n' "${COMPREPLY[@]}"
    """
    done = subprocess.run(
        ["bash", "-c", script, "bash", *words],
        cwd=ROOT,
        env={**os.environ, "PATH": PATH},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_commands_and_options() -> None:
    assert complete("batchctl", "dry") == ["dry-run"]
    assert "--fixtures" in complete("batchctl", "run", "--fix")


def test_values_of_an_option() -> None:
    assert complete("batchctl", "dry-run", "--format", "ty") == ["typescript-sdk"]


def test_the_resources_of_the_file_that_is_named() -> None:
    assert complete("batchctl", "dry-run", "samples/quickstart.yaml", "--only", "") == ["contacts", "notes"]
    assert complete("batchctl", "dry-run", "samples/none.yaml", "--only", "") == []


def test_codes_and_runs() -> None:
    assert "BC201" in complete("batchctl", "explain", "BC20")
    assert complete("batchctl", "run", "--resume", "lat") == ["latest"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_there_is_a_script_for(shell: str) -> None:
    command = [sys.executable, "-m", "batchctl", "completion", shell]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "_BATCHCTL_COMPLETE" in done.stdout
    if shell == "zsh" and shutil.which("zsh"):
        subprocess.run(["zsh", "-n"], input=done.stdout, text=True, check=True)
    if shell == "fish" and shutil.which("fish"):
        subprocess.run(["fish", "-n"], input=done.stdout, text=True, check=True)
