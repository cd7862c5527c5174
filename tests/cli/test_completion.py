"""Completion as a shell asks for it."""

import os
import select
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


def test_requests_of_options_that_have_more_after_the_name() -> None:
    run = ("batchctl", "run", "samples/quickstart.yaml", "--accept")
    assert complete(*run, "co") == ["contacts="]
    assert complete("batchctl", "dry-run", "samples/quickstart.yaml", "--sample", "") == ["contacts=", "notes="]


def test_codes_and_runs() -> None:
    assert "latest" in complete("batchctl", "runs", "show", "")
    assert "latest" in complete("batchctl", "runs", "prune", "")
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


@pytest.mark.parametrize(("shell", "start"), [("zsh", ["-f", "-i"]), ("fish", ["--no-config", "-i"])])
def test_a_shell_completes_what_is_typed(shell: str, start: list[str], tmp_path: Path) -> None:
    """In a terminal: the tab key after the beginning of a name gives the rest of it."""
    program, with_terminal = shutil.which(shell), shutil.which("setsid")
    if program is None or with_terminal is None:
        pytest.skip(f"needs {shell} and setsid")
    pty = pytest.importorskip("pty", reason="a terminal of its own needs POSIX")
    script = tmp_path / "script"
    command = [sys.executable, "-m", "batchctl", "completion", shell]
    script.write_bytes(subprocess.run(command, capture_output=True, check=True).stdout)
    prepare = {"zsh": "autoload -Uz compinit; compinit -u; ", "fish": ""}[shell]
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        # fish ends at once where the terminal is not its own.
        [with_terminal, "-c", "-w", program, *start],
        stdin=follower,
        stdout=follower,
        stderr=follower,
        cwd=ROOT,
        env={**os.environ, "PATH": PATH, "HOME": str(tmp_path), "TERM": "xterm"},
    )
    os.close(follower)
    try:
        # The mark is printed when the shell has read its script, and is not in what is typed.
        os.write(leader, f"{prepare}source {script}; echo re''ady\r".encode())
        _read_until(leader, b"ready")
        os.write(leader, b"batchctl dry-run samples/quickstart.yaml --only con\t")
        _read_until(leader, b"tacts")
    finally:
        process.kill()
        process.wait()
        os.close(leader)


def _read_until(terminal: int, wanted: bytes) -> None:
    """Read what the shell prints until it has ``wanted``, for at most a minute without a byte."""
    seen = b""
    while wanted not in seen:
        assert select.select([terminal], [], [], 60)[0], seen
        seen += os.read(terminal, 65_536)
