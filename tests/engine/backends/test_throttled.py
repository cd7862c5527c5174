import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.throttled import Limit, ThrottledBackend
from batchctl.engine.backends.token_bucket import TokenBucket
from batchctl.engine.events import Event, Throttled
from batchctl.truto.calls import Call

CALL = Call("crm/contacts", "list", node="contacts")


class World:
    """A clock that sleeping moves, and a backend that notes when it is asked."""

    def __init__(self, replies: Sequence[Reply] = ()) -> None:
        self.now_s = 1000.0
        self.sent_at_s: list[float] = []
        self.events: list[Event] = []
        self._replies = list(replies)

    def clock(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    async def send(self, _call: Call) -> Reply:
        self.sent_at_s.append(self.now_s)
        return self._replies.pop(0) if self._replies else Reply(200, {})

    async def aclose(self) -> None:
        pass

    def throttled(self, *limits: Limit) -> ThrottledBackend:
        return ThrottledBackend(
            self, limits, self.events.append, clock=self.clock, began_s=1000.0, sleep=self.sleep, now=lambda: 0.0
        )

    def send_all(self, count: int, *limits: Limit) -> list[Reply]:
        async def work() -> list[Reply]:
            backend = self.throttled(*limits)
            return await asyncio.gather(*(backend.send(CALL) for _ in range(count)))

        return asyncio.run(work())


@given(
    tokens=st.integers(1, 8),
    period_s=st.floats(0.5, 20),
    pauses_s=st.lists(st.floats(0, 10), max_size=60),
)
def test_no_span_sees_more_calls_than_tokens(tokens: int, period_s: float, pauses_s: list[float]) -> None:
    bucket, now_s, taken = TokenBucket(tokens, period_s), 0.0, []
    for pause_s in pauses_s:
        now_s += pause_s
        while (wait_s := bucket.wait_s(now_s)) > 0:
            now_s = max(now_s + wait_s, now_s * (1 + 1e-15))
        bucket.take(now_s)
        taken.append(now_s)
    for first, beyond in zip(taken, taken[tokens:], strict=False):
        assert beyond - first >= period_s * (1 - 1e-12)


@given(tokens=st.integers(1, 8), moments_s=st.lists(st.floats(0, 100), max_size=40))
def test_nobody_waits_without_need(tokens: int, moments_s: list[float]) -> None:
    bucket = TokenBucket(tokens)
    taken: list[float] = []
    for moment_s in sorted(moments_s):
        free = sum(moment_s - each < 10 for each in taken) < tokens
        assert (bucket.wait_s(moment_s) == 0) is (free or moment_s >= taken[-tokens] + 10)
        if bucket.wait_s(moment_s) == 0:
            bucket.take(moment_s)
            taken.append(moment_s)


def test_a_bucket_has_at_least_one_token() -> None:
    with pytest.raises(ValueError, match="without tokens"):
        TokenBucket(0)


def test_calls_beyond_the_limit_wait_their_turn() -> None:
    world = World()
    world.send_all(7, Limit("3 per account", TokenBucket(3)))
    assert world.sent_at_s == [1000.0] * 3 + [1010.0] * 3 + [1020.0]


def test_the_tighter_of_two_limits_counts() -> None:
    world = World()
    world.send_all(5, Limit("account", TokenBucket(4)), Limit("token", TokenBucket(2)))
    assert world.sent_at_s == [1000.0] * 2 + [1010.0] * 2 + [1020.0]
    assert {event.limit for event in world.events if isinstance(event, Throttled)} == {"token"}


def test_backends_that_share_a_bucket_share_its_limit() -> None:
    world, shared = World(), TokenBucket(2)
    world.send_all(2, Limit("token", shared))
    world.send_all(1, Limit("token", shared))
    assert world.sent_at_s == [1000.0, 1000.0, 1010.0]


def test_waiting_is_told_and_counted() -> None:
    world = World()
    replies = world.send_all(2, Limit("1 per account", TokenBucket(1)))
    assert world.events == [Throttled("contacts", CALL, 10.0, "1 per account", 0.0)]
    assert [reply.throttled_s for reply in replies] == [0.0, 10.0]


def test_after_a_429_all_calls_wait_for_as_long_as_it_asks() -> None:
    world = World([Reply(429, None, {"retry-after": "4"})])

    async def work() -> None:
        backend = world.throttled(Limit("account", TokenBucket(50)))
        await backend.send(CALL)
        await backend.send(CALL)

    asyncio.run(work())
    assert world.sent_at_s == [1000.0, 1004.0]
