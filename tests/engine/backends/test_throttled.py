import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.gate import Limit, LocalGate
from batchctl.engine.backends.sliding_window import SlidingWindow
from batchctl.engine.backends.throttled import ThrottledBackend
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
        gate = LocalGate(limits, self.clock, self.sleep)
        return ThrottledBackend(self, gate, self.events.append, clock=self.clock, began_s=1000.0, now=lambda: 0.0)

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
def test_no_span_sees_more_calls_than_the_window_has(tokens: int, period_s: float, pauses_s: list[float]) -> None:
    window, now_s, taken = SlidingWindow(tokens, period_s), 0.0, []
    for pause_s in pauses_s:
        now_s += pause_s
        while (wait_s := window.wait_s(now_s)) > 0:
            now_s = max(now_s + wait_s, now_s * (1 + 1e-15))
        window.take(now_s)
        taken.append(now_s)
    for first, beyond in zip(taken, taken[tokens:], strict=False):
        assert beyond - first >= period_s * (1 - 1e-12)


@given(tokens=st.integers(1, 8), moments_s=st.lists(st.floats(0, 100), max_size=40))
def test_nobody_waits_without_need(tokens: int, moments_s: list[float]) -> None:
    window = SlidingWindow(tokens)
    taken: list[float] = []
    for moment_s in sorted(moments_s):
        free = sum(moment_s - each < 10 for each in taken) < tokens
        assert (window.wait_s(moment_s) == 0) is (free or moment_s >= taken[-tokens] + 10)
        if window.wait_s(moment_s) == 0:
            window.take(moment_s)
            taken.append(moment_s)


def test_a_window_has_room_for_a_call() -> None:
    with pytest.raises(ValueError, match="no calls"):
        SlidingWindow(0)


def test_calls_beyond_the_limit_wait_their_turn() -> None:
    world = World()
    world.send_all(7, Limit("3 per account", SlidingWindow(3)))
    assert world.sent_at_s == [1000.0] * 3 + [1010.0] * 3 + [1020.0]


def test_the_tighter_of_two_limits_counts() -> None:
    world = World()
    world.send_all(5, Limit("account", SlidingWindow(4)), Limit("token", SlidingWindow(2)))
    assert world.sent_at_s == [1000.0] * 2 + [1010.0] * 2 + [1020.0]
    assert {event.limit for event in world.events if isinstance(event, Throttled)} == {"token"}


def test_backends_that_share_a_window_share_its_limit() -> None:
    world, shared = World(), SlidingWindow(2)
    world.send_all(2, Limit("token", shared))
    world.send_all(1, Limit("token", shared))
    assert world.sent_at_s == [1000.0, 1000.0, 1010.0]


def test_waiting_is_told_and_counted() -> None:
    world = World()
    replies = world.send_all(2, Limit("1 per account", SlidingWindow(1)))
    assert world.events == [Throttled("contacts", CALL, 10.0, "1 per account", 0.0)]
    assert [reply.throttled_s for reply in replies] == [0.0, 10.0]


@pytest.mark.parametrize("calls", [50, None])
@pytest.mark.parametrize(
    ("first", "seconds"),
    [
        (Reply(429, None, {"retry-after": "4"}), 4.0),
        (Reply(429, None, {"ratelimit-reset": "7", "ratelimit-remaining": "0"}), 7.0),
        (Reply(429, None, {"retry-after": "3", "ratelimit-reset": "7"}), 3.0),
        (Reply(429, None), 10.0),
        (Reply(429, None, {"retry-after": "99999"}), 60.0),
        (Reply(200, {}, {"ratelimit-limit": "110;w=10", "ratelimit-remaining": "0", "ratelimit-reset": "5"}), 5.0),
        (Reply(200, {}, {"ratelimit-limit": "110;w=10", "ratelimit-remaining": "9", "ratelimit-reset": "5"}), 0.0),
        (Reply(200, {}, {"ratelimit-remaining": "0", "ratelimit-reset": "soon"}), 0.0),
        (Reply(500, {}), 0.0),
    ],
)
def test_an_answer_holds_back_the_other_calls_of_the_account(first: Reply, seconds: float, calls: int | None) -> None:
    world = World([first])

    async def work() -> None:
        backend = world.throttled(Limit("account", SlidingWindow(calls)))
        await backend.send(CALL)
        await backend.send(CALL)

    asyncio.run(work())
    assert world.sent_at_s == [1000.0, 1000.0 + seconds]


def test_a_call_that_nothing_held_back_is_not_throttled() -> None:
    class Ticking(World):
        """A clock that moves between two looks at it, as every real one does."""

        def clock(self) -> float:
            self.now_s += 0.001
            return self.now_s

    world = Ticking()
    (reply,) = world.send_all(1, Limit("account", SlidingWindow(5, 10.0)))
    assert reply.throttled_s == 0
    assert world.events == []
