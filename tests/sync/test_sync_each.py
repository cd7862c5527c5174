"""``batchctl sync --each`` over fixtures: one job for many accounts."""

import csv
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

JOB = """
label: Contacts of all
default_runtime_version: 4
mutex_key: nightly
args_schema:
  account: {type: string, format: integrated_account_id, required: true}
  since: {type: string}
args_validation: 'args.since = "never" ? {"message": "since when?"} : null'
resources:
  - {name: contacts, resource: crm/contacts, method: list, integrated_account_id: "{{args.account}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
BATCH = "integrated_account_id: a1\nresources: [{name: contacts, resource: crm/contacts, method: list}]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, count in {"a1": 1, "a2": 2, "a3": 3}.items():
        place = tmp_path / "fixtures" / "accounts" / name
        (place / "unified" / "crm").mkdir(parents=True)
        (place / "account.yaml").write_text(f"id: {name}\ntenant_id: t-{name}\n", "utf-8")
        (place / "unified" / "crm" / "contacts.json").write_text(json.dumps([{"id": f"{n}"} for n in range(count)]))
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    (tmp_path / "batch.yaml").write_text(BATCH, "utf-8")
    (tmp_path / "rows.csv").write_text("account,since\na1,today\na2,today\na3,today\n", "utf-8")
    return tmp_path


def batchctl(folder: Path, *words: str, data: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "batchctl", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment, input=data)


def test_files_and_reports(folder: Path) -> None:
    reports = [
        "--report-junit",
        "r.xml",
        "--report-json",
        "r.json",
        "--report-html",
        "r.html",
        "--junit-cases",
        "calls",
    ]
    done = batchctl(folder, "sync", "job.yaml", "--each", "rows.csv", "--out", "told/", *reports)
    assert done.returncode == 0, done.stderr
    assert "✔ row 3 · a3" in done.stdout
    assert "✔ 3 of 3 rows succeeded" in done.stdout
    # A folder of each account: the same tomorrow, whatever rows there are then.
    kept = {path.parts[-3]: len(path.read_text().splitlines()) for path in (folder / "sync-out").rglob("*.ndjson")}
    assert kept == {"a1": 1, "a2": 2, "a3": 3}
    told = json.loads((folder / "told" / "2-a2" / "run.json").read_text())
    assert (told["row"], told["account"], told["run"]["status"]) == (2, "a2", "completed")
    assert told["run"]["resource_stats"] == {"contacts": {"list": {"fetched": 2, "persisted": 2}}}
    suites = list(ET.parse(folder / "r.xml").getroot().iter("testsuite"))
    assert len(suites) == 3
    assert [row["account"] for row in json.loads((folder / "r.json").read_text())["rows"]] == ["a1", "a2", "a3"]
    assert "a2" in (folder / "r.html").read_text()


def test_all_formats_of_the_same_run(folder: Path) -> None:
    place = ("sync", "job.yaml", "--each", "accounts", "--where", "tenant_id != 't-a1'", "--to", "sqlite:all.db", "-q")
    found = json.loads(batchctl(folder, *place, "-o", "json").stdout)
    assert [(each["row"], each["account"], each["errors"]) for each in found] == [(1, "a2", {}), (2, "a3", {})]
    lines = batchctl(folder, *place, "-o", "ndjson").stdout.splitlines()
    assert [json.loads(line)["destinations"] for line in lines] == [{"rows": {"delivered": 1, "failed": 0}}] * 2
    table = list(csv.DictReader(io.StringIO(batchctl(folder, *place, "-o", "csv").stdout)))
    assert [(row["account"], row["node"], row["fetched"], row["delivered"]) for row in table] == [
        ("a2", "contacts", "2", ""),
        ("a2", "rows", "", "1"),
        ("a3", "contacts", "3", ""),
        ("a3", "rows", "", "1"),
    ]
    assert "- row: 1" in batchctl(folder, *place, "-o", "yaml").stdout
    assert "contacts" in batchctl(folder, *place, "-o", "table").stdout
    # A single run has them as well.
    alone = batchctl(folder, "sync", "job.yaml", "-a", "a2", "-q", "-o", "ndjson", "--out", "one.ndjson")
    assert alone.returncode == 0, alone.stderr
    assert json.loads((folder / "one.ndjson").read_text())["run"]["status"] == "completed"


def test_one_row_fails(folder: Path) -> None:
    (folder / "fixtures" / "accounts" / "a2" / "unified" / "crm" / "contacts.json").write_text("not json")
    done = batchctl(folder, "sync", "job.yaml", "--each", "rows.csv")
    assert done.returncode == 4, done.stderr
    assert "✔ row 3 · a3" in done.stdout
    assert "2 of 3 rows succeeded" in done.stdout
    again = "batchctl sync --resume"
    assert again in done.stderr
    (folder / "fixtures" / "accounts" / "a2" / "unified" / "crm" / "contacts.json").write_text('[{"id": "1"}]')
    resumed = batchctl(folder, "sync", "--resume", "latest")
    assert resumed.returncode == 0, resumed.stderr
    assert "✔ 3 of 3 rows succeeded" in resumed.stdout
    kept = {path.parts[-3]: len(path.read_text().splitlines()) for path in (folder / "sync-out").rglob("*.ndjson")}
    assert kept == {"a1": 1, "a2": 1, "a3": 3}
    complete = batchctl(folder, "sync", "--resume", "latest")
    assert (complete.returncode, complete.stdout) == (2, "")
    assert "is complete" in complete.stderr


def test_rows_from_stdin_and_a_dry_run(folder: Path) -> None:
    given = '{"account": "a1"}\n{"account": "a3"}\n'
    done = batchctl(folder, "sync", "job.yaml", "--each", "-", "--each-format", "ndjson", "-o", "ndjson", data=given)
    assert [json.loads(line)["account"] for line in done.stdout.splitlines()] == ["a1", "a3"]
    shown = batchctl(folder, "dry-run", "job.yaml", "--each", "rows.csv", "--format", "json")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["summary"]["rows"] == 3


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["sync", "batch.yaml", "--each", "accounts"], 2, "batch.yaml is no sync job"),
        (["run", "job.yaml", "--local", "--each", "rows.csv"], 1, "this is a sync job, not a batch"),
        (["sync", "job.yaml", "--each", "wrong.csv"], 2, "row 2"),
        (["sync", "job.yaml", "--each", "no.csv"], 2, "no.csv"),
        (["sync", "job.yaml", "--each", "rows.csv", "--on-truto"], 2, "--each goes with a run on this machine"),
        (["sync", "job.yaml", "--on", "local:2"], 2, "--on spreads the rows of --each"),
        (["sync", "job.yaml", "--store", "x"], 2, "--store goes with --on"),
        (["sync", "job.yaml", "--each", "rows.csv", "--to", "nobody=dir:x"], 2, "nobody"),
        (["sync", "job.yaml", "--each", "rows.csv", "--on", "tls://far:1", "--store", "s3://b/p"], 2, "dir:sync-out"),
        (["sync", "job.yaml", "--each", "rows.csv", "--error-handling", "batch"], 2, "runtime 2"),
    ],
)
def test_what_does_not_go(folder: Path, words: list[str], code: int, said: str) -> None:
    (folder / "wrong.csv").write_text("account,since\na1,today\na2,never\n", "utf-8")
    done = batchctl(folder, *words)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "sync-out").exists()
