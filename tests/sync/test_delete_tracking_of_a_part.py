"""Rows are deleted only where the run has seen the whole list: what nobody asked for is no record that is gone."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

import pytest

import batchctl

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
label: Contacts that are there
default_runtime_version: 4
args_schema: {account: {type: string, required: true}, full: {type: boolean}, store: {type: boolean}}
args: {account: a1}
resources:
  - {name: teams, resource: crm/teams, method: list, integrated_account_id: "{{args.account}}", run_if: "args.full"}
  - name: contacts
    resource: crm/contacts
    method: list
    depends_on: teams
    delete_tracking: hard
    integrated_account_id: "{{args.account}}"
    query: {team: "{{resources.crm.teams.id}}"}
  - name: rows
    type: destination
    destination_type: superquery
    resources_to_persist: [contacts]
    run_if: "args.store and payload.records[0].kept != false"
"""
CONTACTS = [{"id": "1", "team": "t", "kept": True}, {"id": "2", "team": "t", "kept": True}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fixtures" / "unified" / "crm").mkdir(parents=True)
    (tmp_path / "fixtures" / "unified" / "crm" / "teams.json").write_text('[{"id": "t"}]', "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    return tmp_path


def rows_after(folder: Path, contacts: object, *, full: bool = True, store: bool = True) -> list[str]:
    (folder / "fixtures" / "unified" / "crm" / "contacts.json").write_text(json.dumps(contacts), "utf-8")
    done = batchctl.run_sync(
        folder / "job.yaml",
        args={"full": full, "store": store},
        to=f"sqlite:{folder}/rows.sqlite",
        state=folder / "state.sqlite",
    )
    assert done.ok
    database = sqlite3.connect(folder / "rows.sqlite")
    try:
        return [found for (found,) in database.execute("SELECT id FROM crm_contacts ORDER BY id")]
    finally:
        database.close()


def test_what_is_gone_from_a_whole_list_is_deleted(folder: Path) -> None:
    assert rows_after(folder, CONTACTS) == ["1", "2"]
    assert rows_after(folder, CONTACTS[:1]) == ["1"]
    assert rows_after(folder, []) == []


def test_a_list_that_was_not_asked_for_deletes_nothing(folder: Path) -> None:
    assert rows_after(folder, CONTACTS) == ["1", "2"]
    assert rows_after(folder, CONTACTS[:1], full=False) == ["1", "2"]


def test_a_destination_that_wants_nothing_keeps_what_it_has(folder: Path) -> None:
    assert rows_after(folder, CONTACTS) == ["1", "2"]
    assert rows_after(folder, CONTACTS[:1], store=False) == ["1", "2"]
    assert rows_after(folder, [{**CONTACTS[0], "kept": False}]) == ["1", "2"]


def test_an_answer_that_is_a_part_deletes_nothing(folder: Path) -> None:
    assert rows_after(folder, CONTACTS) == ["1", "2"]
    (folder / "fixtures" / "faults.yaml").write_text("[{resource: crm/contacts, partial: true}]", "utf-8")
    assert rows_after(folder, CONTACTS[:1]) == ["1", "2"]
