"""``batchctl sync`` in a real terminal: what is seen while it runs, and what Ctrl-C leaves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from terminal_session import Session

from batchctl.testing import server

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
label: Slow pages
default_runtime_version: 4
state_key: pages
args_schema: {account: {type: string}}
args: {account: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10}
resources:
  - name: pages
    type: request
    resource: wiki/pages
    method: list
    integrated_account_id: "{{args.account}}"
    query: {limit: 1}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [pages]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "fixtures" / "unified" / "wiki" / "pages.json"
    pages.parent.mkdir(parents=True)
    pages.write_text(json.dumps([{"id": f"p{number}"} for number in range(6)]), "utf-8")
    (tmp_path / "fixtures" / "faults.yaml").write_text("- {resource: wiki/pages, wait_s: 0.4}\n", "utf-8")
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    return tmp_path


def test_nodes_and_deliveries_are_seen_while_it_runs(folder: Path) -> None:
    session = Session(folder, "sync", "job.yaml", "--to", "sqlite:pages.sqlite")
    assert session.end() == 0
    live = [seen for seen in session.seen if "pages" in seen and "record" in seen]
    assert any("1 record" in seen or "2 records" in seen for seen in live), session.seen
    assert any("rows" in seen for seen in live)
    shown = " ".join(session.text.split())
    assert "pages 6 fetched · 6 persisted · 6 pages" in shown
    assert "rows 6 pages delivered" in shown
    assert "completed · 6 records fetched · 6 pages delivered" in shown


def test_ctrl_c_leaves_a_run_that_can_be_resumed(folder: Path) -> None:
    session = Session(folder, "sync", "job.yaml", "--to", "dir:out")
    session.until("2 records")
    session.interrupt()
    assert session.end() == 130
    assert "batchctl sync --resume" in session.text.replace("\n", " ")
    again = Session(folder, "sync", "--resume", "latest", "-o", "json")
    assert again.end() == 0
    rows = (folder / "out" / "rows" / "wiki_pages.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(row)["id"] for row in rows] == [f"p{number}" for number in range(6)]


def test_ctrl_c_ends_the_following_of_a_run_on_truto_and_not_the_run(folder: Path) -> None:
    (folder / "fixtures" / "faults.yaml").write_text("- {resource: wiki/pages, wait_s: 60}\n", "utf-8")
    with server(folder / "fixtures", token="a-token") as api:
        environment = {"TRUTO_API_URL": api.url, "TRUTO_API_TOKEN": "a-token"}
        words = ("sync", "job.yaml", "--on-truto", "--interval", "0.1", "--yes")
        session = Session(folder, *words, environment=environment)
        session.until("running")
        session.interrupt()
        assert session.end() == 130
        said = " ".join(session.text.split())
        assert "the run continues in Truto" in said
        run = said.partition("sync status ")[2].split()[0]
        status = Session(folder, "sync", "status", run, environment=environment)
        assert status.end() == 0
        assert "running" in status.text
        assert Session(folder, "sync", "stop", run, environment=environment).end() == 0
