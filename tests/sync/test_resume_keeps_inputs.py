"""A resumed run of a sync job has what its first attempt was given, wherever it is resumed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from batchctl import RunStore, run_sync

JOB = """
label: Pages
default_runtime_version: 4
include: [part.yaml]
resources:
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
PART = """
resources:
  - name: contacts
    type: request
    resource: crm/contacts
    method: list
    integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
    query: {limit: "{{page_size:int}}"}
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    records = tmp_path / "job" / "records" / "unified" / "crm" / "contacts.json"
    records.parent.mkdir(parents=True)
    records.write_text(json.dumps([{"id": f"c{number}"} for number in range(3)]), "utf-8")
    (tmp_path / "job" / "part.yaml").write_text(PART, "utf-8")
    file = tmp_path / "job" / "pages.sync.yaml"
    file.write_text(JOB, "utf-8")
    return file


def sync(folder: Path, *arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "batchctl", "sync", *arguments, "-o", "json"],
        cwd=folder,
        env={**os.environ, "BATCHCTL_STATE_DIR": str(folder / "state")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_included_files_the_context_fixtures_and_limits_are_kept(job: Path, tmp_path: Path) -> None:
    place = f"dir:{tmp_path / 'out'}"
    given = ("--fixtures", "job/records", "--context", "page_size:=1", "--max-pages", "2", "--to", place)
    code, out, err = sync(tmp_path, str(job), *given)
    assert code == 3, err
    assert json.loads(out)["destinations"]["rows"]["delivered"] == 2
    state = tmp_path / "state"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "state").symlink_to(state)
    code, out, err = sync(elsewhere, "--resume", "latest")
    assert code == 3, err
    code, out, err = sync(elsewhere, "--resume", "latest", "--max-pages", "10")
    assert code == 0, err
    assert json.loads(out)["destinations"]["rows"]["delivered"] == 3


def test_the_library_keeps_them_too(job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from batchctl import RunOptions

    monkeypatch.setenv("BATCHCTL_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    store = RunStore(tmp_path / "runs")
    few = RunOptions(max_pages=2)
    begun = run_sync(
        job, to=f"dir:{tmp_path / 'out'}", fixtures="job/records", context={"page_size": 1}, options=few, store=store
    )
    assert (begun.ok, begun.delivered) == (False, {"rows": 2})
    (run,) = store.list()
    assert run.inputs is not None
    monkeypatch.chdir(tmp_path / "job")
    assert run_sync(resume=run.id, store=store).ok is False
    ended = run_sync(resume=run.id, store=store, options=RunOptions(max_pages=10))
    assert (ended.ok, ended.delivered) == (True, {"rows": 3})
