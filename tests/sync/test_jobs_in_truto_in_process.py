"""What the commands for jobs in Truto print, in a terminal's absence and in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from terminal_session import Session
from typer.testing import CliRunner, Result

from batchctl.cli.app import app
from batchctl.testing import server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a-token-of-the-tests"
JOB = """\
label: Contacts
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
default_runtime_version: 4
resources:
  - {name: contacts, type: request, resource: crm/contacts, method: list}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
RUNS = [
    {"id": "r-1", "status": "completed", "integrated_account_id": "a", "sync_job_id": "j", "resource_stats": {}},
    {"id": "r-2", "status": "paused", "integrated_account_id": "b", "sync_job_id": "j", "resource_stats": {}},
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "fixtures" / "platform").mkdir(parents=True)
    (tmp_path / "fixtures" / "platform" / "sync-job-run.json").write_text(json.dumps(RUNS), "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("BATCHCTL_STATE_DIR", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    with server(tmp_path / "fixtures", token=TOKEN) as running:
        monkeypatch.setenv("TRUTO_API_URL", running.url)
        monkeypatch.setenv("TRUTO_API_TOKEN", TOKEN)
        yield tmp_path


def sync(line: str, code: int = 0) -> Result:
    done = CliRunner().invoke(app, ["sync", *line.split()])
    if done.exception is None or isinstance(done.exception, SystemExit):
        assert done.exit_code == code, done.output
    return done


def test_jobs_and_runs_are_listed() -> None:
    assert sync("list").stderr == "none\n"
    created = sync("push job.yaml").stdout
    job_id = created.removeprefix("created ").strip()
    assert sync("list").stdout.startswith(f"{job_id}  ")
    assert "r-1" in sync("list --account a").stdout


def test_a_job_is_pulled_to_stdout_and_to_a_file_that_has_it_already(folder: Path) -> None:
    job_id = sync("push job.yaml").stdout.removeprefix("created ").strip()
    text = sync(f"pull {job_id}").stdout
    assert f'id: "{job_id}"' in text or f"id: {job_id}" in text
    # The file has the job, in another layout: nobody has to agree.
    done = sync(f"pull {job_id} --output job.yaml")
    assert (done.exit_code, "has the job" in done.stderr) == (0, True)
    assert (folder / "job.yaml").read_text("utf-8") == text


def test_a_file_that_can_not_be_changed_is_left_alone(folder: Path) -> None:
    # A block is not replaced: what to write instead is said.
    text = "updated_at: |\n  never\n" + JOB
    (folder / "job.yaml").write_text(text, "utf-8")
    done = sync("push job.yaml")
    job_id = done.stdout.removeprefix("created ").strip()
    said = f"job.yaml: add id: {job_id} to it, so that the next push updates the job"
    assert said in " ".join(done.stderr.split())
    assert (folder / "job.yaml").read_text("utf-8") == text


@pytest.mark.parametrize("answer", ["n", "y"])
def test_somebody_at_a_terminal_is_asked(folder: Path, answer: str) -> None:
    job_id = sync("push job.yaml").stdout.removeprefix("created ").strip()
    file = folder / "job.yaml"
    file.write_text(file.read_text("utf-8").replace("label: Contacts", "label: People"), "utf-8")
    session = Session(folder, "sync", "push", "job.yaml")
    session.until("[y/N]")
    session.answer(f"{answer}\n")
    assert session.end() == (0 if answer == "y" else 4), session.text
    assert f"label: {'People' if answer == 'y' else 'Contacts'}\n" in sync(f"pull {job_id}").stdout


def test_a_state_that_is_not_known_is_said() -> None:
    assert sync("status r-1").exit_code == 0
    done = sync("status r-2")
    assert str(done.exception) == "the run is in a state that batchctl does not know: paused"
