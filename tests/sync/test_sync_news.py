"""What a webhook hears in the middle of a run, what ``debug`` shows, and what a transform knows of the size."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

import batchctl
from batchctl.destinations.base import SyncRun
from batchctl.engine.events import ErrorNoted
from batchctl.errors import DeliveryFailed
from batchctl.execution.notices import NodeEvaluated
from batchctl.execution.sync_news import RunNews

if TYPE_CHECKING:
    from pathlib import Path

JOB = """
label: news
default_runtime_version: {version}
resources:
  - {{name: deals, type: request, resource: crm/deals, method: list, query: {{limit: 2}}}}
  - {{name: notes, type: request, resource: crm/notes, method: list, depends_on: deals, query: {{deal: "{{{{resources.crm.deals.id}}}}"}}}}
  - {{name: sized, type: transform, debug: true, depends_on: deals, config: {{expression: "resources.crm.deals.{{ 'id': id, 'n': $$.total_records_size }}"}}}}
  - {{name: hook, type: destination, destination_type: webhook, resources_to_persist: [sized]}}
"""  # noqa: E501 - a definition
BROKEN = """
- {resource: crm/notes, query: {deal: "1"}, status: 500, times: 99}
- {resource: crm/notes, query: {deal: "3"}, status: 500, times: 99}
- {resource: crm/deals, status: 429, times: 1, headers: {retry-after: "0.01"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "fixtures" / "unified" / "crm"
    place.mkdir(parents=True)
    (place / "deals.json").write_text(json.dumps([{"id": str(n), "api_key": "hidden"} for n in range(5)]), "utf-8")
    (place / "notes.json").write_text("[]", "utf-8")
    (tmp_path / "fixtures" / "faults.yaml").write_text(BROKEN, "utf-8")
    (tmp_path / "job.yaml").write_text(JOB.format(version=4), "utf-8")
    return tmp_path


def sync(folder: Path, **settings: Any) -> batchctl.SyncResult:
    environment = {"BATCHCTL_STATE_DIR": str(folder / "own")}
    settings = {"to": f"dir:{folder}/out", **settings}
    return batchctl.run_sync(folder / "job.yaml", environment=environment, **settings)


def posts(folder: Path) -> list[dict[str, Any]]:
    files = sorted((folder / "out" / "hook").iterdir())
    return [json.loads(path.read_text("utf-8"))["body"] for path in files]


def names(bodies: list[dict[str, Any]]) -> list[str]:
    return [body["event"].partition(":")[2] for body in bodies]


def test_each_error_is_an_event_and_so_is_a_rate_limit(folder: Path) -> None:
    assert not sync(folder).ok
    bodies = posts(folder)
    heard = names(bodies)
    assert heard[:5] == ["created", "started", "updated", "rate_limited", "updated"]
    assert sorted(heard[5:-1]) == ["record"] * 3 + ["record_error"] * 2
    assert heard[-1] == "failed"
    assert [body["payload"]["status"] for body in bodies if body["event"].endswith("updated")] == [
        "rate_limited",
        "running",
    ]
    limited = next(body["payload"] for body in bodies if body["event"].endswith("rate_limited"))
    assert (limited["resource"], limited["method"], limited["retryAfter"]) == ("crm/deals", "list", 0.01)
    errors = [body["payload"] for body in bodies if body["event"].endswith("record_error")]
    assert {payload["errors"][0]["for"]["deals"] for payload in errors} == {"1", "3"}
    assert all((payload["resource"], payload["records"]) == ("crm/notes", []) for payload in errors)
    assert len({body["id"] for body in bodies}) == len(bodies)


def test_with_errors_in_batches_those_of_a_node_come_together(folder: Path) -> None:
    job = JOB.replace("{version}", "2").replace("{{", "{").replace("}}", "}")
    flat = "\n".join(line for line in job.splitlines() if "name: hook" not in line and "sized" not in line)
    (folder / "job.yaml").write_text(flat.replace("method: list,", "method: list, persist: true,"), "utf-8")
    done = sync(folder, error_handling="batch", to=f"dir:{folder}/out")
    assert not done.ok
    files = sorted((folder / "out" / "records").iterdir())
    bodies = [json.loads(path.read_text("utf-8"))["body"] for path in files]
    (errors,) = [body["payload"]["errors"] for body in bodies if body["event"].endswith("record_error")]
    assert {error["for"]["deals"] for error in errors} == {"1", "3"}


def test_a_transform_knows_how_many_records_its_list_has_brought(folder: Path) -> None:
    sync(folder)
    records = [each for body in posts(folder) for each in body["payload"].get("records", ())]
    assert sorted((each["id"], each["n"]) for each in records) == [("0", 2), ("1", 2), ("2", 4), ("3", 4), ("4", 5)]


def test_debug_shows_what_an_expression_read_and_made(folder: Path) -> None:
    said: list[NodeEvaluated] = []
    sync(folder, notify=lambda notice: said.append(notice) if isinstance(notice, NodeEvaluated) else None)
    assert [(notice.key, json.loads(notice.value)) for notice in said[-1:]] == [("sized", {"id": "4", "n": 5})]
    read = json.loads(said[-1].data)
    assert read["resources"]["crm"]["deals"] == [{"id": "4", "api_key": "***"}]
    assert read["sync_job_run"]["started_at"].endswith("Z")


class Refusing:
    """A destination whose webhook takes no event of the middle of a run."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def announce(self, event: str, payload: object, place: str | None = None) -> None:  # noqa: ARG002 - as they are
        self.asked.append(event)
        raise DeliveryFailed(f"the webhook did not take {event}: it answered 500")


class Slow:
    """A destination whose webhook takes its time: until ``go`` is set."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.posted: list[list[str]] = []

    async def announce(self, event: str, payload: Any, place: str | None = None) -> None:  # noqa: ARG002 - as they are
        await self.go.wait()
        self.posted.append([error["message"] for error in payload["errors"]])


def test_errors_that_come_faster_than_they_are_taken_are_posted_together(folder: Path) -> None:
    plan = batchctl.prepare((folder / "job.yaml").read_bytes(), file="job.yaml", jobs=True).require_plan()
    news, run = RunNews(plan), SyncRun("r", "a")
    run.facts = {"status": "running"}

    async def work() -> list[list[str]]:
        slow: Any = Slow()
        async with news.posted_to(run, {"hook": slow}):
            for number in range(2_500):
                news(ErrorNoted("notes" if number % 2 else "deals", {"message": str(number)}))
                await asyncio.sleep(0)
            slow.go.set()
        return list(slow.posted)

    posted = asyncio.run(work())
    assert sorted((each for errors in posted for each in errors), key=int) == [str(number) for number in range(2_500)]
    assert len(posted) < 120
    assert max(map(len, posted)) <= 1_000
    # Those of a node are together, and in their order.
    assert all(list(map(int, errors)) == sorted(map(int, errors)) for errors in posted)
    assert all(len({int(each) % 2 for each in errors}) == 1 for errors in posted)


def test_a_receiver_that_refuses_an_event_hears_no_more_of_them_and_it_is_said(folder: Path) -> None:
    plan = batchctl.prepare((folder / "job.yaml").read_bytes(), file="job.yaml", jobs=True).require_plan()
    news, run = RunNews(plan), SyncRun("r", "a")
    run.facts = {"status": "running"}
    refusing: Any = Refusing()

    async def work() -> None:
        async with news.posted_to(run, {"hook": refusing}):
            for number in range(3):
                news(ErrorNoted("notes", {"message": str(number)}))

    asyncio.run(work())
    assert refusing.asked == ["sync_job_run:record_error"]
    assert news.unheard == {"hook": "the webhook did not take sync_job_run:record_error: it answered 500"}
