"""``--error-handling``: what an error does to a run, and who hears of webhooks' secrets."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import batchctl
from batchctl.destinations.choosing import has_posts
from batchctl.engine.options import RunOptions

JOB = """
label: Contacts
default_runtime_version: VERSION
resources:
  - {name: contacts, type: request, resource: crm/contacts, method: list}
  - name: notes
    type: request
    resource: crm/notes
    method: list
    depends_on: contacts
    query: {contact_id: "{{resources.crm.contacts.id}}"}
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    contacts = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
    contacts.parent.mkdir(parents=True)
    contacts.write_text(json.dumps([{"id": "c1"}, {"id": "c2"}]), "utf-8")
    return tmp_path / "job.yaml"


def sync(job: Path, version: int, *words: str) -> "subprocess.CompletedProcess[str]":
    job.write_text(JOB.replace("VERSION", str(version)), "utf-8")
    environment = {**os.environ, "BATCHCTL_STATE_DIR": str(job.parent / "own"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "batchctl", "sync", job.name, "-o", "json", "--retries", "0", *words]
    return subprocess.run(command, cwd=job.parent, capture_output=True, text=True, check=False, env=environment)


def test_batch_lists_all_errors_in_the_run_of_runtime_2(job: Path) -> None:
    done = sync(job, 2, "--error-handling", "batch")
    run = json.loads(done.stdout)["run"]
    assert (done.returncode, run["status"]) == (3, "failed")
    assert [(each["resource"], each["for"]) for each in run["errors"]] == [
        ("notes", {"contacts": "c1"}),
        ("notes", {"contacts": "c2"}),
    ]


def test_without_it_they_are_in_the_result_alone(job: Path) -> None:
    assert set(json.loads(sync(job, 2).stdout)["run"]) == {"id", "status", "resource_stats"}


def test_batch_is_refused_where_the_runtime_does_not_know_it(job: Path) -> None:
    done = sync(job, 3, "--error-handling", "batch")
    assert (done.returncode, done.stdout) == (2, "")
    assert "runtime 2" in done.stderr
    assert not (job.parent / "own" / "runs").exists()
    with pytest.raises(batchctl.UsageError):
        batchctl.run_sync(job, to=f"dir:{job.parent}/out", error_handling="batch", environment={})


def test_fail_fast_stops_at_the_first_error(job: Path) -> None:
    job.write_text(JOB.replace("VERSION", "2"), "utf-8")
    environment = {"BATCHCTL_STATE_DIR": str(job.parent / "own")}
    to = f"dir:{job.parent}/out"
    one_by_one = RunOptions(concurrency=1)
    done = batchctl.run_sync(
        job, to=to, error_handling="fail_fast", environment=environment, options=one_by_one, retries=0
    )
    errors = done.json()["errors"]
    assert isinstance(errors, dict)
    notes = errors["notes"]
    assert isinstance(notes, list)
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("to", "posts"),
    [
        ([], True),
        (["sqlite:a.db"], False),
        (["hook=dir:out", "sqlite:a.db"], True),
        (["dir:out", "hook=sqlite:a.db"], False),
        (["rows=https://example.com/hook", "hook=sqlite:a.db"], True),
    ],
)
def test_a_secret_is_made_only_where_something_is_signed(to: list[str], posts: bool) -> None:
    assert has_posts(to, {"hook": "webhook", "rows": "superquery"}) is posts


def test_a_run_without_posts_says_nothing_of_a_secret(job: Path) -> None:
    assert "signed" in sync(job, 2).stderr
    assert "signed" not in sync(job, 2, "--to", "sqlite:a.db").stderr
