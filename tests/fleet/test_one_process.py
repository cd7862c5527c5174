"""A cluster in the test's own process: jobs that are over or that a worker can't read, and rows run from end to end."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from distributed import Client, LocalCluster

import batchctl
from batchctl.errors import Interrupted, UsageError
from batchctl.execution.rate_limits import Allowance
from batchctl.fleet.coordinator import Coordinator
from batchctl.fleet.line import Line, SharedGate
from batchctl.fleet.sealed import Sealed
from batchctl.fleet.worker import run_part
from fleet.api import contacts
from fleet.processes import TOKEN, account, environment, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NO_ROWS = Sealed("no rows", b"[]")
SALT = b"0123456789abcdef"
DEFINITION = """\
integrated_account_id: a1
args: {stage: won}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {stage: "{{args.stage}}"}}
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with LocalCluster(  # type: ignore[no-untyped-call]  # Dask has types in part
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        worker_dashboard_address="127.0.0.1:0",
        memory_limit=0,
    ) as found:
        yield found


@pytest.fixture
def client(cluster: Any) -> Iterator[Any]:
    with Client(cluster.scheduler_address) as found:  # type: ignore[no-untyped-call]  # as above
        found.register_plugin(Coordinator())
        yield found


def told(asker: Any, handler: str, **given: Any) -> Any:
    """What a handler of the coordinator returns."""

    async def ask() -> Any:
        return await getattr(asker.scheduler, handler)(**given)

    return asker.sync(ask)


def opened(client: Any, job: str, data: bytes = b"{}") -> None:
    assert told(client, "batchctl_open", job=job, client=client.id, sealed=Sealed("job", data))


def test_a_worker_does_nothing_for_a_job_that_is_over(client: Any) -> None:
    with pytest.raises(Interrupted, match="the run is over"):
        client.submit(run_part, "over-1", NO_ROWS, pure=False).result()


def test_a_worker_of_another_version_says_which(client: Any) -> None:
    opened(client, "old", json.dumps({"version": "0.0.1"}).encode())
    with pytest.raises(UsageError, match=r"started by batchctl 0\.0\.1, and this worker has") as refused:
        client.submit(run_part, "old", NO_ROWS, pure=False).result()
    assert refused.value.hint == "install the same version on every machine"


def test_of_a_bug_on_a_worker_only_its_kind_travels(client: Any) -> None:
    opened(client, "bad", b'{"token": "not-to-be-shown"')
    with pytest.raises(RuntimeError, match=r"^a worker came upon a bug in batchctl \(JSONDecodeError\)$"):
        client.submit(run_part, "bad", NO_ROWS, pure=False).result()


def test_what_is_told_of_a_job_that_is_over_is_forgotten(client: Any) -> None:
    opened(client, "closed")
    told(client, "batchctl_close", job="closed")
    limit = ["2 calls per 10 s and account", "account", "a", 2]
    told(client, "batchctl_hold", job="closed", limit=limit, seconds=60)
    told(client, "batchctl_tell", job="closed", part="p", news=[["row"]])
    assert not told(client, "batchctl_news", job="closed")
    # A job of the same id knows nothing of it.
    opened(client, "closed")
    assert not told(client, "batchctl_state", job="closed")
    wait_s, name = told(client, "batchctl_take", job="closed", limits=[limit])
    assert (wait_s, name) == (0.0, "")


def gate_of(cluster: Any, job: str) -> tuple[Line, SharedGate]:
    line = Line(cluster.workers[0], job)
    return line, SharedGate(line, [Allowance("3 calls per 10 s and account", ("account", "a1"), 3)], SALT)


def no_wait(seconds: float, name: str) -> None:
    raise AssertionError(f"{seconds} s for {name}")


def test_no_call_is_sent_once_the_run_is_over(cluster: Any, client: Any) -> None:
    line, gate = gate_of(cluster, "ends")

    async def calls() -> None:
        assert await gate.enter(no_wait) == 0.0
        await line.ask("batchctl_close")
        # What is known of other workers is still fresh: the call itself is refused.
        with pytest.raises(Interrupted, match="the run is over"):
            await gate.enter(no_wait)
        late = Line(cluster.workers[0], "ends")
        with pytest.raises(Interrupted, match="the run is over"):
            await late.require_open()

    opened(client, "ends")
    asyncio.run(calls())


def test_a_wait_that_became_longer_is_said_once(cluster: Any, client: Any) -> None:
    _, gate = gate_of(cluster, "longer")
    said: list[str] = []

    def on_wait(seconds: float, name: str) -> None:
        said.append(name)
        # A 429 that comes while the call waits.
        gate.hold(seconds + 0.2)

    async def call() -> float:
        gate.hold(0.1)
        return await gate.enter(on_wait)

    opened(client, "longer")
    assert asyncio.run(call()) >= 0.2
    assert said == ["3 calls per 10 s and account"]


def test_a_loop_that_ends_takes_what_it_was_about_to_tell_with_it(cluster: Any, client: Any) -> None:
    line, gate = gate_of(cluster, "held")
    said: list[object] = []

    async def call() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: said.append(context))
        await line.require_open()
        gate.hold(60)

    opened(client, "held")
    asyncio.run(call())
    assert said == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "fixtures" / "unified" / "crm"
    place.mkdir(parents=True)
    (place / "contacts.json").write_text(json.dumps([{"id": "1", "stage": "won"}, {"id": "2", "stage": "lost"}]))
    path = tmp_path / "a.yaml"
    path.write_text(DEFINITION, "utf-8")
    return path


@pytest.fixture
def run_each(cluster: Any, file: Path, tmp_path: Path) -> Callable[..., batchctl.RowsResult]:
    place = cluster.scheduler_address.replace("tcp://", "dask://")
    return lambda rows: batchctl.run_each(file, rows, on=place, store=batchctl.RunStore(tmp_path / "state"))


def test_rows_that_do_not_fill_their_last_part(run_each: Callable[..., batchctl.RowsResult]) -> None:
    # Two rows are in a part, and one is left.
    done = run_each([{"stage": "won"}] * 17)
    assert (done.status, done.interrupted) == ("succeeded", False)
    assert [(end.number, end.records, end.error) for end in done.ends] == [(n, 1, None) for n in range(1, 18)]


def test_a_row_that_fails_on_a_worker(run_each: Callable[..., batchctl.RowsResult], tmp_path: Path) -> None:
    (tmp_path / "fixtures" / "unified" / "crm" / "contacts.json").unlink()
    done = run_each([{"stage": "won"}, {"stage": "lost"}])
    assert done.status == "failed"
    assert [end.state for end in done.ends] == ["failed", "failed"]


def test_a_worker_keeps_the_last_few_jobs_at_hand(run_each: Callable[..., batchctl.RowsResult]) -> None:
    """More jobs than a worker keeps: each has its own rows all the same."""
    for number in range(6):
        done = run_each([{"stage": "won"}] * (number + 1))
        assert (done.status, len(done.ends)) == ("succeeded", number + 1)


def test_rows_on_workers_need_a_record(cluster: Any, file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    place = cluster.scheduler_address.replace("tcp://", "dask://")
    with pytest.raises(batchctl.StoreError, match="need a run that is recorded on this machine"):
        batchctl.run_each(file, [{"stage": "won"}], on=place, store=batchctl.RunStore(tmp_path / "taken"))


def test_a_run_is_resumed_where_its_rows_are(cluster: Any, file: Path, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("stage\nwon\n", "utf-8")
    place = cluster.scheduler_address.replace("tcp://", "dask://")

    def batchctl_run(*words: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "batchctl", "run", *words, "--on", place, "-o", "ndjson"]
        return subprocess.run(
            line, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False, timeout=240
        )

    done = batchctl_run(file.name, "--local", "--each", "rows.csv", "--store", "one")
    assert done.returncode == 0, done.stderr
    refused = batchctl_run("--resume", "latest", "--store", "two")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"are kept in {tmp_path / 'one'}" in refused.stderr
    again = batchctl_run("--resume", "latest", "--store", "one")
    assert (again.returncode, again.stdout) == (0, done.stdout)


def test_rows_sent_to_an_api_need_no_fixtures(cluster: Any, tmp_path: Path) -> None:
    write_files(tmp_path, 0)
    with contacts() as api:
        done = batchctl.run_each(
            tmp_path / "a.yaml",
            [{"account": account(1), "n": "row-1"}],
            executor="direct",
            token=TOKEN,
            api_url=api.url,
            environment={},
            on=cluster.scheduler_address.replace("tcp://", "dask://"),
            store=batchctl.RunStore(tmp_path / "state"),
        )
    assert done.status == "succeeded"
    assert api.made == {(account(1), "row-1 a"): 1, (account(1), "row-1 b"): 1}
