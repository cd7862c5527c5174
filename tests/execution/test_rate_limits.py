import asyncio
import gc

import pytest

from batchctl.engine.backends.gate import LocalGate
from batchctl.errors import UsageError
from batchctl.execution.rate_limits import Windows, allowances
from batchctl.truto.connection import Connection

TRUTO = Connection("https://api.truto.one", "t-1")


def silent(_wait_s: float, _limit: str, /) -> None:
    pass


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds


def test_rows_of_one_account_share_its_limit_and_all_share_the_tokens() -> None:
    clock = Clock()
    windows = Windows(clock)

    async def enter(account: str) -> float:
        gate = LocalGate(windows.limits(allowances("2,3", TRUTO, account)), clock, clock.sleep)
        return await gate.enter(silent)

    async def go() -> list[float]:
        return [await enter(account) for account in ("a", "a", "b", "b", "a")]

    # Three go through at once: two of a, one of b; the next one waits for the token's window.
    assert asyncio.run(go()) == [0.0, 0.0, 0.0, 10.0, 0.0]


def test_a_429_of_one_row_holds_back_the_other_rows_of_its_account_only() -> None:
    clock = Clock()
    windows = Windows(clock)

    def gate(account: str) -> LocalGate:
        return LocalGate(windows.limits(allowances("off", TRUTO, account)), clock, clock.sleep)

    gate("a").hold(7)
    assert asyncio.run(gate("b").enter(silent)) == 0.0
    assert asyncio.run(gate("a").enter(silent)) == 7.0


def test_windows_that_let_everything_through_are_forgotten_and_no_other() -> None:
    clock = Clock()
    windows = Windows(clock)
    held = windows.window(("account", "held"), 1)
    windows.window(("account", "full"), 1).take(clock())
    for number in range(5000):
        windows.window(("account", str(number)), 1)
    gc.collect()
    assert windows.window(("account", "held"), 1) is held
    assert windows.window(("account", "full"), 1).wait_s(clock()) == 10
    clock.now_s += 11
    for number in range(5000):
        windows.window(("account", str(number)), 1)
    gc.collect()
    assert len(windows._kept) == 1000


@pytest.mark.parametrize("option", ["", "0", "5,0", "5,", "many", "5,6,7", "-1"])
def test_other_limits_are_refused(option: str) -> None:
    with pytest.raises(UsageError, match="--rate-limit"):
        allowances(option, TRUTO, "a")


def test_other_hosts_have_no_limit_of_their_own() -> None:
    (only,) = allowances(None, Connection("http://127.0.0.1:1", "t"), "a")
    assert only.calls is None
    assert [each.calls for each in allowances(None, TRUTO, "a")] == [None, 50, 500]
