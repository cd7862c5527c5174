"""A cluster to run on: one that is started here, or one that is there already."""

from __future__ import annotations

import logging
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from batchctl.errors import ConnectionFailed, UsageError
from batchctl.fleet.addresses import is_private, read_place, require_dask

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from distributed import Client

# Nobody at an address is said within ten seconds.
_CONNECT_S = 6
_WORKERS_S = 10
_START_S = 60
# What Dask remembers for a page that nobody opens: 20 KiB for each of the last thousand tasks, and every thread of a
# worker, looked at a hundred times a second.
_NO_HISTORY = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.log-length": 20,
    "distributed.admin.low-level-log-length": 20,
    "distributed.admin.system-monitor.log-length": 20,
    "distributed.diagnostics.computations.max-history": 2,
}
_UNINTERRUPTED = "batchctl.fleet.uninterrupted"


@asynccontextmanager
async def connected(place: str) -> AsyncIterator[Client]:
    """A context with a Dask client that is connected to the workers at ``place``, a value of ``--on``.

    For ``local:N`` they are started on entry and stopped on exit. Raises ``UsageError`` for a place that can't be used
    or where Dask is missing, ``ConnectionFailed`` where no scheduler answers.
    """
    kind, where = read_place(place)
    require_dask()
    import dask
    from distributed import Client, LocalCluster
    from distributed.utils import get_mp_context

    # Nothing of a run is written to a worker's disk but by batchctl.
    settings: dict[str, Any] = {
        f"distributed.worker.memory.{name}": False for name in ("target", "spill", "pause", "terminate")
    }
    settings |= _NO_HISTORY
    if sys.platform == "linux":
        # One process imports what all workers need, and they are its copies: a worker more takes no second more.
        settings["distributed.worker.multiprocessing-method"] = "forkserver"
    async with AsyncExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        for name in [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]:
            # What becomes of workers is said by batchctl.
            logging.getLogger(name).setLevel(logging.CRITICAL)
        address: Any = where
        if str(where).startswith("tls://"):
            _require_certificates(place)
        if kind == "local":
            if sys.platform == "linux":
                get_mp_context().set_forkserver_preload(["distributed", "batchctl.fleet.worker", _UNINTERRUPTED])
            address = await stack.enter_async_context(
                LocalCluster(
                    n_workers=int(where),
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    # What Dask serves over HTTP is for this machine alone, on a port that is free.
                    dashboard_address="127.0.0.1:0",
                    worker_dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                    memory_limit=0,
                    preload=[] if sys.platform == "linux" else [_UNINTERRUPTED],
                    asynchronous=True,
                )
            )
        try:
            client = await stack.enter_async_context(Client(address, asynchronous=True, timeout=_CONNECT_S))
            await client.wait_for_workers(1, timeout=_START_S if kind == "local" else _WORKERS_S)
        except (OSError, TimeoutError) as error:
            raise ConnectionFailed(
                f"no scheduler with workers answers at {place}", hint="start dask scheduler and dask worker there"
            ) from error
        if not is_private(str(client.scheduler.address)):
            raise UsageError(f"--on {place}: the scheduler does not speak TLS", hint="name it tls://HOST:PORT")
        yield client


def _require_certificates(place: str) -> None:
    """Raise ``UsageError`` where Dask's own configuration has no certificates for a client that can be used."""
    from distributed.security import Security

    hint = "set distributed.comm.tls.ca-file, client.cert and client.key in Dask's configuration"
    try:
        context = Security().get_connection_args("client").get("ssl_context")
    except (OSError, ValueError) as error:
        raise UsageError(
            f"--on {place}: can't use the certificates of Dask's configuration: {error}", hint=hint
        ) from error
    if context is None:
        raise UsageError(f"--on {place}: Dask's configuration names no certificates", hint=hint)
