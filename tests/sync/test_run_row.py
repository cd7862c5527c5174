"""``sync_job_run`` in a job: when the run began, and how it ended."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import batchctl
from batchctl.store.sync_state import SyncState

JOB = """
default_runtime_version: 4
state_key: s
resources:
  - {name: contacts, type: request, resource: crm/contacts, method: list}
  - name: named
    type: add_context
    depends_on: contacts
    config: {expression: '{"day": $substring(sync_job_run.started_at.toISOString(), 0, 10)}'}
  - name: rows
    type: destination
    destination_type: datastore
    resources_to_persist: [contacts]
    run_if: "$exists(sync_job_run.started_at)"
    config: {id: x, config: {path: "{{day}}", file_name: a.json, written: "{{sync_job_run.started_at}}"}}
  - {name: EVENT, type: event, config: {name: EVENT}, RUN_IF}
  - name: remember
    type: update_state
    depends_on: EVENT
    config: {key: last, VALUE}
"""
WATERMARK = (
    "value_expression: \"sync_job_run.status = 'completed'"
    " ? $dtFromIso(sync_job_run.started_at.toISOString()).minus({'minutes': 2}).toUTC().toISO()\""
)
Kept = Callable[..., Any]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """What a job with these texts in it keeps; None where nothing is written."""

    def run(*, value: str, event: str = "complete", run_if: str = "", faults: str | None = None) -> Any:
        contacts = tmp_path / "fixtures" / "unified" / "crm" / "contacts.json"
        contacts.parent.mkdir(parents=True)
        contacts.write_text(json.dumps([{"id": "c1"}]), "utf-8")
        if faults is not None:
            (tmp_path / "fixtures" / "faults.yaml").write_text(faults, "utf-8")
        job = tmp_path / "job.yaml"
        job.write_text(JOB.replace("EVENT", event).replace("VALUE", value).replace(", RUN_IF", run_if), "utf-8")
        place = tmp_path / "state.sqlite"
        environment = {"BATCHCTL_STATE_DIR": str(tmp_path / "own")}
        batchctl.run_sync(job, to=[f"dir:{tmp_path}/out"], state=place, environment=environment)
        # What runs over fixtures keep is apart from what those over the API do.
        state = SyncState(place, f"s\nfixtures {(tmp_path / 'fixtures').resolve()}")
        try:
            return state.get("last")
        finally:
            state.close()

    return run


def test_the_watermark_of_a_complete_run(kept: Kept) -> None:
    value = kept(value=WATERMARK)
    assert isinstance(value, str)
    assert value.endswith("Z")


def test_behind_complete_the_run_is_completed(kept: Kept) -> None:
    assert kept(value='value: "{{sync_job_run.status}}"') == "completed"


def test_behind_error_it_has_failed(kept: Kept) -> None:
    faults = "- {resource: crm/contacts, status: 400}\n"
    assert kept(event="error", value='value: "{{sync_job_run.status}}"', faults=faults) == "failed"


def test_behind_start_it_is_running(kept: Kept) -> None:
    assert kept(event="start", value='value: "{{sync_job_run.status}}"') == "running"


def test_an_event_whose_run_if_says_no_does_not_come_true(kept: Kept) -> None:
    assert kept(value="value: x", run_if=', run_if: "false"') is None


def test_a_placeholder_writes_the_date_as_javascript_does(kept: Kept, tmp_path: Path) -> None:
    assert "GMT+0000 (Coordinated Universal Time)" in kept(value='value: "{{sync_job_run.started_at}}"')
    assert [path.name for path in (tmp_path / "out").rglob("a.json")] == ["a.json"]
