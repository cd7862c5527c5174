"""What commands say beside their result, and how it looks where the terminal can't show everything."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from batchctl import __version__
from batchctl.cli.app import app
from batchctl.cli.options import Color
from batchctl.cli.terminal import wants_color
from batchctl.errors import UsageError
from batchctl.testing import server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEFINITION = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {stage: won}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {stage: "{{args.stage}}"}}
  - {name: notes, resource: crm/notes, method: list, depends_on: contacts,
     loop_on: "{{resources.crm.contacts:json}}", query: {contact_id: "{{resources.crm.contacts.id}}"}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "fixtures" / "unified" / "crm"
    place.mkdir(parents=True)
    (place / "contacts.json").write_text(json.dumps([{"id": "1", "stage": "won"}, {"id": "2", "stage": "won"}]))
    (place / "notes.json").write_text(json.dumps([{"id": "n", "contact_id": "1"}]))
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(DEFINITION, "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("BATCHCTL_STATE_DIR", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    return tmp_path


def batchctl(*words: str, stdin: str = "") -> Result:
    done = CliRunner().invoke(app, words, input=stdin)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def test_the_version() -> None:
    assert batchctl("--version").stdout == f"batchctl {__version__}\n"


@pytest.mark.usefixtures("folder")
def test_dry_runs_of_several_files_in_one_stream() -> None:
    done = batchctl("dry-run", "a.yaml", "b.yaml", "--format", "yaml")
    first, second = done.stdout.split("---\n")
    assert (done.exit_code, "file: a.yaml\n" in first, "file: b.yaml\n" in second) == (0, True, True)


def test_a_dry_run_goes_on_after_a_file_with_errors(folder: Path) -> None:
    (folder / "a.yaml").write_text("nothing\n", "utf-8")
    done = batchctl("dry-run", "a.yaml", "b.yaml")
    assert (done.exit_code, "null" in done.stdout, "b.yaml" in done.stdout) == (1, False, True)


def test_a_sample_that_is_not_reached_is_named(folder: Path) -> None:
    (folder / "notes.json").write_text("[]", "utf-8")
    done = batchctl("dry-run", "a.yaml", "--sample", "notes=notes.json")
    assert "the sample of notes was not reached: no call of it is known" in done.stderr


@pytest.mark.usefixtures("folder")
def test_a_node_that_repeats_is_evaluated_once() -> None:
    done = batchctl("eval", "1 + 1", "--node", "a.yaml#notes")
    assert (done.stdout, done.stderr) == ("2\n", "notes is evaluated 2 times; this is the first\n")
    assert batchctl("eval", "1 + 1", "--node", "a.yaml#contacts").stderr == ""


@pytest.mark.usefixtures("folder")
def test_a_graph_in_ascii() -> None:
    assert "└─ notes" in batchctl("graph", "a.yaml").stdout
    drawn = batchctl("graph", "a.yaml", "--ascii").stdout
    assert "`- notes" in drawn
    assert drawn.isascii()


def test_a_profile_is_kept_until_it_is_removed(folder: Path) -> None:
    done = batchctl("login", "--token-stdin", "--api-url", "https://api.example.com", stdin="made-up\n")
    assert done.exit_code == 0
    (kept,) = (path for path in (folder / "own").rglob("config.toml"))
    assert "api.example.com" in kept.read_text("utf-8")
    assert batchctl("logout").stderr == "profile default was removed\n"
    assert "api.example.com" not in kept.read_text("utf-8")


def test_a_first_line_without_end_is_no_token(folder: Path) -> None:
    with pytest.raises(UsageError, match="its first line is too long"):
        CliRunner().invoke(app, ["login", "--token-stdin"], input="x" * 100_001, catch_exceptions=False)
    assert not list((folder / "own").rglob("config.toml"))


def test_problems_of_a_fixed_text_go_to_stderr() -> None:
    done = batchctl("validate", "-", "--fix", stdin=DEFINITION.replace("crm/contacts", "contacts"))
    assert done.stdout.startswith("integrated_account_id: ")
    assert "--> <stdin>:4" in done.stderr or "--> -:4" in done.stderr, done.stderr
    quiet = batchctl("validate", "-", "--fix", "--quiet", stdin=DEFINITION)
    assert (quiet.stdout, quiet.stderr) == (DEFINITION, "")


@pytest.fixture
def served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with server(folder / "fixtures", token="made-up-token") as running:
        monkeypatch.setenv("TRUTO_API_URL", running.url)
        monkeypatch.setenv("TRUTO_API_TOKEN", "made-up-token")
        yield folder


@pytest.mark.usefixtures("served")
def test_a_run_whose_definition_was_not_kept_is_shown_as_far_as_it_is_known() -> None:
    ran = batchctl("run", "-", "--direct", "-o", "json", stdin=DEFINITION.replace("stage: won", "stage: made-up-token"))
    assert ran.exit_code == 0, ran.stderr
    shown = batchctl("runs", "show", "-o", "json")
    assert (shown.exit_code, shown.stdout) == (0, ran.stdout)
    assert batchctl("runs", "show", "--query", "$count(result.contacts)").stdout == "0\n"
    facts = batchctl("runs", "show").stdout
    assert facts.startswith("run  ")
    assert facts.endswith(ran.stdout)


@pytest.mark.usefixtures("served")
def test_how_a_run_that_did_not_end_is_resumed(folder: Path) -> None:
    (folder / "fixtures" / "faults.yaml").write_text("- {resource: crm/notes, wait_s: 600}\n", "utf-8")
    line = [sys.executable, "-m", "batchctl", "run", "a.yaml", "--direct"]
    with subprocess.Popen(line, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        # Said once the run is recorded.
        said = next(text for text in process.stderr if text.startswith("run "))
        process.kill()
    shown = batchctl("runs", "show")
    assert shown.stdout.startswith("run  ")
    assert f"to resume: batchctl run --resume {said.split()[1]}" in " ".join(shown.stderr.split())
    assert isinstance(CliRunner().invoke(app, ["runs", "show", "-o", "json"]).exception, UsageError)


@pytest.mark.parametrize(
    ("color", "environment", "wanted"),
    [
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": ""}, False),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("never", {"FORCE_COLOR": "1"}, False),
        ("always", {"NO_COLOR": "1"}, True),
    ],
)
def test_what_decides_about_color(color: str, environment: dict[str, str], *, wanted: bool, tmp_path: Path) -> None:
    with (tmp_path / "file").open("w") as stream:
        assert wants_color(Color(color), stream, environment) is wanted
