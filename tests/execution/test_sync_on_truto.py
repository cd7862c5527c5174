"""Jobs and runs in Truto, by an API on this machine that says what the test has written down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from scripted_api import answer, scripted

from batchctl.errors import BadAnswer, Refused, ServiceError
from batchctl.execution.sync_on_truto import Watching, fetch_job, may_overlap, run_id, why_failed
from batchctl.service.platform import PlatformClient
from batchctl.truto.backoff import Backoff
from batchctl.truto.connection import Connection
from batchctl.truto.retry import RetryLoop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scripted_api import Answer

Found = TypeVar("Found")


def asked(work: Callable[[PlatformClient], Awaitable[Found]], *answers: Answer) -> Found:
    async def all_of_it(url: str) -> Found:
        client = PlatformClient(Connection(url, "token"), RetryLoop(Backoff(0)))
        try:
            return await work(client)
        finally:
            await client.aclose()

    with scripted(*answers) as api:
        return asyncio.run(all_of_it(api.url))


def test_a_run_is_followed_to_its_end_and_only_news_are_told() -> None:
    running: dict[str, Any] = {"id": "r-1", "status": "running"}
    rows = [running, running, running, {**running, "n": 1}, {**running, "status": "completed"}]
    now = [0.0]
    told: list[Any] = []
    noted: list[str] = []

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    watching = Watching(told.append, noted.append, poll_s=200.0, sleep=sleep, clock=lambda: now[0])
    last = asked(lambda client: watching.follow(client, running), *map(answer, rows))
    assert last["status"] == "completed"
    assert told == [running, rows[3], rows[4]]
    assert noted == ["nothing has changed for 300 s: the run may be stuck"]


def test_a_run_that_waits_for_a_rate_limit_is_not_stuck() -> None:
    limited: dict[str, Any] = {"id": "r-1", "status": "rate_limited"}
    now = [0.0]
    noted: list[str] = []

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    watching = Watching(note=noted.append, poll_s=200.0, sleep=sleep, clock=lambda: now[0])
    rows = [limited, limited, limited, {"id": "r-1", "status": "stopped"}]
    asked(lambda client: watching.follow(client, limited), *map(answer, rows))
    assert noted == []


@pytest.mark.parametrize(("status", "said"), [(404, "there is no sync job j-1"), (403, "403")])
def test_a_job_that_can_not_be_had_is_a_sentence(status: int, said: str) -> None:
    with pytest.raises((Refused, ServiceError), match=said):
        asked(lambda client: fetch_job(client, "j-1"), answer({"message": "no"}, status))


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (answer({"result": []}), None),
        (answer({"result": [{"sync_job_id": "other", "cron_expression": "* * * * *"}, 7]}), None),
        (answer({"result": [{"sync_job_id": "j-1", "cron_expression": "0 4 * * *"}]}), "1 cron trigger (0 4 * * *)"),
        (answer({"message": "no"}, 500), "whether cron triggers start the job is not known"),
    ],
    ids=["none", "of another job", "one", "no answer"],
)
def test_runs_that_may_overlap_are_pointed_out(answered: Answer, said: str | None) -> None:
    found = asked(lambda client: may_overlap(client, {"id": "j-1"}), answered)
    assert (found is None) == (said is None)
    assert (said or "") in (found or "")


def test_one_run_at_a_time_never_overlaps() -> None:
    assert asked(lambda client: may_overlap(client, {"mutex_key": "m"}), answer(status=500)) is None


LOGGED: list[Any] = [
    {"resource": "crm/contacts", "status": "error"},
    {"name": "hook", "webhook_successful": False},
    {"name": "store", "datastore_successful": False},
    {"status": "request_failed"},
    {"name": "fine", "status": "success", "webhook_successful": True},
    {"status": 200},
    "text",
]


def test_why_a_run_failed_is_in_its_log() -> None:
    found = asked(lambda client: why_failed(client, {"id": "r-1", "errors": []}), answer({"result": LOGGED}))
    assert found == {"crm/contacts": LOGGED[:1], "hook": LOGGED[1:2], "store": LOGGED[2:3], "run": LOGGED[3:4]}


def test_errors_in_the_row_of_a_run_need_no_log() -> None:
    errors: list[Any] = [{"resource": "crm/contacts", "message": "no"}, "text"]
    found = asked(lambda client: why_failed(client, {"id": "r-1", "errors": errors}), answer(status=500))
    assert found == {"crm/contacts": errors[:1], "run": errors[1:]}


@pytest.mark.parametrize("row", [{}, {"id": ""}, {"id": 7}])
def test_a_run_without_an_id_is_no_run(row: dict[str, Any]) -> None:
    with pytest.raises(ServiceError, match="has no id"):
        run_id(row)


def test_a_list_that_goes_on_is_read_to_its_end() -> None:
    first, last = answer({"result": [{"id": "a"}], "next_cursor": "2"}), answer({"result": [{"id": "b"}]})
    assert asked(lambda client: client.records("sync-job", {}), first, last) == [{"id": "a"}, {"id": "b"}]


def test_a_list_that_does_not_end_is_not_shown_as_a_whole() -> None:
    same = answer({"result": [{"id": "a"}], "next_cursor": "2"})
    with pytest.raises(BadAnswer, match="names the page as next that was just read"):
        asked(lambda client: client.records("sync-job", {}), same, same)
    pages = [answer({"result": [], "next_cursor": str(number)}) for number in range(1_000)]
    with pytest.raises(BadAnswer, match="continues after 0 records"):
        asked(lambda client: client.records("sync-job", {}), *pages)
