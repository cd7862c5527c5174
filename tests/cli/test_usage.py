"""Help, wrong use and ``--debug``: the same for every command."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from batchctl.cli.app import COMMANDS, app
from batchctl.cli.examples import EXAMPLES

ROOT = Path(__file__).parents[2]
NAMES = [*COMMANDS, "runs show", "runs prune", "capabilities pull"]
GROUPS = ("runs", "capabilities")


def batchctl(
    *arguments: str, folder: Path = ROOT, columns: int = 80, code: str = ""
) -> subprocess.CompletedProcess[str]:
    program = ["-c", code] if code else ["-m", "batchctl"]
    environment = {"PYTHONPATH": str(ROOT), "COLUMNS": str(columns), "HOME": str(folder), "PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("name", NAMES)
def test_help_has_examples_and_debug(name: str) -> None:
    done = batchctl(*name.split(), "--help")
    assert done.returncode == 0
    assert "--debug" in done.stdout
    # A long command goes on in a further line, which a shell reads as one.
    shown = re.sub(r" \\\n +", " ", done.stdout)
    for line in EXAMPLES[name]:
        assert f"  {line}\n" in shown


@pytest.mark.parametrize("columns", [40, 70, 110])
def test_help_wraps_where_the_terminal_ends(columns: int) -> None:
    shown = batchctl("run", "--help", columns=columns).stdout
    head, _, _ = shown.partition("Examples:")
    prose = [line for line in head.splitlines() if not re.match(r" +-", line)]
    assert max(map(len, prose)) <= columns
    assert "Connection:\n" in shown
    assert "Engine:\n" in shown
    assert shown.index("Arguments:") < shown.index("Batch:") < shown.index("Output:") < shown.index("\nOptions:")


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_examples_are_command_lines(line: str) -> None:
    command = get_command(app)
    alone = line.rpartition(" | ")[2].split(" <", maxsplit=1)[0].split(" >", maxsplit=1)[0]
    words = shlex.split(alone)[1:]
    name, rest = words[0], words[1:]
    found = command.commands.get(name)  # type: ignore[attr-defined]  # it is a group
    try:
        context = found.make_context(f"batchctl {name}", rest)
    except typer.Exit:
        return
    assert not context.args or name in GROUPS


@pytest.mark.parametrize(
    ("line", "error", "hint"),
    [
        ("rnu", "no such command 'rnu'", "did you mean 'run'?"),
        ("run --tokne x", "no such option: --tokne", "did you mean --token"),
        ("run a.yaml -o jsn", "is not one of", "did you mean json?"),
        ("run a.yaml -o nothing-like-it", "is not one of", "batchctl run --help shows"),
        ("dry-run", "missing argument", "batchctl dry-run --help shows"),
        ("run --retries x", "invalid value for '--retries'", "batchctl run --help shows"),
        ("explain", "missing argument", "batchctl explain --help shows"),
        ("run a.yaml --arg", "'--arg' requires an argument", "batchctl run --help shows"),
        ("run a.yaml -account x", "-account begins with one dash", "did you mean --account?"),
        ("run a.yaml --local --format json", "no such option: --format", "did you mean --output?"),
        ("validate a.yaml -o json", "no such option: -o", "did you mean --format?"),
        ("--local run a.yaml", "no such option: --local", "batchctl COMMAND --local"),
        ("sync pus a.yaml", "sync has no command pus", "did you mean sync push?"),
        ("sync lsit", "no such file", "did you mean sync list?"),
        ("run --local --direct samples/quickstart.yaml", "--local and --direct can't be combined", "choose one"),
    ],
)
def test_wrong_use_is_said_as_every_error_is(line: str, error: str, hint: str) -> None:
    done = batchctl(*line.split(), columns=200)
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert first.startswith("error: ")
    assert error in first
    assert second.startswith("  hint: ")
    assert hint in second


@pytest.mark.parametrize("number", ["nan", "inf", "1e400"])
def test_no_option_takes_a_number_that_is_none(number: str) -> None:
    done = batchctl("run", "samples/quickstart.yaml", "--local", "--timeout", number)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: --timeout ")


def test_without_anything_the_help_is_shown() -> None:
    done = batchctl()
    assert done.returncode == 2
    assert "Commands:" in done.stderr


BROKEN = """
import sys
from batchctl.__main__ import main
import batchctl.rules.catalogue
del batchctl.rules.catalogue.catalogue
main()
"""


@pytest.mark.parametrize("arguments", [["rules", "--debug"], ["--debug", "rules"]])
def test_debug_shows_the_traceback_of_a_bug(arguments: list[str]) -> None:
    done = batchctl(*arguments, code=BROKEN)
    assert done.returncode == 70
    assert "Traceback" in done.stderr


def test_debug_is_an_option_and_not_any_word() -> None:
    done = batchctl("explain", "--", "--debug", code=BROKEN)
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert "this is a bug in batchctl (NameError)" in done.stderr


def test_new_writes_nothing_to_stdout(tmp_path: Path) -> None:
    done = batchctl("new", "-", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "line", ["rules", "explain BC402", "run nothing-of-this-name.yaml", "runs show a-run-that-is-none"]
)
@pytest.mark.parametrize("columns", [24, 40, 61])
def test_text_wraps_at_words_where_the_terminal_is_narrow(line: str, columns: int, tmp_path: Path) -> None:
    wide = batchctl(*line.split(), folder=tmp_path, columns=9_000)
    narrow = batchctl(*line.split(), folder=tmp_path, columns=columns)
    assert " ".join((narrow.stdout + narrow.stderr).split()) == " ".join((wide.stdout + wide.stderr).split())
    for each in (narrow.stdout + narrow.stderr).splitlines():
        # What is left whole: a long word, and the lines of an example.
        assert len(each) <= columns or len(each.split()) == 1 or each.startswith("    ")


@pytest.mark.parametrize(
    "words",
    [
        ("run", "-a", ""), ("run", "--account", " "), ("run", "--account="), ("run", "--out", ""), ("run", "-p", ""),
        ("run", "--token="), ("run", "--fixtures", ""), ("dry-run", "--account", ""), ("validate", "--output", ""),
        ("validate", "--select", ""), ("sync", "--to", ""),
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_option_without_a_value_is_not_passed_over(words: tuple[str, ...]) -> None:
    done = batchctl(words[0], "samples/quickstart.yaml", *words[1:])
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {words[1].removesuffix('=')} is empty\n")


def test_an_empty_argument_is_a_value() -> None:
    assert batchctl("dry-run", "samples/quickstart.yaml", "--arg", "x=", "--allow-unused").returncode == 0
