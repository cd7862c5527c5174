import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.retrying import RetryingBackend
from batchctl.engine.events import CallRetried, Event
from batchctl.errors import BadAnswer, ConnectionFailed, ServiceError, TimedOut
from batchctl.truto.backoff import Backoff
from batchctl.truto.calls import Call
from batchctl.truto.retry import RetryLoop

READ = Call("crm/contacts", "list", node="contacts")
WRITE = Call("crm/contacts", "create", body={}, node="contacts")
KEYED = Call("crm/contacts", "create", body={}, idempotency_key="k")
OK = Reply(200, {})


@dataclass
class Scripted:
    """Answers in turn."""

    answers: list[Reply | ServiceError]
    sent: list[Call] = field(default_factory=list)

    async def send(self, call: Call) -> Reply:
        self.sent.append(call)
        answer = self.answers.pop(0)
        if isinstance(answer, Reply):
            return answer
        raise answer

    async def aclose(self) -> None:
        pass


@dataclass
class Retried:
    """A backend that retries, and what it did."""

    inner: Scripted
    retries: int = 3
    waits: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def send(self, call: Call) -> Reply:
        async def sleep(seconds: float) -> None:
            self.waits.append(seconds)

        backend = RetryingBackend(
            self.inner,
            RetryLoop(Backoff(self.retries), sleep, random=lambda: 0.5, now=lambda: 784111777.0 - 30),
            self.events.append,
            clock=lambda: 107.0,
            began_s=100.0,
        )
        return asyncio.run(backend.send(call))


def retried(*answers: Reply | ServiceError, retries: int = 3) -> Retried:
    return Retried(Scripted(list(answers)), retries)


@pytest.mark.parametrize("status", [429, 500, 502, 504])
def test_a_read_is_sent_again(status: int) -> None:
    run = retried(Reply(status, None), Reply(status, None), OK)
    reply = run.send(READ)
    assert (reply.status, reply.retries) == (200, 2)
    assert len(run.inner.sent) == 3


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 405, 409, 422, 503])
def test_a_final_answer_is_taken_as_it_is(status: int) -> None:
    run = retried(Reply(status, None))
    assert run.send(READ) == Reply(status, None)
    assert run.waits == []


@pytest.mark.parametrize("answer", [Reply(429, None), Reply(504, None)])
def test_a_write_is_not_sent_again_without_a_key(answer: Reply) -> None:
    run = retried(answer)
    assert run.send(WRITE) == answer
    assert retried(answer, OK).send(KEYED).retries == 1


def test_a_write_whose_answer_was_lost_is_not_sent_again_without_a_key() -> None:
    with pytest.raises(TimedOut):
        retried(TimedOut("slow"), OK).send(WRITE)
    assert retried(TimedOut("slow"), OK).send(KEYED).status == 200


@pytest.mark.parametrize("make", [ConnectionFailed, TimedOut])
def test_what_was_never_sent_is_sent_again_whatever_it_is(make: Callable[..., ServiceError]) -> None:
    run = retried(make("no route", sent=False), OK)
    assert run.send(WRITE).status == 200


def test_an_answer_that_makes_no_sense_is_not_asked_for_again() -> None:
    run = retried(BadAnswer("not JSON"), OK)
    with pytest.raises(BadAnswer):
        run.send(READ)
    assert run.waits == []


def test_after_the_last_attempt_the_last_answer_stands() -> None:
    run = retried(Reply(500, 1), Reply(500, 2), Reply(502, 3), retries=2)
    reply = run.send(READ)
    assert (reply.status, reply.body, reply.retries) == (502, 3, 2)
    with pytest.raises(ConnectionFailed, match="third"):
        retried(*[ConnectionFailed(word) for word in ("first", "second", "third")], retries=2).send(READ)


def test_the_wait_is_what_the_other_side_asks_for() -> None:
    seconds = Reply(429, None, {"retry-after": "7"})
    date = Reply(429, None, {"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"})
    run = retried(seconds, date, Reply(429, None), OK)
    run.send(READ)
    assert run.waits == [7.0, 30.0, 10.0]


def test_else_it_doubles_with_full_jitter() -> None:
    run = retried(*[Reply(500, None)] * 3, OK)
    run.send(READ)
    assert run.waits == [0.5 * 1.0, 0.5 * 2.0, 0.5 * 4.0]


def test_each_repetition_is_told() -> None:
    run = retried(Reply(429, None, {"retry-after": "7"}), ConnectionFailed("gone"), OK)
    run.send(READ)
    assert run.events == [
        CallRetried("contacts", READ, 1, 7.0, 429, 7.0),
        CallRetried("contacts", READ, 2, 1.0, 0, 7.0),
    ]


def test_throttling_of_every_attempt_is_counted() -> None:
    run = retried(Reply(500, None, throttled_s=1.0), Reply(200, None, throttled_s=2.0))
    assert run.send(READ).throttled_s == 3.0
