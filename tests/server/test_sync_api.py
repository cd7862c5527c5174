"""Sync jobs as Truto's API has them: runs, their states, and what is left of a run that was cut off."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from asking import Client

from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.fixture_state import State
from batchctl.server.app import make_app
from batchctl.server.worlds import FixtureWorld

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.server.app import App

DEALS = {"name": "deals", "type": "request", "resource": "crm/deals", "method": "list"}
JOB = {"id": "j", "label": "Deals", "default_runtime_version": 4, "resources": [DEALS]}
STATES = "/sync-job-run-state"


def make(folder: Path, state: State | None = None, **job: Any) -> App:
    for name, content in (("unified/crm/deals.json", [{"id": "1"}]), ("platform/sync-job.json", [{**JOB, **job}])):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content), "utf-8")
    return make_app(FixtureWorld(FixtureFolder(folder, watch=True), state))


def run(app: App, **body: Any) -> dict[str, Any]:
    """The record of a run, once it has ended."""

    async def ask() -> dict[str, Any]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            sent = {"sync_job_id": "j", "integrated_account_id": "a", **body}
            row = (await client.post("/sync-job-run", json=sent)).raise_for_status().json()
            async with asyncio.timeout(120):
                while row["status"] in ("created", "running"):
                    # The application answers at once, so that nothing else gets its turn without this.
                    await asyncio.sleep(0)
                    row = (await client.get(f"/sync-job-run/{row['id']}")).json()
        return dict(row)

    return asyncio.run(ask())


def test_a_run_may_bring_its_own_nodes(tmp_path: Path) -> None:
    ended = run(make(tmp_path), resources=[{**DEALS, "name": "mine"}])
    assert (ended["status"], list(ended["resource_stats"])) == ("completed", ["mine"])


@pytest.mark.parametrize(("handling", "count"), [("batch", 1), ("ignore", 0)])
def test_errors_are_in_the_record_where_they_are_asked_for(tmp_path: Path, handling: str, count: int) -> None:
    app = make(tmp_path, resources=[DEALS, {**DEALS, "name": "none", "resource": "crm/none"}])
    assert len(run(app, error_handling=handling)["errors"]) == count


def test_a_webhook_whose_name_has_no_value_is_nobody(tmp_path: Path) -> None:
    schema = {"hook": {"type": "string"}}
    hook = {"name": "hook", "type": "destination", "destination_type": "webhook", "resources_to_persist": ["deals"]}
    app = make(tmp_path, resources=[DEALS, {**hook, "config": {"id": "{{args.hook}}"}}], args_schema=schema)
    assert run(app)["status"] == "completed"
    assert run(make(tmp_path, resources=[DEALS, hook]))["status"] == "completed"


def test_a_mutex_key_without_a_value_starts_no_run(tmp_path: Path) -> None:
    client = Client(make(tmp_path, mutex_key="deals-{{args.team}}", args_schema={"team": {"type": "string"}}))
    refused = client("POST", "/sync-job-run", json={"sync_job_id": "j"})
    assert (refused.status_code, refused.json()["message"]) == (400, "mutex_key: {{args.team}} has no value")
    assert client.json("GET", "/sync-job-run")["result"] == []


def test_a_run_that_ends_with_its_server_is_stopped(tmp_path: Path) -> None:
    app = make(tmp_path)
    fault = "- {resource: crm/deals, method: list, wait_s: 600}\n"
    (tmp_path / "faults.yaml").write_text(fault, "utf-8")

    async def start() -> str:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            row = (await client.post("/sync-job-run", json={"sync_job_id": "j"})).raise_for_status().json()
            async with asyncio.timeout(120):
                while row["status"] != "running":
                    await asyncio.sleep(0)
                    row = (await client.get(f"/sync-job-run/{row['id']}")).json()
        return str(row["id"])

    # The loop is closed, and with it the task of the run.
    run_id = asyncio.run(start())
    assert Client(app).json("GET", f"/sync-job-run/{run_id}")["status"] == "stopped"


def test_a_run_that_was_cut_off_has_failed(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")
    Client(make(tmp_path, state))
    # As a process that is killed leaves them.
    world = FixtureWorld(FixtureFolder(tmp_path), state)
    for name, status in (("r1", "running"), ("r2", "completed")):
        world.platform("sync-job-run").create({"id": name, "status": status})
    state.close()
    client = Client(make(tmp_path, State(tmp_path / "state.sqlite")))
    assert [client.json("GET", f"/sync-job-run/{name}")["status"] for name in ("r1", "r2")] == ["failed", "completed"]
    (entry,) = client.json("GET", "/log?sync_job_run_id=r1")["result"]
    assert "the server ended" in entry["message"]
    assert client.json("GET", "/log?sync_job_run_id=r2")["result"] == []


def test_states_that_lack_something_are_refused(tmp_path: Path) -> None:
    client, space = Client(make(tmp_path)), f"{STATES}?state_key=s"
    for body in ({"key": "k"}, {"value": 1}, {"key": "", "value": 1}, {"key": 1, "value": 1}, [1]):
        assert client("POST", space, json=body).status_code == 400
    assert client.json("GET", space)["result"] == []
    client.json("POST", space, json={"key": "k", "value": None})
    path = f"{STATES}/k?state_key=s"
    assert client("PATCH", path, json={"val": 1}).status_code == 400
    assert client.json("GET", path)["value"] is None
    assert client.json("PATCH", path, json={"value": 2})["value"] == 2
    assert client.json("GET", path)["value"] == 2
    assert client("GET", f"{space}&limit=none").status_code == 400
