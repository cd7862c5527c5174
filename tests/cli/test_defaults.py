"""Options from settings and variables, in real processes: command line, variable, file, default."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {stage: none}
resources:
  - {resource: crm/contacts, method: list, query: {stage: "{{args.stage}}"}}
"""
JSON = '{"resource": "crm/contacts", "record": {"id": 1, "stage": "won"}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    records = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
    records.parent.mkdir(parents=True)
    records.write_text('[{"id": 1, "stage": "won"}]', "utf-8")
    return tmp_path


def batchctl(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("BATCHCTL_", "TRUTO_"))}
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *arguments],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT), "HOME": str(folder), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_file_a_variable_and_the_command_line(folder: Path) -> None:
    settings = '[run]\nlocal = true\noutput = "ndjson"\narg = ["stage=won"]\n'
    (folder / "batchctl.toml").write_text(settings, "utf-8")
    assert batchctl(folder, "run", "a.yaml").stdout == JSON
    assert batchctl(folder, "run", "a.yaml", BATCHCTL_RUN_OUTPUT="csv").stdout.startswith("resource,id,stage")
    given = batchctl(folder, "run", "a.yaml", "-o", "yaml", BATCHCTL_RUN_OUTPUT="csv")
    assert given.stdout.startswith("result:")


def test_variables_alone(folder: Path) -> None:
    variables = {"BATCHCTL_RUN_LOCAL": "true", "BATCHCTL_RUN_ARG": "stage=won", "BATCHCTL_RUN_OUTPUT": "ndjson"}
    assert batchctl(folder, "run", "a.yaml", **variables).stdout == JSON


def test_a_command_inside_of_a_command(folder: Path) -> None:
    done = batchctl(folder, "runs", "prune", BATCHCTL_RUNS_PRUNE_NOPE="1")
    assert "the variable BATCHCTL_RUNS_PRUNE_NOPE sets no option" in done.stderr


def test_pyproject_has_the_same_tables(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.batchctl.validate]\nfail-on = "info"\nexit-zero = true\n', "utf-8")
    assert batchctl(folder, "validate", "a.yaml").returncode == 0


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ("[run]\nlocall = true\n", "[run] has no option locall", 'did you mean "local"?'),
        ("[runn]\nlocal = true\n", "there is no command runn", 'did you mean "run" or "runs"?'),
        ('[run]\napi-url = "https://x"\n', "[run] can't set api-url", "set BATCHCTL_RUN_API_URL"),
        ('[run]\ntoken = "x"\n', "[run] can't set token", "set BATCHCTL_RUN_TOKEN"),
        ("[run]\ntimeout = [1]\n", "[run] timeout must be one value", ""),
    ],
)
def test_what_a_file_can_not_set(folder: Path, settings: str, message: str, hint: str) -> None:
    (folder / "batchctl.toml").write_text(settings, "utf-8")
    done = batchctl(folder, "run", "a.yaml", "--local")
    assert done.returncode == 2
    assert message in done.stderr
    assert hint in done.stderr


def test_a_variable_that_sets_nothing(folder: Path) -> None:
    done = batchctl(folder, "run", "a.yaml", "--local", BATCHCTL_RUN_OUTPT="json")
    assert done.returncode == 2
    assert 'did you mean "BATCHCTL_RUN_OUTPUT"' in done.stderr


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('timeout = "soon"', "[run] timeout: 'soon' is not a number"),
        ("timeout = -1", "[run] timeout: -1.0 is less than 0.001"),
        ("timeout = true", "[run] timeout must be text or a number; the value is a flag"),
        ("timeout = 2026-01-31", "[run] timeout must be text or a number; the value is of another type"),
        ("concurrency = 2.7", "[run] concurrency: '2.7' is not a whole number"),
        ('output = "jsn"', "[run] output: 'jsn' is not one of"),
        ('quiet = "perhaps"', "[run] quiet: 'perhaps' is not true or false"),
        ('account = ""', "[run] account is empty"),
        ('fixtures = "a\\u0000"', "[run] fixtures holds a NUL character, which no command line can"),
        ("arg = [true]", "[run] arg must be text or a number"),
        ('arg = ["stage:=NaN"]', '[run] arg "stage:=…" is not JSON: NaN'),
    ],
)
def test_a_value_that_can_not_be_used_is_named_by_its_file(folder: Path, setting: str, said: str) -> None:
    (folder / "batchctl.toml").write_text(f"[run]\n{setting}\n", "utf-8")
    done = batchctl(folder, "run", "a.yaml", "--local", COLUMNS="400")
    assert done.returncode == 2
    assert f"error: {folder / 'batchctl.toml'}: {said}" in done.stderr


@pytest.mark.parametrize(
    ("setting", "option"),
    [
        ('each = "rows.csv"', "--each"),
        ('only = ["nobody"]', "--only"),
        ('args-file = ["none.json"]', "--args-file"),
        ('accept = ["x"]', "--accept"),
        ('out = "a.yaml"', "--out"),
        ('fixtures = "nowhere"', "--fixtures"),
        ('junit-cases = "calls"', "--junit-cases"),
        ("timeout = nan", "--timeout"),
    ],
)
def test_what_turns_out_later_has_a_note(folder: Path, setting: str, option: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.batchctl.run]\n{setting}\n", "utf-8")
    done = batchctl(folder, "run", "a.yaml", "--local", COLUMNS="400")
    assert done.returncode == 2
    where = f"{folder / 'pyproject.toml'}: [run] {option.removeprefix('--')}"
    assert f"note: {option} is set by {where}" in done.stderr


def test_a_value_of_the_command_line_has_none(folder: Path) -> None:
    (folder / "batchctl.toml").write_text('[run]\neach = "rows.csv"\n', "utf-8")
    done = batchctl(folder, "run", "a.yaml", "--local", "--each", "other.csv")
    assert "is set by" not in done.stderr


def test_a_variable_that_can_not_be_used(folder: Path) -> None:
    done = batchctl(folder, "run", "a.yaml", "--local", BATCHCTL_RUN_TIMEOUT="soon")
    assert done.stderr.startswith("error: the variable BATCHCTL_RUN_TIMEOUT: 'soon' is not a number")
    done = batchctl(folder, "run", "a.yaml", "--local", BATCHCTL_RUN_ACCOUNT="")
    assert (done.returncode, "the variable BATCHCTL_RUN_ACCOUNT is empty" in done.stderr) == (2, True)
    done = batchctl(folder, "validate", "a.yaml", BATCHCTL_VALIDATE_ARG="nobody=1", COLUMNS="400")
    assert "(from the variable BATCHCTL_VALIDATE_ARG nobody=1)" in done.stderr


def test_one_value_for_an_option_that_can_be_repeated(folder: Path) -> None:
    (folder / "batchctl.toml").write_text('[run]\nlocal = true\noutput = "ndjson"\narg = "stage=won"\n', "utf-8")
    assert batchctl(folder, "run", "a.yaml").stdout == JSON


def test_who_runs_it_is_decided_nearest_to_the_person(folder: Path) -> None:
    (folder / "batchctl.toml").write_text("[run]\ndirect = true\n", "utf-8")
    assert batchctl(folder, "run", "a.yaml", "--local").returncode == 0
    assert batchctl(folder, "run", "a.yaml", BATCHCTL_RUN_LOCAL="true").returncode == 0
    (folder / "batchctl.toml").write_text("[run]\ndirect = true\nlocal = true\n", "utf-8")
    done = batchctl(folder, "run", "a.yaml")
    assert "--local and --direct can't be combined" in done.stderr
    assert "note: --direct is set by" in done.stderr
