"""Which events the webhooks of a run on ``batchctl serve`` get: over real sockets, to a real receiver."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from killing_receiver import Receiver, receiving

from batchctl.testing import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TOKEN = "a-token-of-the-tests"
JOB = {
    "id": "j-1",
    "label": "Deals",
    "default_runtime_version": 4,
    "resources": [
        {"name": "deals", "type": "request", "resource": "crm/deals", "method": "list", "query": {"limit": 2}},
        {
            "name": "hook",
            "type": "destination",
            "destination_type": "webhook",
            "config": {"id": "w-1"},
            "resources_to_persist": ["deals"],
        },
    ],
}
WAITING = "- {resource: crm/deals, method: list, after: 1, wait_s: 600}\n"
WHOLE = ["created", "started", "record", "record", "completed"]
# Long enough for any machine; nothing is waited for longer than it takes.
PATIENCE_S = 120


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "unified" / "crm").mkdir(parents=True)
    (tmp_path / "unified" / "crm" / "deals.json").write_text(json.dumps([{"id": str(n)} for n in range(3)]), "utf-8")
    (tmp_path / "platform").mkdir()
    (tmp_path / "platform" / "sync-job.json").write_text(json.dumps([JOB]), "utf-8")
    return tmp_path


@contextmanager
def served(folder: Path, webhook: dict[str, Any]) -> Iterator[tuple[httpx.Client, Receiver]]:
    with receiving() as receiver:
        record = {"id": "w-1", "target_url": receiver.url, **webhook}
        (folder / "platform" / "webhook.json").write_text(json.dumps([record]), "utf-8")
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with server(folder, token=TOKEN) as running, httpx.Client(base_url=running.url, headers=headers) as client:
            yield client, receiver


def started(client: httpx.Client, **body: Any) -> str:
    answer = client.post("/sync-job-run", json={"sync_job_id": "j-1", "integrated_account_id": "a", **body})
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


def until(is_so: Callable[[], bool]) -> None:
    given_up = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < given_up
        time.sleep(0.01)


def ended(client: httpx.Client, run: str) -> dict[str, Any]:
    row: dict[str, Any] = {}

    def has_ended() -> bool:
        row.update(client.get(f"/sync-job-run/{run}").json())
        return row["status"] not in ("created", "running", "rate_limited")

    until(has_ended)
    return row


def names(receiver: Receiver) -> list[str]:
    return [event["event"].removeprefix("sync_job_run:") for event in receiver.events]


def full(*events: str) -> list[str]:
    return [f"sync_job_run:{event}" for event in events]


@pytest.mark.parametrize(
    ("of_webhook", "of_run", "expected"),
    [
        (None, None, WHOLE),
        ([], [], WHOLE),
        (full("record", "completed"), None, ["record", "record", "completed"]),
        (None, full("started", "completed"), ["started", "completed"]),
        (full("record", "completed"), full("started", "completed"), ["completed"]),
        (["record:created"], None, []),
    ],
    ids=["neither", "both empty", "of the webhook", "of the run", "of both", "of something else"],
)
def test_a_webhook_gets_the_events_that_it_and_the_run_are_for(
    folder: Path, of_webhook: list[str] | None, of_run: list[str] | None, expected: list[str]
) -> None:
    with served(folder, {} if of_webhook is None else {"event_types": of_webhook}) as (client, receiver):
        run = started(client, **({} if of_run is None else {"events_to_send": of_run}))
        assert ended(client, run)["status"] == "completed"
        assert names(receiver) == expected
        assert {event["webhook_id"] for event in receiver.events} <= {"w-1"}


def test_a_run_that_is_deleted_at_work_says_so_last(folder: Path) -> None:
    (folder / "faults.yaml").write_text(WAITING, "utf-8")
    with served(folder, {}) as (client, receiver):
        run = started(client)
        until(lambda: "record" in names(receiver))
        assert client.delete(f"/sync-job-run/{run}").is_success
        row = ended(client, run)
        assert row["status"] == "stopped"
        assert row["resource_stats"]["deals"] == {"list": {"fetched": 2, "persisted": 2}}
        assert names(receiver) == ["created", "started", "record", "failed", "deleted"]
        last = receiver.events[-1]["payload"]
        assert (last["id"], last["status"]) == (run, "stopped")


def test_a_webhook_that_is_not_for_deleted_runs_does_not_hear_of_one(folder: Path) -> None:
    (folder / "faults.yaml").write_text(WAITING, "utf-8")
    with served(folder, {"event_types": full("record", "deleted")}) as (client, receiver):
        run = started(client, events_to_send=full("record", "failed"))
        until(lambda: "record" in names(receiver))
        assert client.delete(f"/sync-job-run/{run}").is_success
        assert ended(client, run)["status"] == "stopped"
        assert names(receiver) == ["record"]


def test_a_run_that_has_ended_is_not_stopped_any_more(folder: Path) -> None:
    with served(folder, {}) as (client, receiver):
        run = started(client)
        before = ended(client, run)
        assert client.delete(f"/sync-job-run/{run}").is_success
        assert client.get(f"/sync-job-run/{run}").json() == before
        assert names(receiver) == WHOLE


def test_a_run_that_is_deleted_before_its_webhook_has_answered(folder: Path) -> None:
    with served(folder, {}) as (client, receiver):
        # It tries again after some seconds, and is deleted meanwhile.
        receiver.statuses = [503]
        run = started(client)
        until(lambda: names(receiver) == ["created"])
        assert client.delete(f"/sync-job-run/{run}").is_success
        assert ended(client, run)["status"] == "stopped"
        assert names(receiver) == ["created", "deleted"]


def test_a_webhook_stops_a_run_that_has_started(folder: Path) -> None:
    with served(folder, {}) as (client, receiver):
        receiver.statuses = [200, 400]
        run = started(client)
        assert ended(client, run)["status"] == "stopped"
        assert names(receiver) == ["created", "started"]
        log = client.get("/log", params={"log_type": "rapid_bridge", "sync_job_run_id": run}).json()["result"]
        assert ["answered 400" in entry["message"] for entry in log] == [True]
