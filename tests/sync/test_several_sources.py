"""A destination that several nodes deliver to: pages at the same place of their lists are different deliveries."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

import batchctl

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
default_runtime_version: VERSION
resources:
  - {name: ours, type: request, resource: crm/contacts, method: list, integrated_account_id: acc-1}
  - {name: theirs, type: request, resource: crm/contacts, method: list, integrated_account_id: acc-2}
  - {name: deals, type: request, resource: crm/deals, method: list, integrated_account_id: acc-1}
"""
DESTINATIONS = """
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [ours, theirs, deals]}
  - {name: hook, type: destination, destination_type: webhook, resources_to_persist: [deals, theirs, ours]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for account, names in {"acc-1": ["ours-1", "ours-2"], "acc-2": ["theirs-1"]}.items():
        records = tmp_path / "fixtures" / "accounts" / account / "unified" / "crm"
        records.mkdir(parents=True)
        (records / "contacts.json").write_text(json.dumps([{"id": name} for name in names]), "utf-8")
        (records / "deals.json").write_text('[{"id": "deal"}]', "utf-8")
    return tmp_path


def run(folder: Path, to: str, text: str) -> batchctl.SyncResult:
    (folder / "job.yaml").write_text(text, "utf-8")
    environment = {"BATCHCTL_STATE_DIR": str(folder / "own")}
    return batchctl.run_sync(folder / "job.yaml", to=to, environment=environment)


def posted(folder: Path) -> tuple[list[str], int]:
    """The ids of all records in posts, and how many ids of events there are."""
    posts: list[Any] = [json.loads(path.read_text("utf-8"))["body"] for path in folder.glob("*.json")]
    records = [post["payload"]["records"] for post in posts if post["event"].endswith(":record")]
    return sorted(record["id"] for page in records for record in page), len({post["id"] for post in posts})


WANTED = ["deal", "ours-1", "ours-2", "theirs-1"]


def test_none_is_lost_in_files(folder: Path) -> None:
    done = run(folder, f"dir:{folder}/out", JOB.replace("VERSION", "4") + DESTINATIONS)
    assert (done.ok, dict(done.delivered)) == (True, {"rows": 3, "hook": 3})
    lines = [line for path in (folder / "out" / "rows").iterdir() for line in path.read_text("utf-8").splitlines()]
    assert sorted(json.loads(line)["id"] for line in lines) == WANTED
    assert posted(folder / "out" / "hook") == (WANTED, 6)


def test_none_is_lost_in_tables(folder: Path) -> None:
    job = JOB.replace("VERSION", "4") + DESTINATIONS.splitlines()[1] + "\n"
    done = run(folder, f"sqlite:{folder}/crm.sqlite", job)
    assert (done.ok, dict(done.delivered)) == (True, {"rows": 3})
    with closing(sqlite3.connect(folder / "crm.sqlite")) as database:
        names = database.execute("SELECT id FROM crm_contacts UNION ALL SELECT id FROM crm_deals").fetchall()
    assert sorted(name for (name,) in names) == WANTED


def test_none_is_lost_of_a_job_without_destination_nodes(folder: Path) -> None:
    done = run(folder, f"dir:{folder}/out", JOB.replace("VERSION", "3"))
    assert done.ok
    assert posted(folder / "out" / "records")[0] == WANTED
