import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


SHOWN = re.findall(r"```console\n\$ batchctl (.*)\n((?s:.*?))```", README)


@pytest.mark.parametrize(("command", "screen"), SHOWN)
def test_a_command_prints_what_the_readme_shows(command: str, screen: str) -> None:
    arguments = [sys.executable, "-m", "batchctl", *shlex.split(command)]
    environment = {"PYTHONIOENCODING": "utf-8", "PATH": "", "COLUMNS": "88"}
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert _timeless(done.stdout) == _timeless(screen)
    assert done.returncode in (0, 1)


def test_the_first_command_is_the_one_that_is_shown() -> None:
    command = re.search(r"&& \.venv/bin/batchctl (run .*)", README)
    assert command
    assert SHOWN[0][0] == command[1]


def _timeless(text: str) -> str:
    return re.sub(r"\d+(?:\.\d)? m?s\b", "no time", text)


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
