"""Commands that a Markdown page shows, with what they print: run, and compared."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"```console\n((?s:.*?))```")
_COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
_TIME = re.compile(r"\b\d+(?:\.\d+)? (?:ms|s)\b|\b\d{4}-\d\d-\d\d \d\d:\d\d\b")


class Shown(NamedTuple):
    """One command of a ``console`` block, without its ``$``, and the screen below it."""

    command: str
    screen: str


def shown_in(page: Path) -> list[Shown]:
    """The commands of a page's ``console`` blocks. All can be run: what shows no screen is written as ``sh``."""
    blocks = _BLOCK.findall(page.read_text("utf-8"))
    found = [Shown(*parts) for block in blocks for parts in _COMMAND.findall(block)]
    assert all(one.command.startswith("batchctl ") and one.screen.strip() for one in found), page
    assert len(found) == sum(line.startswith("$ ") for block in blocks for line in block.splitlines())
    return found


def check(shown: Shown) -> None:
    """Run the command where it was written for, the checkout; its screen must be the one shown, times aside.

    A line ``…`` stands for any lines.
    """
    arguments = [sys.executable, "-m", "batchctl", *shlex.split(shown.command)[1:]]
    environment = {"PYTHONIOENCODING": "utf-8", "PATH": "", "COLUMNS": "88", "TZ": "UTC"}
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, encoding="utf-8", env=environment, check=False)
    printed = _timeless(done.stdout or done.stderr)
    parts = [re.escape(part) for part in re.split(r"(?m)^ *…\n", _timeless(shown.screen))]
    assert re.fullmatch("(?s:.*?)".join(parts), printed), printed
    assert done.returncode in (0, 1, 2, 3), done.stderr


def _timeless(text: str) -> str:
    return _TIME.sub("<time>", text).rstrip("\n") + "\n"
