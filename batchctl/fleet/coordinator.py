"""What runs in the Dask scheduler: it hands the job to workers and keeps the rate limits for all of them.

A job lives in the scheduler's memory only, as bytes that the scheduler does not read, and goes when its client goes.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from distributed.diagnostics.plugin import SchedulerPlugin

from batchctl.execution.rate_limits import Windows
from batchctl.fleet.addresses import is_private
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distributed import Scheduler
    from distributed.comm.core import Comm

NAME = "batchctl"


class _Open(Struct):
    """A job under way: what is handed out, and the limits of its rows."""

    client: str
    sealed: object
    windows: Windows = field(default_factory=Windows)
    held: dict[tuple[str, str], float] = field(default_factory=dict)
    news: dict[str, list[Any]] = field(default_factory=dict)


class Coordinator(SchedulerPlugin):
    """A plugin of the Dask scheduler that gives the job to workers and counts all their calls against rate limits.

    Register it with Dask's ``register_plugin``. Workers and clients then call its methods as handlers of the scheduler:
    ``batchctl_close`` is ``close_job``, each other has the method's name (``batchctl_open``); all that they return is
    plain data. Each job has an id of its client's choice; a client is identified by Dask's id of it; ``comm``, which
    Dask adds, is the connection to the caller.
    """

    name = NAME
    idempotent = True

    def __init__(self) -> None:
        self._jobs: dict[str, _Open] = {}

    async def start(self, scheduler: Scheduler) -> None:
        """Add the handlers to the scheduler, which calls this when the plugin is registered."""
        scheduler.handlers.update(
            {
                "batchctl_open": self.open,
                "batchctl_close": self.close_job,
                "batchctl_job": self.job,
                "batchctl_take": self.take,
                "batchctl_hold": self.hold,
                "batchctl_state": self.state,
                "batchctl_tell": self.tell,
                "batchctl_news": self.news,
            }
        )

    def remove_client(self, scheduler: Scheduler, client: str) -> None:  # noqa: ARG002 - as Dask calls it
        """Forget the jobs of ``client`` (an id), which has disconnected: their rows stop at their next call."""
        for name in [name for name, job in self._jobs.items() if job.client == client]:
            del self._jobs[name]

    async def open(self, comm: Comm, *, job: str, client: str, sealed: object) -> bool:
        """Take a job from its client; False, without taking it, over a connection that others could read.

        ``job`` is the job's id, ``client`` the id of its client, ``sealed`` the job itself as a ``Sealed``.
        """
        if not is_private(str(comm.peer_address)):
            return False
        self._jobs[job] = _Open(client, sealed)
        return True

    async def close_job(self, *, job: str) -> None:
        """Forget the job with the id ``job``: its rows stop at their next call."""
        self._jobs.pop(job, None)

    async def job(self, comm: Comm, *, job: str) -> object:
        """The job with the id ``job`` as its client gave it, a ``Sealed``; None for one that is over.

        The result is False where the connection to the worker that asks could be read by others.
        """
        found = self._jobs.get(job)
        if found is None:
            return None
        return found.sealed if is_private(str(comm.peer_address)) else False

    async def take(self, *, job: str, limits: Sequence[Sequence[Any]]) -> list[Any] | None:
        """Count a call of the job ``job`` if every limit allows it now: ``[0, ""]``; None for a job that is over.

        Otherwise nothing is counted, and the result is ``[seconds to wait, name of the limit]``. ``limits`` are
        ``[name, kind, owner, calls]`` each: ``calls`` are how many its owner (an account or a token, as a hash) may
        make in 10 seconds, None for any number.
        """
        found = self._jobs.get(job)
        if found is None:
            return None
        now_s = time.monotonic()
        windows = [(name, found.windows.window((kind, owner), calls)) for name, kind, owner, calls in limits]
        wait_s, name = max((window.wait_s(now_s), name) for name, window in windows)
        if wait_s > 0:
            return [wait_s, name]
        for _, window in windows:
            window.take(now_s)
        return [0.0, ""]

    async def hold(self, *, job: str, limit: Sequence[Any], seconds: float) -> None:
        """Let no call of the owner of ``limit`` through for ``seconds``, as after a status 429.

        ``job`` is the job's id; ``limit`` is ``[name, kind, owner, calls]``, of which kind and owner (an account or a
        token, as a hash) count.
        """
        found = self._jobs.get(job)
        if found is not None:
            _, kind, owner, calls = limit
            until_s = time.monotonic() + seconds
            found.windows.window((kind, owner), calls).close(until_s)
            found.held[kind, owner] = max(until_s, found.held.get((kind, owner), 0.0))

    async def state(self, *, job: str) -> list[list[Any]] | None:
        """The owners of rate limits whose calls are held back; None for a job that is over.

        Each is ``[kind, owner, seconds left]``: the kind is ``account`` or ``token``, the owner a hash.
        """
        found = self._jobs.get(job)
        if found is None:
            return None
        now_s = time.monotonic()
        found.held = {owner: until_s for owner, until_s in found.held.items() if until_s > now_s}
        return [[kind, owner, until_s - now_s] for (kind, owner), until_s in found.held.items()]

    async def tell(self, *, job: str, part: str, news: list[Any]) -> None:
        """Store ``news``, the rows in progress in one task of a job, as ``RowsProgress.news`` makes them.

        ``job`` is the job's id; ``part`` is a key of the task's choice. Each row is a list: ``[number, at, calls, done,
        failed, records, seconds to wait, held_by]``. An empty ``news`` removes what was stored under ``part``. Nothing
        is stored when the job is over.
        """
        found = self._jobs.get(job)
        if found is None:
            return
        found.news.pop(part, None)
        if news:
            found.news[part] = news

    async def news(self, *, job: str) -> list[Any]:
        """The rows in progress in all tasks of the job with the id ``job``, as workers last sent them with ``tell``.

        Each is a list: ``[number, at, calls, done, failed, records, seconds to wait, held_by]``; the result is empty
        when the job is over.
        """
        found = self._jobs.get(job)
        return [] if found is None else [row for rows in found.news.values() for row in rows]
