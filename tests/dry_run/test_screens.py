"""What a person sees, at 80 and at 40 columns; ``--update-golden`` writes the screens anew."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from batchctl.cli.app import app

ROOT = Path(__file__).parents[2]
GOLDEN = Path("tests/golden/dry_run")
SAMPLES = Path("samples")
FIXTURES = str(SAMPLES / "fixtures")
CASES = {
    "everything": [str(GOLDEN / "everything.yaml")],
    "everything-all-explain": [str(GOLDEN / "everything.yaml"), "--all", "--explain"],
    "quickstart": [str(SAMPLES / "quickstart.yaml")],
    "quickstart-fixtures": [str(SAMPLES / "quickstart.yaml"), "--fixtures", FIXTURES],
    "create-and-update": [str(SAMPLES / "create-and-update.yaml")],
    "failing-fixtures": [str(SAMPLES / "tickets-with-comments.yaml"), "--fixtures", FIXTURES],
    "summary": [str(GOLDEN / "everything.yaml"), "--summary"],
    "against": [str(SAMPLES / "loop-over-users.yaml"), "--against-arg", 'user_ids:=["u-1", "u-5"]'],
}


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens show the paths they were given, so these are relative."""
    monkeypatch.chdir(ROOT)


def screen(arguments: list[str], columns: int) -> str:
    done = CliRunner().invoke(app, ["dry-run", *arguments, "-q"], env={"COLUMNS": str(columns), "NO_COLOR": "1"})
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.mark.parametrize("columns", [80, 40])
@pytest.mark.parametrize("name", CASES)
def test_screen(name: str, columns: int, golden: Callable[[Path, str], None]) -> None:
    text = screen(CASES[name], columns)
    golden(GOLDEN / f"{name}.{columns}.txt", text)
    assert all(len(line) <= columns for line in text.splitlines())


def test_colour_changes_no_word() -> None:
    arguments = CASES["everything"]
    plain = CliRunner().invoke(app, ["dry-run", *arguments, "-q"], env={"COLUMNS": "80"}).stdout
    coloured = CliRunner().invoke(app, ["dry-run", *arguments, "-q", "--color", "always"], env={"COLUMNS": "80"}).stdout
    assert "\x1b[" in coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == [line.rstrip() for line in plain.splitlines()]
