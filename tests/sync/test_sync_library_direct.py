"""Sync jobs from Python over Truto's API, and runs that are resumed by the wrong function or with other settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from recording_service import TOKEN, served

import batchctl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JOB = """
label: Contacts
default_runtime_version: 4
integrated_account_id: acme
resources:
  - {name: contacts, type: request, resource: crm/contacts, method: list}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
RECORDS: dict[str, Any] = {"crm/contacts": [{"id": "c1"}, {"id": "c2"}]}


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.sync.yaml"
    path.write_text(JOB, "utf-8")
    return path


@pytest.fixture
def service_url() -> Iterator[str]:
    with served(batchctl.Answers(RECORDS)) as service:
        yield service.url


@pytest.fixture
def store(tmp_path: Path) -> batchctl.RunStore:
    return batchctl.RunStore(tmp_path / "runs")


def delivered(folder: Path) -> list[dict[str, object]]:
    (written,) = folder.rglob("crm_contacts.ndjson")
    return [json.loads(line) for line in written.read_text("utf-8").splitlines()]


def test_each_row_is_read_over_the_api(job: Path, service_url: str) -> None:
    folder, environment = job.parent / "out", {"BATCHCTL_STATE_DIR": str(job.parent / "own")}
    done = batchctl.run_sync_each(
        job,
        [{}],
        to=f"rows=dir:{folder}",
        executor="direct",
        token=TOKEN,
        api_url=service_url,
        environment=environment,
    )
    assert [(end.state, end.error) for end in done.ends] == [("succeeded", None)]
    assert [record["id"] for record in delivered(folder)] == ["c1", "c2"]


def test_a_run_takes_over_account_and_error_handling(job: Path, service_url: str, store: batchctl.RunStore) -> None:
    """The run that failed is resumed over the API for the account it was started with, without its file."""
    blocked, environment = job.parent / "db.sqlite", {"BATCHCTL_STATE_DIR": str(job.parent / "own")}
    blocked.mkdir()
    with pytest.raises(batchctl.DeliveryFailed, match=r"db\.sqlite can't be written"):
        batchctl.run_sync(
            job,
            to=f"rows=sqlite:{blocked}",
            account="other",
            error_handling="fail_fast",
            store=store,
            executor="direct",
            token=TOKEN,
            api_url=service_url,
            environment=environment,
        )
    blocked.rmdir()
    job.unlink()
    again = batchctl.run_sync(store=store, resume="latest", token=TOKEN, api_url=service_url, environment=environment)
    assert again.ok
    (kept,) = store.list()
    assert kept.inputs is not None
    assert kept.inputs["account"] == "other"


def test_a_run_of_many_rows_is_not_resumed_as_one(job: Path, store: batchctl.RunStore) -> None:
    environment, to = {"BATCHCTL_STATE_DIR": str(job.parent / "own")}, f"rows=dir:{job.parent}/out"
    fixture = job.parent / "fixtures" / "unified" / "crm" / "contacts.json"
    fixture.parent.mkdir(parents=True)
    fixture.write_text("no json", "utf-8")
    done = batchctl.run_sync_each(job, [{}], to=to, store=store, environment=environment)
    assert [end.state for end in done.ends] == ["refused"]
    with pytest.raises(batchctl.UsageError, match="is one of many rows") as refused:
        batchctl.run_sync(job, to=to, store=store, resume="latest", environment=environment)
    assert refused.value.hint == "batchctl.run_sync_each(resume=…) resumes it"
