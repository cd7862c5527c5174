"""Values from outside of the file, as a person meets them: named by option and value, in every command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
OTHER = "1b1b2c6e-0f60-4a55-8f8a-0d2c4a7e9f10"
USERS = """\
args_schema: {limit: {type: integer}, since: {type: string, format: date, required: true}}
args: {user_ids: [a]}
resources:
  - resource: crm/users
    method: list
    query: {user: "{{args.user_ids}}", limit: "{{args.limit?:1}}", since: "{{args.since}}", region: "${REGION:-eu}"}
    loop_on: user_ids
  - {name: notes, resource: crm/notes, method: list, depends_on: crm/users}
  - {name: alone, resource: crm/deals, method: list}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "u.yaml").write_text(f"integrated_account_id: {ACCOUNT}\n{USERS}", "utf-8")
    (tmp_path / "open.yaml").write_text(USERS, "utf-8")
    for name in ("users", "notes", "deals"):
        records = tmp_path / "fixtures" / "unified" / "crm" / f"{name}.json"
        records.parent.mkdir(parents=True, exist_ok=True)
        records.write_text("[]", "utf-8")
    return tmp_path


def batchctl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "batchctl", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["validate", "dry-run", "graph", "run"])
def test_a_name_that_nothing_reads(folder: Path, command: str) -> None:
    local = ["--local"] if command == "run" else []
    done = batchctl(folder, command, "u.yaml", *local, "--arg", "user_idz:=[]", "--arg", "since=2026-01-31")
    assert done.returncode == 2
    assert 'an argument "user_idz" (from --arg user_idz:=[])' in done.stderr
    assert 'did you mean "user_ids"? --allow-unused lets it pass' in done.stderr
    again = batchctl(
        folder, command, "u.yaml", *local, "--arg", "user_idz:=[]", "--arg", "since=2026-01-31", "--allow-unused"
    )
    assert again.returncode == 0


def test_a_value_from_an_option_is_named_and_no_line_shown(folder: Path) -> None:
    done = batchctl(folder, "dry-run", "u.yaml", "--arg", "user_ids=u-1", "--arg", "limit=5", "--arg", "since=soon")
    assert done.returncode == 1
    assert "(from --arg user_ids=u-1)" in done.stderr
    assert """help: write --arg 'user_ids:=["u-1"]'""" in done.stderr
    assert """help: write --arg limit:=5""" in done.stderr
    assert "since is not a date (from --arg since=soon)" in done.stderr
    assert " | " not in done.stderr


def test_json_says_where_a_value_came_from(folder: Path) -> None:
    done = batchctl(folder, "validate", "u.yaml", "--arg", "limit=x", "--format", "json")
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert (found["origin"], found["line"]) == ("--arg limit=x", 1)


def test_a_required_argument_is_missing_in_a_run_alone(folder: Path) -> None:
    assert batchctl(folder, "validate", "u.yaml", "--fail-on", "warning").returncode == 0
    assert "warning[BC420]" in batchctl(folder, "dry-run", "u.yaml").stderr
    done = batchctl(folder, "run", "u.yaml", "--local")
    assert done.returncode == 1
    assert 'error[BC420]: the argument "since" is required' in done.stderr


def test_args_files(folder: Path) -> None:
    (folder / "a.yaml").write_text("since: 2026-01-31\nlimit: 007\n", "utf-8")
    (folder / "b.json").write_text('{"limit": 9}', "utf-8")
    done = batchctl(folder, "dry-run", "u.yaml", "--args-file", "a.yaml", "--args-file", "b.json", "--format", "json")
    query = json.loads(done.stdout)["resources"][0]["requests"][0]["query"]
    assert query == {"user": "a", "limit": "9", "since": "2026-01-31", "region": "eu"}
    assert "warning[BC110]" in done.stderr
    assert "a.yaml:2:8" in done.stderr


def test_env_files(folder: Path) -> None:
    (folder / ".env").write_text('REGION="us" # where\n', "utf-8")
    options = ["--env-file", ".env", "--arg", "since=2026-01-31"]
    done = batchctl(folder, "dry-run", "u.yaml", *options, "--format", "json")
    assert json.loads(done.stdout)["resources"][0]["requests"][0]["query"]["region"] == "us"
    (folder / ".env").write_text('REGION="us', "utf-8")
    done = batchctl(folder, "run", "u.yaml", "--local", *options)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_only_what_is_named_and_what_it_needs(folder: Path) -> None:
    options = ["--only", "notes", "--arg", "since=2026-01-31"]
    done = batchctl(folder, "run", "u.yaml", "--local", *options, "-o", "json")
    assert (done.returncode, sorted(json.loads(done.stdout)["result"])) == (0, ["crm/users", "notes"])
    shown = json.loads(batchctl(folder, "dry-run", "u.yaml", *options, "--format", "json").stdout)
    assert [resource["name"] for resource in shown["resources"]] == ["crm/users", "notes"]


def test_a_file_for_an_account_or_for_rows_passes(folder: Path) -> None:
    assert batchctl(folder, "validate", "open.yaml").returncode == 1
    assert batchctl(folder, "validate", "open.yaml", "--account", ACCOUNT, "--fail-on", "warning").returncode == 0
    (folder / "rows.csv").write_text(
        f"integrated_account_id;since\n{ACCOUNT};2026-01-31\n{OTHER};2026-02-28\n", "utf-8"
    )
    assert batchctl(folder, "validate", "open.yaml", "--each", "rows.csv", "--fail-on", "warning").returncode == 0
    (folder / "rows.csv").write_text(f"account,since\nacme,2026-01-31\n{OTHER},soon\n", "utf-8")
    done = batchctl(folder, "validate", "open.yaml", "--each", "rows.csv", "--format", "concise")
    assert done.returncode == 1
    assert "since is not a date (from row 2 of rows.csv, since)" in done.stdout
    assert "not a UUID (from row 1 of rows.csv, account)" in done.stdout


def test_rows_from_stdin_are_checked_in_the_format_that_is_said(folder: Path) -> None:
    command = [sys.executable, "-m", "batchctl", "validate", "open.yaml", "--format", "concise", "--each"]

    def validate(*options: str) -> subprocess.CompletedProcess[str]:
        environment = {"PYTHONPATH": str(ROOT), "HOME": str(folder)}
        return subprocess.run(
            [*command, *options],
            cwd=folder,
            input=f'{{"account": "{ACCOUNT}", "since": "soon"}}\n',
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )

    done = validate("-", "--each-format", "ndjson")
    assert (done.returncode, "since is not a date (from row 1 of <stdin>, since)" in done.stdout) == (1, True)
    for options, said in (
        (["-"], "error: --each - needs to know what it reads"),
        (["-", "--each-format", "csv", "-"], "error: definition and rows can't both come from stdin"),
        (["accounts"], "error: --each accounts is for runs"),
    ):
        done = validate(*options)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(said)


def test_the_account_that_was_used_is_said(folder: Path) -> None:
    done = batchctl(folder, "run", "u.yaml", "--local", "--account", OTHER, "--arg", "since=2026-01-31", "-o", "json")
    assert done.returncode == 0
    assert f"account {OTHER}, from --account\n" in done.stderr
