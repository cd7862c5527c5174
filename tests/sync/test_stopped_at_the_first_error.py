"""``--error-handling fail_fast``: what a job does at its end is done all the same, and nothing else is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import batchctl
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed, NotReached, Skipped, Succeeded

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
default_runtime_version: 4
state_key: s
resources:
  - {name: deals, type: request, resource: crm/deals, method: list, query: {limit: 1}}
  - {name: notes, type: request, resource: crm/notes, method: list, depends_on: deals, query: {deal: "{{resources.crm.deals.id}}"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [deals]}
  - {name: good, type: event, config: {name: complete}}
  - {name: bad, type: event, config: {name: error}}
  - {name: kept, type: update_state, depends_on: good, config: {key: last, value: new}}
  - {name: noted, type: update_state, depends_on: bad, config: {key: trouble, value: "{{sync_job_run.status}}"}}
  - {name: gone, type: delete_state, depends_on: bad, config: {key: other}}
  - {name: ask, type: request, resource: crm/reports, method: list, depends_on: bad}
  - {name: report, type: destination, destination_type: superquery, resources_to_persist: [ask]}
"""  # noqa: E501 - a definition
READING = """
default_runtime_version: 4
state_key: s
resources:
  - {name: trouble, type: get_state, config: {key: trouble, default: none}}
  - {name: last, type: get_state, config: {key: last, default: none}}
  - {name: deals, type: request, resource: crm/deals, method: list, depends_on: [trouble, last], query: {is: "{{resources.trouble.value}}", last: "{{resources.last.value}}"}}
"""  # noqa: E501 - a definition


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "fixtures" / "unified" / "crm"
    place.mkdir(parents=True)
    (place / "deals.json").write_text(json.dumps([{"id": str(n)} for n in range(50)]), "utf-8")
    (place / "notes.json").write_text("[]", "utf-8")
    (place / "reports.json").write_text('[{"id": "r"}]', "utf-8")
    return tmp_path


def sync(folder: Path, text: str = JOB, *, concurrency: int = 1) -> batchctl.SyncResult:
    (folder / "job.yaml").write_text(text, "utf-8")
    return batchctl.run_sync(
        folder / "job.yaml",
        to=f"dir:{folder}/out",
        environment={"BATCHCTL_STATE_DIR": str(folder / "own")},
        error_handling="fail_fast",
        options=RunOptions(concurrency=concurrency),
        retries=0,
    )


def fault(folder: Path, resource: str) -> None:
    (folder / "fixtures" / "faults.yaml").write_text(f"- {{resource: {resource}, status: 422}}\n", "utf-8")


@pytest.mark.parametrize("concurrency", [1, 4])
def test_an_event_of_an_error_comes_true_and_what_depends_on_it_is_done(folder: Path, concurrency: int) -> None:
    fault(folder, "crm/notes")
    done = sync(folder, concurrency=concurrency)
    outcomes = done.result.outcomes
    assert done.run["status"] == "failed"
    assert isinstance(outcomes["notes"], Failed)
    assert isinstance(outcomes["deals"], NotReached)
    # It was stopped long before its end.
    assert outcomes["deals"].count < 50
    for key in ("bad", "noted", "gone", "ask", "report"):
        assert isinstance(outcomes[key], Succeeded), (key, outcomes[key])
    assert (folder / "out" / "report" / "crm_reports.ndjson").exists()
    (folder / "fixtures" / "unified" / "crm" / "deals.json").write_text(
        json.dumps([{"id": "x", "is": "failed", "last": "none"}]), "utf-8"
    )
    assert sync(folder, READING).run["resource_stats"] == {"deals": {"list": {"fetched": 1, "persisted": 0}}}


def test_an_error_at_the_end_is_the_last_thing_that_happens(folder: Path) -> None:
    (folder / "fixtures" / "faults.yaml").write_text(
        "- {resource: crm/notes, status: 422}\n- {resource: crm/reports, status: 500, times: 9}\n", "utf-8"
    )
    outcomes = sync(folder).result.outcomes
    assert isinstance(outcomes["ask"], Failed)
    assert isinstance(outcomes["report"], NotReached | Skipped)


def test_an_error_after_the_end_makes_no_other_event_true(folder: Path) -> None:
    fault(folder, "crm/reports")
    outcomes = sync(folder, JOB.replace("method: list, depends_on: bad", "method: list, depends_on: good")).result
    assert isinstance(outcomes.outcomes["ask"], Failed)
    (folder / "fixtures" / "unified" / "crm" / "deals.json").write_text(
        json.dumps([{"id": "x", "is": "none", "last": "new"}]), "utf-8"
    )
    read = sync(folder, READING).run["resource_stats"]
    assert read == {"deals": {"list": {"fetched": 1, "persisted": 0}}}


def test_a_job_without_events_ends_where_it_is(folder: Path) -> None:
    fault(folder, "crm/notes")
    text = JOB.partition("  - {name: good")[0]
    outcomes = sync(folder, text).result.outcomes
    assert isinstance(outcomes["notes"], Failed)
    assert isinstance(outcomes["deals"], NotReached)
