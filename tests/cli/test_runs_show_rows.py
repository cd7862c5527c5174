"""``runs show`` of a run of many rows: the same as that run printed, in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from batchctl.cli.app import app
from batchctl.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args_schema: {stage: {type: string}}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {stage: "{{args.stage}}"}}
"""
JOB = """\
label: Contacts
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
default_runtime_version: 4
args_schema: {stage: {type: string}}
resources:
  - {name: contacts, type: request, resource: crm/contacts, method: list, query: {stage: "{{args.stage}}"}}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "fixtures" / "unified" / "crm").mkdir(parents=True)
    records = [{"id": "1", "stage": "won"}, {"id": "2", "stage": "lost"}, {"id": "3", "stage": "won"}]
    (tmp_path / "fixtures" / "unified" / "crm" / "contacts.json").write_text(json.dumps(records), "utf-8")
    (tmp_path / "a.yaml").write_text(DEFINITION, "utf-8")
    (tmp_path / "j.yaml").write_text(JOB, "utf-8")
    (tmp_path / "rows.csv").write_text("stage\nwon\nlost\nnone\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATCHCTL_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def batchctl(line: str) -> Result:
    return CliRunner().invoke(app, line.split())


@pytest.mark.parametrize("form", ["json", "ndjson", "csv", "yaml", "table"])
def test_rows_are_shown_as_the_run_printed_them(folder: Path, form: str) -> None:
    ran = batchctl(f"run a.yaml --local --each rows.csv -o {form}")
    assert ran.exit_code == 0, ran.output
    shown = batchctl(f"runs show latest -o {form}")
    assert (shown.exit_code, shown.stdout) == (0, ran.stdout)
    batchctl(f"runs show latest -o {form} --out again.txt")
    assert (folder / "again.txt").read_text("utf-8") == ran.stdout


@pytest.mark.usefixtures("folder")
def test_rows_of_a_sync_job_are_shown_as_the_run_printed_them() -> None:
    ran = batchctl("sync j.yaml --local --each rows.csv --to dir:out --state state.db -o json")
    assert ran.exit_code == 0, ran.output
    assert json.loads(batchctl("runs show latest -o json").stdout) == json.loads(ran.stdout)


def test_a_query_and_reports_get_the_rows(folder: Path) -> None:
    batchctl("run a.yaml --local --each rows.csv -q")
    shown = batchctl("runs show latest --query $count(result.contacts) --report-json report.json")
    assert [json.loads(line)["value"] for line in shown.stdout.splitlines()] == [2, 1, 0]
    assert json.loads((folder / "report.json").read_text("utf-8"))["summary"]["records"] == 3


def test_a_row_that_failed_is_there_without_a_result(folder: Path) -> None:
    (folder / "fixtures" / "faults.yaml").write_text(
        "- {resource: crm/contacts, query: {stage: lost}, status: 403}\n", "utf-8"
    )
    ran = batchctl("run a.yaml --local --each rows.csv -o json")
    assert ran.exit_code == 3, ran.output
    shown: list[dict[str, Any]] = json.loads(batchctl("runs show latest -o json").stdout)
    assert ["result" in row for row in shown] == [True, False, True]
    assert "not finished" in json.dumps(shown[1])


def test_rows_that_are_not_kept_are_refused(folder: Path) -> None:
    (folder / "a.yaml").write_text(DEFINITION.replace('{stage: "', '{api_key: made-up-9f8e7d6c, stage: "'), "utf-8")
    assert batchctl("run a.yaml --local --each rows.csv -q").exit_code == 0
    shown = batchctl("runs show latest -o csv")
    assert isinstance(shown.exception, UsageError)
    assert "are not kept on this machine" in str(shown.exception)
    assert "outcome  succeeded" in batchctl("runs show latest").stdout
