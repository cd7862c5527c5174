"""Every option that names an output, in every command: what it names is neither read nor another output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from test_nothing_lost import folder, shell
from typer.main import get_command

from batchctl.cli.app import app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["folder"]

OUTPUTS = ("--out", "--output", "--junit", "--report-json", "--trace", "--state")
# These read no file, so there is none to replace.
READ_NOTHING = ("receive", "runs show", "schema", "capabilities pull")
JOB = """\
kind: sync-job
label: a
default_runtime_version: 4
resources:
  - {name: s, type: get_state, config: {key: k}}
"""
# What each command is asked for: ``FILE`` is the definition, or the job.
COMMANDS = {
    "run": "run a.yaml --local -o json",
    "sync": "sync job.yaml --local",
    "test": "test a.yaml",
    "validate": "validate a.yaml",
    "serve": "serve --port 0 --fixtures fixtures",
}


def options() -> Iterator[tuple[str, str]]:
    """Commands and their options that name an output file."""
    pending: list[tuple[str, Any]] = [("", get_command(app))]
    while pending:
        name, command = pending.pop()
        if hasattr(command, "list_commands"):
            context = command.make_context("batchctl", [], resilient_parsing=True)
            names = command.list_commands(context)
            pending += [(f"{name} {each}".strip(), command.get_command(context, each)) for each in names]
            continue
        for parameter in command.params:
            for option in parameter.opts:
                if option in OUTPUTS and any(word in str(parameter.metavar) for word in ("FILE", "PATH", "DIR")):
                    yield name, option


FOUND = sorted(options())


@pytest.fixture
def tested(folder: Path) -> Path:
    (folder / "a.yaml").write_text(
        (folder / "a.yaml").read_text("utf-8") + "x-tests: [{name: one, exit_code: 0}]\n", "utf-8"
    )
    (folder / "job.yaml").write_text(JOB, "utf-8")
    (folder / "x.env").write_text("A=1\n", "utf-8")
    return folder


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_command_with_an_output_is_here() -> None:
    assert {name for name, _ in FOUND} == {*COMMANDS, *READ_NOTHING}


@pytest.mark.parametrize(("name", "option"), [each for each in FOUND if each[0] in COMMANDS])
def test_no_output_replaces_the_definition(tested: Path, name: str, option: str) -> None:
    file = "fixtures/unified/crm/contacts.json" if name == "serve" else COMMANDS[name].split()[1]
    before = contents(tested)
    command = COMMANDS[name].replace("--local", "--direct --token t") if option == "--trace" else COMMANDS[name]
    done = shell(tested, f"batchctl {command} {option} {file}")
    assert done.returncode == 2, done.stderr
    assert "error: " in done.stderr
    assert contents(tested) == before


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("test a.yaml --env-file x.env --junit x.env", "x.env is --env-file, too"),
        ("test a.yaml --junit fixtures/unified/crm/contacts.json", "is in the fixtures folder, too"),
        ("test a.yaml --junit none/report.xml", "there is no folder none"),
        ("sync job.yaml --env-file x.env --report-json x.env", "x.env is --env-file, too"),
        ("sync job.yaml --state x.db --report-json x.db", "--state: x.db is --report-json, too"),
        ("sync job.yaml --report-json fixtures/unified/crm/contacts.json", "is in the fixtures folder, too"),
        ("run a.yaml --local --context region:=@x.env --out x.env", "x.env is --context region, too"),
        ("runs show --out x.json --report-json x.json", "--out: x.json is --report-json, too"),
    ],
)
def test_what_is_read_beside_it_stays(tested: Path, command: str, said: str) -> None:
    before = contents(tested)
    done = shell(tested, f"batchctl {command}")
    assert (done.returncode, " ".join(done.stderr.split()).count(said)) == (2, 1), done.stderr
    assert contents(tested) == before


@pytest.mark.parametrize(
    "command",
    [
        "run a.yaml --local --out part.yaml",
        "validate a.yaml --format json --output part.yaml",
        "test a.yaml --junit part.yaml",
    ],
)
def test_what_a_definition_includes_stays(tested: Path, command: str) -> None:
    (tested / "part.yaml").write_text("resources:\n  - {name: more, resource: crm/notes, method: list}\n", "utf-8")
    (tested / "a.yaml").write_text("include: part.yaml\n" + (tested / "a.yaml").read_text("utf-8"), "utf-8")
    before = contents(tested)
    done = shell(tested, f"batchctl {command}")
    assert (done.returncode, "part.yaml is" in done.stderr) == (2, True), done.stderr
    assert contents(tested) == before
