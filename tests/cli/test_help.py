"""``--help`` and ``--version``: the same words as the commands have, without importing them."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from batchctl import __version__
from batchctl.cli.app import COMMANDS
from batchctl.cli.summaries import SUMMARIES

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
