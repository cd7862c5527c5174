"""What a run of a sync job says beside its result: requests that made no call, values that were not meant so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

import batchctl
from batchctl.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
label: Contacts
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
default_runtime_version: 4
state_key: contacts
args_schema: {again: {type: boolean}}
resources:
"""
STATE = """
  - {name: since, type: get_state, run_if: args.again, config: {key: at, default: "2020-01-01"}}
  - name: contacts
    type: request
    resource: crm/contacts
    method: list
    depends_on: since
    query: {after: "{{resources.since.value}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
"""
NO_CALL = "contacts: no call was made: it reads since, whose run_if was not true, so that there is no value"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "fixtures" / "unified" / "crm"
    place.mkdir(parents=True)
    (place / "contacts.json").write_text(json.dumps([{"id": "1"}, {"id": "2", "file": "b.json"}]), "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATCHCTL_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def sync(*words: str) -> Result:
    return CliRunner().invoke(app, ["sync", "job.yaml", "--local", "--to", "dir:out", "--state", "state.db", *words])


def said(done: Result) -> str:
    return " ".join(done.stderr.split())


def test_a_request_without_the_state_that_it_reads_says_so(folder: Path) -> None:
    (folder / "job.yaml").write_text(HEAD + STATE, "utf-8")
    (folder / "rows.ndjson").write_text("{}\n", "utf-8")
    for words in ((), ("--each", "rows.ndjson")):
        assert NO_CALL in said(sync(*words))
    assert "no call was made" not in said(sync("--arg", "again:=true"))
    (remark,) = batchctl.run_sync("job.yaml", to="dir:out", state="state.db").result.remarks
    assert (remark.key, remark.kind, remark.count) == ("contacts", "no-calls", 0)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "node",
    [
        'config: {method: uploadObject, config: {file_name: "{{payload.records.file}}"}}, loop_on: payload.records',
        "run_if: $error('no'), config: {method: uploadObject}, loop_on: payload.records",
    ],
    ids=["settings", "condition"],
)
def test_a_page_whose_settings_have_no_value_counts_as_failed(folder: Path, node: str) -> None:
    job = (
        "  - {name: contacts, type: request, resource: crm/contacts, method: list}\n"
        "  - {name: files, type: destination, destination_type: datastore, resources_to_persist: [contacts], "
        f"{node}}}\n"
    )
    (folder / "job.yaml").write_text(HEAD + job, "utf-8")
    result = batchctl.run_sync("job.yaml", to="dir:out", state="state.db")
    # A condition is that of the page as a whole, in which there are two records.
    given = 1 if "file_name" in node else 0
    assert (result.delivered, result.failed) == ({"files": given}, {"files": 1})
    assert len(result.json()["errors"]["files"]) == 1  # type: ignore[arg-type, call-overload, index]  # a list


@pytest.mark.usefixtures("folder")
def test_values_that_were_not_meant_so_are_said(folder: Path) -> None:
    job = (
        "  - {name: contacts, type: request, resource: crm/contacts, method: list, query: {a: '{{args.what}}'}}\n"
        "  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}\n"
    )
    (folder / "job.yaml").write_text(HEAD + job, "utf-8")
    done = sync("--arg", 'what:={"b": 1}')
    assert "contacts: {{args.what}} is an object, and is sent as [object Object] (1 call)" in said(done)
