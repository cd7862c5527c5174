"""What a destination could not finish after its last delivery is said on screen, in JSON and in reports."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from batchctl.cli.app import app
from batchctl.engine.result import Failed, RunResult, Succeeded
from batchctl.execution.sync import SyncResult, plan_sync
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.result.sync import sync_tree
from batchctl.render.result.tree import RunView

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonObject

JOB = """
label: Contacts
default_runtime_version: 4
args_schema: {account: {type: string, required: true}}
args: {account: a1}
resources:
  - {name: contacts, resource: crm/contacts, method: list, integrated_account_id: "{{args.account}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""


def ended(outcome: Outcome) -> SyncResult:
    run: JsonObject = {"id": "r1", "status": "failed", "resource_stats": {}}
    outcomes = {"contacts": Succeeded(records=[]), "rows": outcome}
    return SyncResult(run, RunResult(outcomes, 0.1), {"rows": 2}, {"rows": 0}, {"rows": "the disk is full"})


def test_it_is_an_error_of_the_destination_on_screen_and_in_the_data() -> None:
    result = ended(Succeeded(records=[]))
    view = RunView("Contacts", "embedded engine", Redactor().text, rows=0)
    shown = [line.plain for line in sync_tree(result, plan_sync(prepare(JOB, jobs=True)).plan, view).lines(80)]
    assert shown[-2:] == [
        "✖ rows: not delivered: the disk is full",
        "✖ run r1 failed · 0 records fetched · 2 pages delivered · 100 ms",
    ]
    assert result.json()["errors"] == {"rows": [{"message": "not delivered: the disk is full", "origin": "connection"}]}
    assert (result.ok, result.ended().ok, result.summary()["failed"]) == (False, False, ["rows"])


def test_it_stands_beside_the_errors_of_pages() -> None:
    result = ended(Failed([{"message": "not delivered: page 1", "origin": "connection"}]))
    errors: Any = result.json()["errors"]
    messages = [error["message"] for error in errors["rows"]]
    assert messages == ["not delivered: page 1", "not delivered: the disk is full"]
    assert result.summary()["failed"] == ["rows"]


def test_reports_of_a_run_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("duckdb")
    (tmp_path / "fixtures" / "unified" / "crm").mkdir(parents=True)
    (tmp_path / "fixtures" / "unified" / "crm" / "contacts.json").write_text('[{"id": "1"}]', "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    # The file of the table can't be replaced when the run is done.
    (tmp_path / "tables" / "crm_contacts.parquet").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATCHCTL_STATE_DIR", str(tmp_path / "state"))
    words = ["sync", "job.yaml", "--to", "parquet:tables", "--report-json", "r.json", "--report-junit", "r.xml"]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, "✖ rows: not delivered: tables can't be written" in done.stdout) == (3, True)
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert report["summary"]["failed"] == ["rows"]
    assert 'failures="1"' in (tmp_path / "r.xml").read_text("utf-8")
