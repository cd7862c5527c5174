"""What stands behind an event is done when it comes true, once, and else not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import batchctl

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
label: Told of the end
default_runtime_version: 4
args_schema: {account: {type: string, required: true}}
args: {account: a1}
resources:
  - {name: deals, resource: crm/deals, method: list, integrated_account_id: "{{args.account}}"}
  - {name: begun, type: event, config: {name: start}}
  - {name: greeting, type: transform, depends_on: begun, config: {expression: '{"id": "begun"}'}}
  - {name: good, type: event, config: {name: complete}}
  - {name: bad, type: event, config: {name: error}}
  - name: thanks
    resource: crm/notes
    method: create
    depends_on: good
    integrated_account_id: "{{args.account}}"
    body: {t: "+"}
  - name: alarm
    resource: crm/notes
    method: create
    depends_on: bad
    integrated_account_id: "{{args.account}}"
    body: {t: "-"}
  - name: report
    type: transform
    depends_on: good
    config: {expression: '{"id": "good", "was": sync_job_run.status}'}
  - name: complaint
    type: transform
    depends_on: bad
    config: {expression: '{"id": "bad", "was": sync_job_run.status}'}
  - {name: all, type: spool, depends_on: alarm}
  - name: sized
    type: transform
    depends_on: all
    config: {expression: '{"id": "alarms", "n": $count(resources.crm.notes)}'}
  - {name: again, resource: crm/notes, method: list, depends_on: sized, integrated_account_id: "{{args.account}}"}
  - {name: who, type: add_context, depends_on: bad, config: {expression: '{"who": "nobody"}'}}
  - name: rows
    type: destination
    destination_type: superquery
    resources_to_persist: [greeting, report, complaint, sized]
"""


def run(folder: Path, *, fails: bool, error_handling: str = "ignore") -> tuple[dict[str, int], list[dict[str, Any]]]:
    """How many records each request brought, and the rows that were delivered, without what batchctl adds."""
    crm = folder / "fixtures" / "unified" / "crm"
    crm.mkdir(parents=True)
    (crm / "deals.json").write_text('[{"id": "1"}]', "utf-8")
    (crm / "notes.json").write_text("[]", "utf-8")
    if fails:
        (folder / "fixtures" / "faults.yaml").write_text("[{resource: crm/deals, status: 403}]", "utf-8")
    (folder / "job.yaml").write_text(JOB, "utf-8")
    done = batchctl.run_sync(
        folder / "job.yaml",
        to=f"dir:{folder}/out",
        state=folder / "state.sqlite",
        error_handling=error_handling,  # type: ignore[arg-type]  # one of the three
    )
    stats: Any = done.run["resource_stats"]
    fetched = {
        key: figures["fetched"] for key, each in stats.items() for figures in each.values() if "fetched" in figures
    }
    rows = [
        {key: value for key, value in json.loads(line).items() if not key.startswith("truto_")}
        for path in sorted((folder / "out" / "rows").glob("*.ndjson"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return fetched, rows


def test_after_a_run_without_an_error(tmp_path: Path) -> None:
    fetched, rows = run(tmp_path, fails=False)
    assert fetched == {"deals": 1, "thanks": 1, "alarm": 0, "again": 0}
    assert rows == [{"id": "begun"}, {"id": "good", "was": "completed"}]


@pytest.mark.parametrize("error_handling", ["ignore", "fail_fast"])
def test_after_a_run_with_an_error(tmp_path: Path, error_handling: str) -> None:
    fetched, rows = run(tmp_path, fails=True, error_handling=error_handling)
    assert (fetched["thanks"], fetched["alarm"], fetched["again"]) == (0, 1, 1)
    assert {"id": "bad", "was": "failed"} in rows
    assert {"id": "alarms", "n": 1} in rows
    assert not any(row["id"] == "good" for row in rows)
