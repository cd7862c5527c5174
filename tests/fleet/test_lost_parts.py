"""Parts of rows whose worker is lost each time: they are run row by row, and a row that takes it down is said."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import dask
import pytest
from distributed import LocalCluster

import batchctl
from fleet.api import contacts
from fleet.processes import TOKEN, account, until, write_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Two to a part, for one worker.
ROWS = 17
LOST = "the workers that ran it were lost, one after the other"


@pytest.fixture
def cluster() -> Iterator[Any]:
    """One worker that is started again when it is lost; what it had is not given to another."""
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        LocalCluster(  # type: ignore[no-untyped-call]  # Dask has types in part
            n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0", memory_limit=0
        ) as found,
    ):
        yield found


@pytest.mark.parametrize(("count", "is_lost"), [(ROWS, False), (1, True)], ids=["in-parts", "alone"])
def test_rows_whose_worker_is_killed(cluster: Any, tmp_path: Path, count: int, *, is_lost: bool) -> None:
    write_files(tmp_path, count)
    rows: list[dict[str, Any]] = [{"account": account(n), "n": f"row-{n}"} for n in range(1, count + 1)]
    found: list[batchctl.RowsResult] = []
    with contacts() as api:
        api.slow_s = 1

        def run() -> None:
            found.append(
                batchctl.run_each(
                    tmp_path / "a.yaml",
                    rows,
                    executor="direct",
                    token=TOKEN,
                    api_url=api.url,
                    environment={},
                    on=cluster.scheduler_address.replace("tcp://", "dask://"),
                    store=batchctl.RunStore(tmp_path / "state"),
                )
            )

        running = threading.Thread(target=run)
        running.start()
        until(lambda: bool(api.sent))
        os.kill(cluster.workers[0].pid, signal.SIGKILL)
        api.slow_s = 0
        running.join(240)
    (done,) = found
    assert [end.error and str(end.error) for end in done.ends] == [LOST if is_lost else None] * count
    # What was under way when the worker was lost is not written twice.
    everything = {(account(n), f"row-{n} {part}"): 1 for n in range(1, count + 1) for part in ("a", "b")}
    assert is_lost or api.made == everything
