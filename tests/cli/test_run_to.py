"""``run --to``: the records of a batch in a database, at a webhook, in a folder: real files, a real receiver."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

DEFINITION = """
integrated_account_id: acc
fixtures: fixtures
resources:
  - {resource: crm/contacts, method: list}
  - name: names
    type: transform
    depends_on: crm/contacts
    persist: true
    config: {expression: resources.crm.contacts.name}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contacts = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
    contacts.parent.mkdir(parents=True)
    contacts.write_text(json.dumps([{"id": f"c{number}", "name": f"N {number}"} for number in range(1200)]), "utf-8")
    (tmp_path / "batch.yaml").write_text(DEFINITION, "utf-8")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "batchctl", "run", "batch.yaml", "--local", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(folder / "db.sqlite")
    try:
        return database.execute(statement).fetchall()
    finally:
        database.close()


def test_the_records_are_in_the_database_once_however_often_it_runs(folder: Path) -> None:
    for _ in range(2):
        done = run(folder, "--to", "sqlite:db.sqlite", "-o", "json")
        assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["result"]["crm/contacts"]) == 1200
    assert "crm/contacts: 1,200 records delivered (3 deliveries)" in done.stderr
    assert rows(folder, "SELECT count(*), min(name), max(truto_integrated_account_id) FROM crm_contacts") == [
        (1200, "N 0", "acc")
    ]
    assert rows(folder, "SELECT count(*) FROM names") == [(1200,)]


def test_one_resource_alone_goes_where_its_name_says(folder: Path) -> None:
    done = run(folder, "--to", "names=dir:out", "-q")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (folder / "out").iterdir()] == ["names"]
    lines = (folder / "out" / "names" / "names.ndjson").read_text("utf-8").splitlines()
    assert json.loads(lines[0])["value"] == "N 0"


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        (["contact=dir:out"], "nothing that is delivered is called contact"),
        (["nowhere:x"], "unknown destination nowhere:x"),
        (["dir:a", "dir:b"], "a URL for all is given twice"),
        (["webhook:ftp://host"], "is no http:// or https:// URL"),
    ],
)
def test_what_can_not_be_is_said_before_anything_runs(folder: Path, to: list[str], sentence: str) -> None:
    done = run(folder, *(word for each in to for word in ("--to", each)))
    assert (done.returncode, sentence in done.stderr, done.stdout) == (2, True, ""), done.stderr


def test_what_is_not_delivered_is_said_and_the_result_is_there(folder: Path) -> None:
    (folder / "fixtures" / "unified" / "crm" / "contacts.json").write_text('[{"id": "a"}]', "utf-8")
    done = run(folder, "--to", "webhook:http://127.0.0.1:9/", "-o", "json", "--only", "crm/contacts")
    assert done.returncode == 3
    assert "not delivered: the webhook gives no answer to sync_job_run:record" in done.stderr
    assert json.loads(done.stdout)["result"]["crm/contacts"] == [{"id": "a"}]
