"""``webhook:URL`` as a receiver sees it: order, repetitions, what is given up, what stops a run."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import TYPE_CHECKING

import pytest
from scripted_api import Asked, Closed, answer, scripted

from batchctl.destinations.base import SyncRun
from batchctl.destinations.envelope import is_signed
from batchctl.destinations.receivers import Receivers
from batchctl.destinations.webhook import WebhookDestination
from batchctl.engine.outlets import Delivery
from batchctl.errors import DeliveryFailed, RunStopped
from destinations.reading import NOW, page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence


class Receipts:
    """Kept in memory."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, str], str] = {}

    def note_of(self, node: str, place: str) -> str | None:
        return self._notes.get((node, place))

    def notes(self, node: str) -> Sequence[str]:
        return [note for (owner, _), note in self._notes.items() if owner == node]

    def add(self, node: str, place: str, note: str = "") -> None:
        self._notes[node, place] = note


def at(
    url: str,
    work: Callable[[WebhookDestination], Awaitable[object]],
    receipts: Receipts | None = None,
    receivers: Receivers | None = None,
) -> list[float]:
    """Do ``work`` with a destination; how long it would have waited between attempts."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def all_of_it() -> None:
        run = SyncRun("run-1", "acc", {"meta": None}, receipts or Receipts())
        destination = WebhookDestination(url, "rows", run, "shared", lambda: NOW, receivers=receivers, sleep=sleep)
        try:
            await work(destination)
        finally:
            await destination.aclose()

    asyncio.run(all_of_it())
    return waited


def test_a_page_is_posted_signed_and_repeated_until_it_is_taken() -> None:
    async def work(destination: WebhookDestination) -> None:
        assert [each.error for each in await destination.deliver(page([{"id": "a"}]))] == [None]

    with scripted(answer(status=500), answer(status=302), answer(status=201)) as api:
        assert at(api.url, work) == [2.0, 4.0]
    assert len({asked.body for asked in api.asked}) == 1
    assert len(api.asked) == 3
    assert is_signed(api.asked[0].body, api.asked[0].headers, "shared")
    assert json.loads(api.asked[0].body)["payload"]["records"] == [{"id": "a"}]


def test_a_page_that_is_never_taken_is_an_error_of_its_own() -> None:
    async def work(destination: WebhookDestination) -> None:
        (settled,) = await destination.deliver(page([{"id": "a"}]))
        assert settled.error == "the webhook did not take sync_job_run:record: it answered 503"

    with scripted(answer(status=503)) as api:
        assert at(api.url, work) == [2.0, 4.0, 8.0]
    assert len(api.asked) == 4


def test_after_a_page_that_is_not_taken_no_other_one_is_posted() -> None:
    async def work(destination: WebhookDestination) -> None:
        for number in range(3):
            place = f"0.{number}.0"
            (settled,) = await destination.deliver(
                Delivery("rows", "contacts", "crm/contacts", [{"id": "a"}], {}, place)
            )
            assert settled.error is not None
            assert ("did not take an earlier one" in settled.error) is bool(number)
        # The end of the run is told all the same.
        await destination.announce("sync_job_run:failed", {})

    refused = answer(status=422)
    with scripted(refused, refused, refused, refused, answer(status=200)) as api:
        assert at(api.url, work) == [2.0, 4.0, 8.0]
    events = [json.loads(asked.body)["event"].partition(":")[2] for asked in api.asked]
    assert events == ["record"] * 4 + ["failed"]


def test_a_receiver_that_is_not_there_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    async def work(destination: WebhookDestination) -> None:
        with pytest.raises(
            DeliveryFailed, match=f"completed: can't connect to 127.0.0.1:{port}: the connection is refused$"
        ):
            await destination.announce("sync_job_run:completed", {})

    assert at(f"http://127.0.0.1:{port}", work) == [2.0, 4.0, 8.0]


def test_a_400_to_the_start_stops_the_run_and_to_a_page_does_not() -> None:
    async def start(destination: WebhookDestination) -> None:
        with pytest.raises(RunStopped, match="answered 400"):
            await destination.announce("sync_job_run:started", {})

    async def put(destination: WebhookDestination) -> None:
        (settled,) = await destination.deliver(page([{"id": "a"}]))
        assert "answered 400" in str(settled.error)

    with scripted(answer(status=400)) as api:
        assert at(api.url, start) == []
        assert at(api.url, put) == [2.0, 4.0, 8.0]


def test_a_resumed_run_posts_nothing_twice_but_that_it_failed() -> None:
    async def work(destination: WebhookDestination) -> None:
        await destination.announce("sync_job_run:started", {})
        await destination.deliver(page([{"id": "a"}]))
        await destination.deliver(Delivery("rows", "contacts", "crm/contacts", [{"id": "b"}], {}, "0.2.0"))
        await destination.announce("sync_job_run:failed", {})

    kept = Receipts()
    with scripted(answer(status=200)) as api:
        at(api.url, work, kept)
        at(api.url, work, kept)
    events = [json.loads(asked.body)["event"].partition(":")[2] for asked in api.asked]
    assert events == ["started", "record", "record", "failed", "failed"]


def test_one_that_was_asked_for_nothing_is_closed() -> None:
    async def work(destination: WebhookDestination) -> None:
        assert await destination.flush() == ()

    assert at("http://127.0.0.1:9", work) == []


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def started(destination: WebhookDestination) -> None:
    await destination.announce("sync_job_run:started", {})


async def refused(destination: WebhookDestination) -> None:
    with pytest.raises(DeliveryFailed, match="sync_job_run:started"):
        await started(destination)


def test_a_host_that_gave_no_answer_four_times_is_asked_once_by_each_further_post() -> None:
    known = Receivers(Clock())
    gone = Closed()
    with scripted(*[gone] * 6, answer(status=503), answer(status=200)) as api:
        assert at(api.url, refused, receivers=known) == [2.0, 4.0, 8.0]
        assert at(api.url, refused, receivers=known) == []
        assert at(f"{api.url}/another/path", refused, receivers=known) == []
        assert len(api.asked) == 6
        # It answers again: from now on posts have all their attempts.
        assert at(api.url, started, receivers=known) == [2.0]
    assert len(api.asked) == 8


def test_an_answer_of_whatever_kind_is_one() -> None:
    known = Receivers(Clock())
    with scripted(answer(status=503)) as api:
        for _ in range(2):
            assert at(api.url, refused, receivers=known) == [2.0, 4.0, 8.0]


def test_hosts_are_gone_each_for_itself() -> None:
    known = Receivers(Clock())
    with scripted(Closed()) as gone, scripted(answer(status=503)) as here:
        assert at(gone.url, refused, receivers=known) == [2.0, 4.0, 8.0]
        assert at(here.url, refused, receivers=known) == [2.0, 4.0, 8.0]
        assert at(gone.url, refused, receivers=Receivers()) == [2.0, 4.0, 8.0]


def test_no_more_than_half_of_the_time_is_spent_on_a_host_that_is_gone() -> None:
    clock = Clock()
    known = Receivers(clock)
    host = known.of("http://127.0.0.1:9/hook")
    assert host.attempts(4) == 4
    host.lose("it is gone")
    assert host.attempts(4) == 1
    with host.attempt():
        # Others don't wait as well.
        assert known.of("http://127.0.0.1:9/other").attempts(4) == 0
        clock.now_s = 10
    assert [host.attempts(4), host.gone] == [0, "it is gone"]
    clock.now_s = 19.9
    assert host.attempts(4) == 0
    clock.now_s = 20
    assert host.attempts(4) == 1
    host.find()
    assert host.attempts(4) == 4


def test_a_post_that_is_not_even_tried_says_why() -> None:
    known = Receivers(Clock())
    known.of("http://127.0.0.1:9").lose("nobody listens")

    async def work(destination: WebhookDestination) -> None:
        with (
            known.of("http://127.0.0.1:9").attempt(),
            pytest.raises(DeliveryFailed, match="gives no answer to sync_job_run:started: nobody listens"),
        ):
            await started(destination)

    assert at("http://127.0.0.1:9/hook", work, receivers=known) == []


def signature(asked: Asked) -> str:
    """How the signature of a post is written, where it is the right one."""
    assert is_signed(asked.body, asked.headers, "shared")
    return "hex" if len(asked.headers["x-truto-signature"].rpartition("v=")[2]) == 64 else "base64"


@pytest.mark.parametrize("status", [401, 403])
def test_a_receiver_that_verifies_base64_gets_it(status: int) -> None:
    """What was taken decides for all posts after it, whatever they are answered."""

    async def work(destination: WebhookDestination) -> None:
        for number in range(2):
            assert [each.error for each in await destination.deliver(page([{"id": str(number)}], f"0.{number}"))] == [
                None
            ]

    with scripted(answer(status=status), answer(), answer(status=status), answer()) as api:
        assert at(api.url, work) == [2.0]
    assert [signature(each) for each in api.asked] == ["hex", "base64", "base64", "base64"]
    assert len({each.body for each in api.asked}) == 2


def test_a_receiver_that_takes_neither_or_has_taken_one_is_not_asked_for_the_other() -> None:
    async def work(destination: WebhookDestination) -> None:
        await destination.deliver(page([{"id": "a"}], "0.1"))
        await destination.deliver(page([{"id": "b"}], "0.2"))

    with scripted(answer(), answer(status=401)) as api:
        at(api.url, work)
    assert [signature(each) for each in api.asked] == ["hex"] * 5
    with scripted(answer(status=401)) as api:
        at(api.url, work)
    assert [signature(each) for each in api.asked] == ["hex", "base64"] * 4
