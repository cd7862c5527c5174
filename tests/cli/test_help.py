"""``--help`` and ``--version``: the same words as the commands have, without importing them."""

from __future__ import annotations

import inspect
import os
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command

from batchctl import __version__
from batchctl.cli.app import COMMANDS, app
from batchctl.cli.help_lines import command_in_lines, option_in_lines
from batchctl.cli.summaries import SUMMARIES
from batchctl.render.text.display_width import display_width

SAMPLE = Path(__file__).parents[2] / "samples" / "quickstart.yaml"


def batchctl(*arguments: str, stdout: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *arguments]
    return subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


def summary_of(name: str) -> str:
    module, _, function = COMMANDS[name].partition(":")
    target = getattr(import_module(module), function)
    text = get_command(target).help if isinstance(target, typer.Typer) else target.__doc__
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


def test_summaries_are_those_of_the_commands() -> None:
    assert {name: summary_of(name) for name in COMMANDS} == SUMMARIES


def test_help_imports_no_command() -> None:
    code = (
        "import sys; sys.argv = ['batchctl', '--help']\n"
        "from batchctl.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: print(*(name for name in sys.modules if name.startswith('batchctl.cli.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    homes = {target.partition(":")[0] for target in COMMANDS.values()}
    assert not homes & set(done.stdout.splitlines()[-1].split())
    words = " ".join(done.stdout.split())
    assert all(f"{name} {summary}" in words for name, summary in SUMMARIES.items())


def test_version() -> None:
    done = batchctl("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"batchctl {__version__}\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    "command", ["--version", "--help", "run --help", "validate", "dry-run", "graph", "rules", "schema", "explain BC101"]
)
def test_a_full_disk_is_the_same_sentence_for_every_command(command: str) -> None:
    sample = [str(SAMPLE)] if command in ("validate", "dry-run", "graph") else []
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device
        done = batchctl(*command.split(), *sample, stdout=full.fileno())
    assert done.returncode == 2
    assert done.stderr == "error: can't write to stdout: no space left on device\n"


def every_command() -> list[str]:
    root: Any = get_command(app)
    built = {name: root.get_command(None, name) for name in sorted(COMMANDS)}
    below = [f"{name} {each}" for name, command in built.items() for each in sorted(getattr(command, "commands", ()))]
    return ["", *built, *below]


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("command", every_command(), ids=lambda each: each or "batchctl")
def test_no_line_of_help_is_wider_than_the_terminal(command: str, columns: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", *command.split(), "--help"],
        env={**os.environ, "COLUMNS": str(columns)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line for line in done.stdout.splitlines() if display_width(line) > columns] == []


@given(
    st.lists(
        st.from_regex(r"[a-z./-]{1,20}|'[a-z .]{0,12}'|\"[a-z .]{0,12}\"", fullmatch=True), min_size=1, max_size=9
    ),
    st.integers(30, 80),
)
def test_an_example_over_several_lines_is_the_same_command(words: list[str], columns: int) -> None:
    command = " ".join(words)
    lines = list(command_in_lines(command, columns))
    assert all(len(line) <= columns for line in lines)
    assert shlex.split("\n".join(lines).replace("\\\n", " ")) == shlex.split(command)


def test_choices_break_between_them() -> None:
    written = "--format <text|concise|json|sarif>"
    assert option_in_lines(written, 40) == written
    broken = option_in_lines(written, 20)
    assert broken.split("\n") == ["--format <text|", "          concise|", "          json|", "          sarif>"]
