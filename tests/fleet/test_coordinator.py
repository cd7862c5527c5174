import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from batchctl.fleet.coordinator import Coordinator
from batchctl.fleet.sealed import Sealed

ACCOUNT = ["2 calls per 10 s and account", "account", "a", 2]
TOKEN = ["3 calls per 10 s and token", "token", "t", 3]


def comm(address: str = "tcp://127.0.0.1:5") -> Any:
    return SimpleNamespace(peer_address=address)


@pytest.fixture
def coordinator() -> Coordinator:
    found = Coordinator()
    assert asyncio.run(found.open(comm(), job="j", client="c", sealed=Sealed("job", b"data")))
    return found


def take(coordinator: Coordinator, account: str) -> Any:
    limits = [[*ACCOUNT[:2], account, ACCOUNT[3]], TOKEN]
    return asyncio.run(coordinator.take(job="j", limits=limits))


def test_all_workers_share_the_limits(coordinator: Coordinator) -> None:
    assert [take(coordinator, "a")[0] for _ in range(2)] == [0, 0]
    wait_s, name = take(coordinator, "a")
    assert (9 < wait_s <= 10, name) == (True, ACCOUNT[0])
    # Another account has its own limit, but there is one token.
    assert take(coordinator, "b")[0] == 0
    wait_s, name = take(coordinator, "b")
    assert (9 < wait_s <= 10, name) == (True, TOKEN[0])


def test_a_429_is_known_to_all(coordinator: Coordinator) -> None:
    asyncio.run(coordinator.hold(job="j", limit=ACCOUNT, seconds=5))
    ((kind, owner, seconds),) = asyncio.run(coordinator.state(job="j")) or []
    assert (kind, owner, 4 < seconds <= 5) == ("account", "a", True)
    assert 4 < take(coordinator, "a")[0] <= 5


def test_a_job_is_handed_out_where_nobody_reads_along(coordinator: Coordinator) -> None:
    assert isinstance(asyncio.run(coordinator.job(comm(), job="j")), Sealed)
    assert isinstance(asyncio.run(coordinator.job(comm("tls://10.0.0.7:1"), job="j")), Sealed)
    assert asyncio.run(coordinator.job(comm("tcp://10.0.0.7:1"), job="j")) is False
    assert asyncio.run(coordinator.open(comm("tcp://10.0.0.7:1"), job="k", client="c", sealed=b"")) is False
    assert asyncio.run(coordinator.job(comm(), job="k")) is None


def test_the_jobs_of_a_client_that_is_gone_are_forgotten(coordinator: Coordinator) -> None:
    nobody: Any = None
    coordinator.remove_client(nobody, "another")
    assert take(coordinator, "a")[0] == 0
    coordinator.remove_client(nobody, "c")
    assert take(coordinator, "a") is None
    assert asyncio.run(coordinator.state(job="j")) is None
    assert asyncio.run(coordinator.job(comm(), job="j")) is None


def test_a_job_that_is_over_is_forgotten(coordinator: Coordinator) -> None:
    asyncio.run(coordinator.close_job(job="j"))
    assert take(coordinator, "a") is None
