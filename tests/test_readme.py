import re

import pytest
from shown_commands import ROOT, Shown, check, shown_in

README = ROOT / "README.md"
SHOWN = shown_in(README)


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.command)
def test_a_command_prints_what_the_readme_shows(shown: Shown) -> None:
    check(shown)


def test_the_first_command_is_the_one_that_is_shown() -> None:
    command = re.search(r"&& \.venv/bin/(batchctl run .*)", README.read_text("utf-8"))
    assert command
    assert SHOWN[0].command == command[1]


def test_ci_runs_the_command_for_tests() -> None:
    commands = re.findall(r"(?m)^python3 -m venv .*$", README.read_text("utf-8"))
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text("utf-8")
