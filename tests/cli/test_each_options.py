"""Every option of ``run``, ``sync`` and ``dry-run`` goes with ``--each``, or is refused in a sentence: none is ignored.

A new option has to be put into one of the lists here.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer
from fleet.api import Contacts, contacts
from typer.main import get_command

ACCOUNTS = [f"0000000{n}-0000-4000-8000-000000000000" for n in (1, 2)]
BATCH = """
integrated_account_id: 00000000-0000-4000-8000-000000000000
args: {n: one}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {name: "${NAME:-any}-{{args.n}}"}}
  - {name: notes, resource: crm/notes, method: list}
"""
JOB = """
label: Contacts
default_runtime_version: 4
args_schema: {account: {type: string, required: true}, n: {type: string}}
resources:
  - name: contacts
    resource: crm/contacts
    method: list
    integrated_account_id: "{{args.account}}"
    query: {name: "${NAME:-any}-{{args.n}}"}
  - {name: notes, resource: crm/notes, method: list, integrated_account_id: "{{args.account}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
INPUTS = {
    "--arg": ["n=two"],
    "--args-file": ["args.yaml"],
    "--env-file": ["name.env"],
    "--skip": ["notes"],
    "--allow-unused": [],
}
SCREEN = {"--quiet": [], "--color": ["never"], "--ascii": []}
ROWS = {"--parallel": ["2"]}
CONNECTION = {
    "--timeout": ["60"],
    "--connect-timeout": ["20"],
    "--call-timeout": ["60"],
    "--max-answer-mib": ["8"],
    "--max-unpack-ratio": ["100"],
    "--retries": ["2"],
    "--idempotency-key": ["key-of-the-test"],
}
ENGINE = {
    "--concurrency": ["2"],
    "--fail-fast": [],
    "--max-depth": ["5"],
    "--max-pages": ["5"],
    "--rate-limit": ["50"],
    "--context": ["tier=gold"],
}
REPORTS = {
    "--report-junit": ["r.xml"],
    "--junit-cases": ["calls"],
    "--report-json": ["r.json"],
    "--report-html": ["r.html"],
}
# What is given to each row, all at once.
WORKS = {
    "run": {
        "--only": ["contacts"],
        **INPUTS,
        **SCREEN,
        **ROWS,
        **CONNECTION,
        **ENGINE,
        **REPORTS,
        "--run-timeout": ["60"],
        "--no-warnings": [],
        "--allow-unresolved": [],
        "--accept": ["contacts=404"],
        "--yes": [],
        "--output": ["csv"],
        "--records": ["1"],
        "--fields": ["id"],
        "--verbose": [],
        "--out": ["out.csv"],
        "--record": ["recorded"],
        "--trace": ["traces/"],
        "--csv-raw": [],
        "--mask-data": [],
        "--to": ["dir:delivered"],
        "--webhook-secret": ["made-up-for-the-test"],
    },
    "sync": {
        "--only": ["rows"],
        **INPUTS,
        **SCREEN,
        **ROWS,
        **CONNECTION,
        **ENGINE,
        **REPORTS,
        "--to": ["dir:delivered"],
        "--state": ["state.sqlite"],
        "--webhook-secret": ["made-up-for-the-test"],
        "--error-handling": ["fail_fast"],
        "--ignore-previous-run": [],
        "--force": [],
        "--output": ["csv"],
        "--out": ["out.csv"],
    },
    "dry-run": {
        "--only": ["contacts"],
        **INPUTS,
        **SCREEN,
        "--format": ["ndjson"],
        "--explain": [],
        "--api-url": ["https://api.example.com"],
        "--sample": ["contacts=sample.json"],
        "--context": ["tier=gold"],
    },
}
# What has a test of its own, or is a way to say which rows, who runs them, and where.
ELSEWHERE = {
    "run": {
        *("--each", "--each-format", "--where", "--on", "--store", "--resume", "--account"),
        *("--local", "--direct", "--fixtures", "--token", "--profile", "--api-url", "--allow-http", "--query", "--raw"),
    },
    "sync": {
        *("--each", "--each-format", "--where", "--on", "--store", "--resume", "--account"),
        *("--local", "--direct", "--fixtures", "--token", "--profile", "--api-url", "--allow-http"),
    },
    "dry-run": {"--each", "--each-format", "--where", "--account", "--summary", "--fixtures", "--sample-run"},
}
REFUSED = {
    "run": {},
    "sync": {
        "--on-truto": ([], "--each goes with a run on this machine"),
        "--yes": ([], "--yes goes with --on-truto"),
        "--no-wait": ([], "--no-wait goes with --on-truto"),
        "--interval": (["3"], "--interval goes with --on-truto"),
        "--webhook-id": (["x"], "--webhook-id goes with --on-truto"),
        "--daemon-group": (["x"], "--daemon-group goes with --on-truto"),
        "--run-timeout": (["5"], "--run-timeout is for batchctl run --direct"),
    },
    "dry-run": {
        "--query": (["a"], "not for the rows of --each"),
        "--raw": ([], "--raw goes with --query"),
        "--all": ([], "--all is for the requests of one dry run"),
        "--per-request": ([], "--per-request goes with --format curl"),
        "--show-secrets": ([], "--show-secrets goes with a snippet"),
        "--against": (["other.yaml"], "not for the rows of --each"),
        "--against-arg": (["n=3"], "not for the rows of --each"),
        "--against-args-file": (["args.yaml"], "not for the rows of --each"),
        "--exit-code": ([], "--exit-code goes with --against"),
    },
}
HOMES = {"run": "batchctl.cli.run:run", "sync": "batchctl.cli.sync:sync", "dry-run": "batchctl.cli.dry_run:dry_run"}
FILES = {"run": "a.yaml", "sync": "job.yaml", "dry-run": "a.yaml"}


def options(command: str) -> set[str]:
    """The long names of a command's options."""
    module, _, name = HOMES[command].partition(":")
    app = typer.Typer(add_completion=False)
    app.command(command)(getattr(import_module(module), name))
    found = get_command(app)
    return {each.opts[0] for each in found.params if each.param_type_name == "option" and each.name != "help"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(BATCH, "utf-8")
    (tmp_path / "other.yaml").write_text(BATCH, "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    (tmp_path / "rows.csv").write_text("account\n" + "\n".join(ACCOUNTS) + "\n", "utf-8")
    (tmp_path / "args.yaml").write_text("n: three\n", "utf-8")
    (tmp_path / "name.env").write_text("NAME=of-the-file\n", "utf-8")
    (tmp_path / "sample.json").write_text('[{"id": "1"}]', "utf-8")
    return tmp_path


@pytest.fixture
def api() -> Iterator[Contacts]:
    with contacts() as found:
        yield found


def batchctl(folder: Path, command: str, *words: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "batchctl", command, FILES[command], "--each", "rows.csv", *words]
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "runs"), "TRUTO_API_TOKEN": "token-of-the-test"}
    return subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", HOMES)
def test_every_option_is_in_a_list(command: str) -> None:
    listed = [*WORKS[command], *ELSEWHERE[command], *REFUSED[command]]
    assert len(listed) == len(set(listed))
    assert options(command) == set(listed)


@pytest.mark.parametrize("command", HOMES)
def test_those_that_work(folder: Path, api: Contacts, command: str) -> None:
    """All of them at once; what can be seen from outside is there."""
    words = [word for option, values in WORKS[command].items() for word in (option, *values)]
    if command != "dry-run":
        words += ["--direct", "--api-url", api.url]
    done = batchctl(folder, command, *words)
    assert done.returncode == 0, done.stderr
    if command == "dry-run":
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert {each["row"] for each in lines} == {1, 2}
        assert "of-the-file-two" in done.stdout
        return
    assert {account for _, account, _ in api.sent} == set(ACCOUNTS)
    assert {path for _, _, path in api.sent} == {"/unified/crm/contacts"}
    for made in ("r.xml", "r.json", "r.html", "out.csv", "delivered"):
        assert (folder / made).exists(), made
    # Quiet, with an output of its own.
    assert done.stdout == ""
    if command == "run":
        assert sorted(path.name for path in (folder / "traces").iterdir()) == [
            f"{number}-{account}.har" for number, account in enumerate(ACCOUNTS, 1)
        ]
        assert "of-the-file-two" in (folder / "traces" / f"1-{ACCOUNTS[0]}.har").read_text()


@pytest.mark.parametrize(
    ("command", "option"), [(command, option) for command, refused in REFUSED.items() for option in refused]
)
def test_those_that_are_refused(folder: Path, command: str, option: str) -> None:
    values, said = REFUSED[command][option]
    done = batchctl(folder, command, option, *values)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert said in done.stderr


def test_explain_has_nothing_to_explain_in_a_line_per_row(folder: Path) -> None:
    done = batchctl(folder, "dry-run", "--explain")
    assert done.returncode == 2
    assert "--format ndjson has every request of each row" in done.stderr
