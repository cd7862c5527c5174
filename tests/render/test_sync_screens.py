"""What a terminal shows of a sync job's run, at several widths: golden screens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from finished_runs import lines

from batchctl.engine.result import Failed, RunResult, Skipped, Succeeded, Work
from batchctl.execution.sync import SyncResult, plan_sync
from batchctl.preparation import prepare
from batchctl.redaction import Redactor
from batchctl.render.result.sync import sync_tree
from batchctl.render.result.tree import RunView

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonObject

GOLDEN = Path(__file__).parents[1] / "golden" / "screens"
JOB = """
label: Tickets of 東京 & Zürich
default_runtime_version: 4
state_key: tickets
args_schema: {account: {type: string, required: true}}
args: {account: a1}
resources:
  - {name: since, type: get_state, config: {key: since, default: "1970-01-01"}}
  - name: tickets
    resource: ticketing/tickets
    method: list
    depends_on: since
    query: {updated_at: {gt: "{{resources.since.value}}"}}
    integrated_account_id: "{{args.account}}"
  - name: comments
    resource: ticketing/comments
    method: list
    depends_on: tickets
    query: {ticket_id: "{{resources.ticketing.tickets.id}}"}
    integrated_account_id: "{{args.account}}"
  - {name: hook, type: destination, destination_type: webhook, config: {id: w1}, resources_to_persist: [comments]}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [tickets]}
  - {name: done, type: event, config: {name: complete}}
  - {name: remember, type: update_state, depends_on: done, config: {key: since, value_expression: "1"}}
"""
SECRET = "s3cr3t-of-the-hook"


def ended(outcomes: dict[str, Outcome], status: str, failed: int = 0) -> SyncResult:
    run: JsonObject = {
        "id": "17d6a5c5-c21c-42d7-baa1-609ff94a9001",
        "status": status,
        "resource_stats": {
            "tickets": {"list": {"fetched": 1200, "persisted": 1200}},
            "comments": {"list": {"fetched": 34, "persisted": 0}},
        },
    }
    plain: dict[str, Outcome] = dict.fromkeys(("since", "hook", "done", "remember"), Succeeded(records=[]))
    work = Work(calls=12, pages=12, elapsed_s=1.5, retries=1)
    complete = {**plain, "tickets": Succeeded(records=[], total=1200, work=work), "rows": Succeeded(records=[])}
    complete["comments"] = Succeeded(records=[], total=34, work=Work(calls=1200, elapsed_s=2.5))
    result = RunResult({**complete, **outcomes}, 4.25)
    return SyncResult(run, result, {"hook": 0, "rows": 12}, {"hook": failed, "rows": 0})


def drawn(result: SyncResult, columns: int) -> list[str]:
    view = RunView(
        "Tickets of 東京 & Zürich",
        "embedded engine over fixtures",
        Redactor([SECRET]).text,
        rows=0,
        file="job.yaml",
    )
    return lines(sync_tree(result, plan_sync(prepare(JOB, jobs=True)).plan, view), columns)


@pytest.mark.parametrize("columns", [80, 40, 20])
def test_a_run_with_errors(columns: int, golden: Callable[[Path, str], None]) -> None:
    refused: JsonObject = {"message": f"not delivered: 503 from {SECRET}", "origin": "connection"}
    shown = drawn(ended({"hook": Failed([refused, refused])}, "failed", failed=2), columns)
    assert not [line for line in shown if SECRET in line]
    golden(GOLDEN / f"sync-failed-{columns}.txt", "\n".join(shown) + "\n")


def test_a_complete_run(golden: Callable[[Path, str], None]) -> None:
    golden(GOLDEN / "sync-completed-80.txt", "\n".join(drawn(ended({}, "completed"), 80)) + "\n")


def test_what_an_error_keeps_from_running() -> None:
    failed: Outcome = Failed([{"message": "no", "statusCode": 500, "error": "Server Error"}])
    skipped: dict[str, Outcome] = {"tickets": failed, "comments": Skipped(("tickets",))}
    shown = drawn(ended(skipped, "failed"), 80)
    assert any("⊘ comments  skipped: tickets failed" in line for line in shown)
    assert any(line.startswith("✖ tickets: ") for line in shown)


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ({"key": "since", "value": "2026-01-31"}, 'since is "2026-01-31"'),
        ({"key": "since", "value": SECRET}, "since is ***"),
        ({"key": "api_token", "value": "abc"}, "api_token is ***"),
        ({"key": "since", "value": [1] * 50}, "since is [1,"),
        ({"key": "since", "value": "\x1b[31mred"}, 'since is "\\u001b[31mred"'),
    ],
)
def test_what_a_state_read(read: JsonObject, shown: str) -> None:
    first = drawn(ended({"since": Succeeded(records=[read])}, "completed"), 120)[2]
    assert first.startswith(f"└── ✔ since  {shown}")
    assert len(first) < 100
