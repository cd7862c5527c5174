"""``batchctl docs``: every page, and one for every command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from batchctl.cli.app import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"


def batchctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", "docs", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_the_pages_are_listed_with_their_titles() -> None:
    lines = batchctl().stdout.splitlines()
    assert [line.split()[0] for line in lines] == sorted(page.stem for page in DOCS.glob("*.md"))
    assert any(line.split() == ["recipes", "Recipes"] for line in lines)


def test_a_page_in_a_pipe_is_markdown() -> None:
    assert batchctl("fixtures").stdout == (DOCS / "fixtures.md").read_text("utf-8")


def test_a_page_in_colour_is_laid_out() -> None:
    shown = batchctl("recipes", "--color", "always").stdout
    assert "\x1b[" in shown
    assert "```" not in shown


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_page(command: str) -> None:
    done = batchctl(command)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# ")


def test_another_name_is_wrong_use() -> None:
    done = batchctl("recipe")
    assert done.returncode == 2
    assert 'did you mean "recipes"' in done.stderr
