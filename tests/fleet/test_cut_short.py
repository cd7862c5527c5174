"""Runs on workers that come to no usual end: the scheduler forgets them, the store is gone, another has the mutex."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
from distributed import LocalCluster

import batchctl
from batchctl.execution.sync import plan_sync
from batchctl.execution.sync_here import mutex_of
from batchctl.fleet.coordinator import NAME
from batchctl.preparation import prepare
from fleet.api import contacts
from fleet.processes import TOKEN, account, environment, until, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LOST = "the connection to the workers' scheduler was lost"
JOB = """
label: Contacts of all
default_runtime_version: 4
mutex_key: "contacts-{{args.account}}"
args_schema:
  account: {type: string, format: integrated_account_id, required: true}
resources:
  - {name: contacts, resource: crm/contacts, method: list, integrated_account_id: "{{args.account}}"}
  - {name: rows, type: destination, destination_type: superquery, resources_to_persist: [contacts]}
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
def place(cluster: Any) -> str:
    return str(cluster.scheduler_address.replace("tcp://", "dask://"))


def interfered(folder: Path, place: str, interfere: Callable[[], None], **more: Any) -> object:
    """What a run of four rows returns or raises, where something happens while its first calls are under way."""
    write_files(folder, 4)
    rows: list[dict[str, Any]] = [{"account": account(n), "n": f"row-{n}"} for n in range(1, 5)]
    found: list[Any] = []
    with contacts() as api:
        api.slow_s = 1

        def run() -> None:
            try:
                done = batchctl.run_each(
                    folder / "a.yaml",
                    rows,
                    executor="direct",
                    token=TOKEN,
                    api_url=api.url,
                    environment={},
                    on=place,
                    store=batchctl.RunStore(folder / "state"),
                    **more,
                )
                found.append(done)
            except Exception as error:  # noqa: BLE001 - it is looked at by the test
                found.append(error)

        running = threading.Thread(target=run)
        running.start()
        until(lambda: bool(api.sent))
        interfere()
        api.slow_s = 0
        running.join(240)
    return found[0]


def test_a_run_that_the_scheduler_forgets(cluster: Any, place: str, tmp_path: Path) -> None:
    """As it does when the connection of a client breaks off."""

    def forget() -> None:
        scheduler = cluster.scheduler
        for client in list(scheduler.clients):
            scheduler.loop.add_callback(scheduler.plugins[NAME].remove_client, scheduler, client)

    error = interfered(tmp_path, place, forget)
    assert isinstance(error, batchctl.ConnectionFailed)
    assert (str(error), error.hint) == (LOST, "resume the run on others")


def test_a_store_that_is_gone(place: str, tmp_path: Path) -> None:
    shared = tmp_path / "shared"

    def lose() -> None:
        shutil.rmtree(shared)
        shared.write_text("in the way", "utf-8")

    error = interfered(tmp_path, place, lose, worker_store=str(shared))
    assert isinstance(error, batchctl.UsageError)
    assert str(error) == f"can't use the store {shared}: not a directory"


def test_a_row_whose_mutex_another_run_has_is_not_run(place: str, tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(JOB, "utf-8")
    (tmp_path / "rows.csv").write_text(f"account\n{account(1)}\n{account(2)}\n", "utf-8")
    own = environment(tmp_path) | {"BATCHCTL_STATE_DIR": str(tmp_path / "state")}
    words = ("job.yaml", "--each", "rows.csv", "--to", "sqlite:all.db", "--on", place, "-o", "ndjson", "--direct")
    planned = plan_sync(prepare(JOB, file="job.yaml", args={"account": account(1)}, jobs=True))
    with contacts() as api:
        # As the other run holds it.
        held = mutex_of(planned, tmp_path / "state" / "mutex")
        assert held is not None
        try:
            done = subprocess.run(
                [sys.executable, "-m", "batchctl", "sync", *words, "--api-url", api.url],
                cwd=tmp_path, env=own, capture_output=True, text=True, check=False, timeout=240,
            )  # fmt: skip
        finally:
            held.release()
    assert done.returncode == 4, (done.stdout, done.stderr)
    assert f"the mutex_key contacts-{account(1)} is under way" in " ".join(done.stderr.split())
    assert {sent[1] for sent in api.sent} == {account(2)}
