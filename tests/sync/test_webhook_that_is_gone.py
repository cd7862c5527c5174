"""Rows whose webhook gives no answer: not each waits for it as if it were the first, and nothing is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from killing_receiver import receiving
from typer.testing import CliRunner

from batchctl.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 6
JOB = """
label: Contacts of all
default_runtime_version: 4
args_schema: {account: {type: string, format: integrated_account_id, required: true}}
resources:
  - {name: contacts, resource: crm/contacts, method: list, integrated_account_id: "{{args.account}}"}
  - {name: hook, type: destination, destination_type: webhook, resources_to_persist: [contacts]}
"""
BATCH = "resources: [{name: contacts, resource: crm/contacts, method: list}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for number in range(ROWS):
        place = tmp_path / "fixtures" / "accounts" / f"a{number}" / "unified" / "crm"
        place.mkdir(parents=True)
        (place / "contacts.json").write_text(json.dumps([{"id": f"of a{number}"}]), "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    (tmp_path / "batch.yaml").write_text(BATCH, "utf-8")
    (tmp_path / "rows.csv").write_text("\n".join(["account", *(f"a{n}" for n in range(ROWS))]) + "\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATCHCTL_STATE_DIR", str(tmp_path / "state"))
    return tmp_path


def batchctl(*words: str, code: int) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, done.output
    return done.output


@pytest.mark.parametrize("file", ["job.yaml", "batch.yaml"])
def test_the_first_row_finds_out_and_a_resumed_run_brings_everything(folder: Path, file: str) -> None:
    assert folder.exists()
    command = ["sync"] if file == "job.yaml" else ["run", "--local"]
    with receiving() as receiver:
        receiver.is_down = True
        signed = ["--webhook-secret", "shared"]
        rows = [file, "--each", "rows.csv", "--parallel", "1", "--to", f"webhook:{receiver.url}", *signed]
        shown = batchctl(*command, *rows, code=4 if file == "job.yaml" else 3)
        # Four attempts of the first row, and one at most of each other.
        assert 4 <= receiver.hung_up <= 4 + ROWS - 1
        assert receiver.events == []
        assert f"0 of {ROWS} rows succeeded" in shown
        receiver.is_down = False
        resumed = batchctl(command[0], "--resume", "latest", *signed, code=0)
        assert f"{ROWS} of {ROWS} rows succeeded" in resumed
        records = [record for event in receiver.events for record in event["payload"].get("records", ())]
        assert sorted(each["id"] for each in records) == [f"of a{number}" for number in range(ROWS)]
