"""The rows of a run over many workers, as the client sees them: handed out in parts, taken in as they end."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from batchctl.errors import BatchctlError, ConnectionFailed, Interrupted, RunUnderWay, StoreError, UsageError
from batchctl.execution.batch_delivery import DeliveryCounts
from batchctl.execution.notices import Resumable, RowFinished, silent
from batchctl.execution.packed import unpack
from batchctl.execution.row_end import RowEnd
from batchctl.execution.row_table import RowEnds
from batchctl.execution.rows import RowsResult, keeping_rows, rows_summary
from batchctl.fleet.cluster import connected
from batchctl.fleet.row_record import FILES, RESULT, row_prefix
from batchctl.fleet.sealed import Sealed
from batchctl.fleet.store import apart, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.execution.notices import Notify
    from batchctl.execution.row_end import Row
    from batchctl.execution.row_journal import RowJournal
    from batchctl.execution.row_progress import RowsProgress
    from batchctl.execution.row_table import RowTable
    from batchctl.fleet.job import Job
    from batchctl.fleet.store import Store
    from batchctl.fleet.sync_row import RowStates
    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Step
    from batchctl.redaction import Redactor, Seal

# A task takes Dask about a millisecond: so many rows share one, but not so many that workers wait for the last.
_MAX_PER_TASK = 50
_PARTS_PER_SLOT = 8
_LOOK_S = 0.5
_LOOK_AGAIN_S = (0.1, 0.5, 2, 5, 10)


@dataclass(slots=True)
class FleetRun:
    """A run of many rows on workers, as the client sees it: it hands out the rows and takes in how they ended.

    ``table`` has the rows and gets their results, ``steps`` are those of every row's plan, by the node's key; ``job``
    is what workers get, ``place`` a value of ``--on``. ``redactor`` knows the secrets that the store has marks for.
    ``notify`` gets notices; rows are counted in ``progress``, deliveries of workers in ``delivered``. ``files`` is
    called with a row, the files that its worker recorded (texts by path), and a sentence where these are incomplete,
    else None. ``states`` are those of the rows of a sync job, None for a batch.
    """

    table: RowTable
    steps: Mapping[str, Step]
    job: Job
    place: str
    redactor: Redactor
    notify: Notify = silent
    progress: RowsProgress | None = None
    delivered: DeliveryCounts | None = None
    files: Callable[[Row, Mapping[str, str], str | None], None] | None = None
    states: RowStates | None = None
    _store: Store = field(init=False)
    _given: dict[int, Row] = field(init=False, default_factory=dict)
    _client: Any = field(init=False, default=None)
    _seal: Seal = field(init=False)
    _id: str = field(init=False, default_factory=lambda: uuid.uuid4().hex)

    async def run(self, journal: RowJournal, *, resumed: bool) -> RowsResult:
        """Run the rows that have not succeeded before, and write how it went to ``journal``.

        ``resumed`` says that the store has results of an earlier run. A cancelled run returns the rows that ended.
        Raises ``ConnectionFailed`` when there are no workers, or none any more, ``StoreError`` where store or journal
        can't be written, ``UsageError`` where the workers can't run batchctl, or a token would go to them unencrypted.
        """
        self._store = open_store(self.job.store, is_near=self.job.is_near)
        self._seal = self.redactor.seal(self.job.salt)
        try:
            with keeping_rows(self.table, self.steps):
                interrupted = await self._all(resumed=resumed)
        except BatchctlError:
            journal.finish("interrupted", rows_summary(self.table))
            self.notify(Resumable(self.job.run_id))
            raise
        finally:
            self._store.close()
        result = RowsResult(RowEnds(self.table, self.steps), interrupted)
        journal.finish(result.status, rows_summary(self.table))
        if result.status != "succeeded":
            self.notify(Resumable(self.job.run_id))
        return result

    async def _all(self, *, resumed: bool) -> bool:
        """Whether it was interrupted."""
        # Starting workers takes seconds: a store that can't be written is found before that.
        await apart(self._store, self._store.write, f"{self.job.run_id}/begun", b"")
        kept = await asyncio.to_thread(self._kept) if resumed else set()
        try:
            async with connected(self.place) as self._client:
                await self._open()
                threads = sum((await self._client.nthreads()).values())
                slots = 2 * threads + 2
                size = max(1, min(_MAX_PER_TASK, len(self.table) // (threads * _PARTS_PER_SLOT)))
                watching = asyncio.create_task(self._watch())
                try:
                    for turn in range(self.table.turns):
                        parts = self._parts(self.table.rows_of(turn), kept, size)
                        async with asyncio.TaskGroup() as group:
                            for _ in range(slots):
                                group.create_task(self._lane(parts))
                finally:
                    watching.cancel()
                await self._client.scheduler.batchctl_close(job=self._id)
        except (asyncio.CancelledError, KeyboardInterrupt):
            return True
        except BaseExceptionGroup as errors:
            raise _first(errors) from None
        return False

    async def _open(self) -> None:
        """Hand the job to the scheduler: sealed, so that neither it nor its logs read what is in it."""
        from distributed.protocol.serialize import to_serialize

        from batchctl.fleet.coordinator import Coordinator

        try:
            await self._client.register_plugin(Coordinator())
        except Exception as error:  # noqa: BLE001 - whatever a Python without batchctl says
            raise UsageError(
                f"the scheduler can't load batchctl ({type(error).__name__})",
                hint="install batchctl[fleet] of the same version on the scheduler and on every worker",
            ) from None
        sealed = to_serialize(Sealed(f"job {self.job.run_id}", self.job.packed()))
        taken = await self._client.scheduler.batchctl_open(job=self._id, client=self._client.id, sealed=sealed)
        if not taken:
            raise UsageError(f"--on {self.place}: the token would travel unencrypted", hint="use tls://HOST:PORT")

    def _parts(self, rows: Iterator[Row], kept: set[str], size: int) -> Iterator[list[Row]]:
        """The rows that are to be run, some at once; those that succeeded before are taken in on the way."""
        part: list[Row] = []
        for row in rows:
            if kept and f"{row_prefix(self.job.run_id, row, self.job.salt)}/{RESULT}" in kept and self._reuse(row):
                continue
            part.append(row)
            if len(part) >= size:
                yield part
                part = []
        if part:
            yield part

    def _kept(self) -> set[str]:
        return {name for name in self._store.names(f"{self.job.run_id}/rows/") if name.endswith(f"/{RESULT}")}

    def _reuse(self, row: Row) -> bool:
        found = self._read(row)
        if found is None or found["state"] != "succeeded":
            return False
        self._take_in(row, found, reused=True)
        return True

    async def _watch(self) -> None:
        """Show where the rows are that workers have; nobody misses it when the scheduler is gone."""
        if self.progress is None:
            return
        with suppress(OSError, RuntimeError):
            while True:
                await asyncio.sleep(_LOOK_S)
                self.progress.take(self._given, await self._client.scheduler.batchctl_news(job=self._id))

    async def _lane(self, parts: Iterator[list[Row]]) -> None:
        for part in parts:
            with ExitStack() as held:
                await self._part(self._alone(part, held))

    def _alone(self, rows: list[Row], held: ExitStack) -> list[Row]:
        """Those of the rows whose mutex is free: it is ``held`` from now. The others can't run."""
        if self.states is None:
            return rows
        free: list[Row] = []
        for row in rows:
            try:
                lock = self.states.mutex(row)
            except RunUnderWay as error:
                self._end(RowEnd(row.number, row.account, row.args, error=error))
                continue
            if lock is not None:
                held.callback(lock.release)
            free.append(row)
        return free

    async def _part(self, rows: list[Row]) -> None:
        """Have some rows run. A part that took several workers down with it is run row by row."""
        from distributed import KilledWorker

        if not rows:
            return
        self._given.update((row.number, row) for row in rows)
        try:
            ended = await self._submitted(rows)
        except KilledWorker:
            if len(rows) > 1:
                for row in rows:
                    await self._part([row])
                return
            lost = BatchctlError("the workers that ran it were lost, one after the other")
            self._given.pop(rows[0].number, None)
            self._end(RowEnd(rows[0].number, rows[0].account, rows[0].args, error=lost))
            return
        by_number = {each["number"]: each for each in ended}
        for row in rows:
            if row.number in by_number:
                self._take_in(row, await self._result(row))
                if self.files is not None and self.job.extras.records:
                    await asyncio.to_thread(self._take_files, row)
            self._given.pop(row.number, None)
        if len(by_number) < len(rows):
            # Workers give rows back that they did not run where the scheduler does not know the job any more.
            raise _lost()

    async def _submitted(self, rows: list[Row]) -> list[dict[str, Any]]:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError

        from batchctl.fleet.worker import run_part

        data = json.dumps([self._row_values(row) for row in rows]).encode()
        first, last = rows[0].number, rows[-1].number
        sealed = Sealed(f"rows {first}-{last}", data)
        # No two tasks have one key: Dask runs what has the same key once, and what failed not again.
        key = f"batchctl-{self.job.run_id}-{first}-{last}-{uuid.uuid4().hex}"
        future = self._client.submit(run_part, self._id, sealed, key=key, pure=False)
        try:
            found: list[dict[str, Any]] = await future.result()
        except (BatchctlError, KilledWorker):
            raise
        except (FutureCancelledError, CommClosedError):
            raise _lost() from None
        except asyncio.CancelledError:
            if self._client.status == "running" and not future.cancelled():
                await _quietly(future.cancel())
                raise
            raise _lost() from None
        except Exception as error:  # noqa: BLE001 - as above
            # What a worker can't even load comes as whatever its Python says of it.
            raise UsageError(
                f"the workers can't run rows: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
                hint="install batchctl[fleet] of the same version on the scheduler and on every worker",
            ) from None
        return found

    def _row_values(self, row: Row) -> list[JsonValue]:
        """A row as its worker gets it: of a sync job with what is in its state."""
        values: list[JsonValue] = [row.number, row.account, row.args, row.occurrence]
        return values if self.states is None else [*values, self.states.values(row)]

    def _read(self, row: Row) -> dict[str, Any] | None:
        data = self._store.read(f"{row_prefix(self.job.run_id, row, self.job.salt)}/{RESULT}")
        return None if data is None else json.loads(data)

    async def _result(self, row: Row) -> dict[str, Any]:
        """What a worker kept: a folder that machines mount may show it only after a while. Raises ``StoreError``."""
        for wait_s in (*_LOOK_AGAIN_S, None):
            found = await apart(self._store, self._read, row)
            if found is not None:
                return found
            if wait_s is not None:
                await asyncio.sleep(wait_s)
        raise StoreError(f"the store has no result of row {row.number}", hint="is it the same on all machines?")

    def _take_in(self, row: Row, found: dict[str, Any], *, reused: bool = False) -> None:
        """Keep a row's end as it is in the store, with its secrets put back."""
        if self.states is not None and found["state_changes"]:
            self.states.change(row, found["state_changes"], found["attempt"])
        packed = found["result"]
        if packed is not None:
            packed = self._seal.opened(packed)
        self.table.keep_packed(
            row.number,
            found["state"],
            found["elapsed_s"],
            found["records"],
            error=json.dumps(found["error"]) if found["error"] else None,
            result=packed,
            calls=json.dumps(found["calls"]) if found["calls"] else None,
        )
        if self.delivered is not None and found["delivered"] and not reused:
            self.delivered.add(DeliveryCounts(**found["delivered"]))
        result = None if packed is None else unpack(packed, self.steps)
        error = BatchctlError(found["error"][0], hint=found["error"][1]) if found["error"] else None
        self._show(RowEnd(row.number, row.account, row.args, result, error, found["elapsed_s"]), reused=reused)

    def _take_files(self, row: Row) -> None:
        data = self._store.read(f"{row_prefix(self.job.run_id, row, self.job.salt)}/{FILES}")
        if data is not None and self.files is not None:
            text = self._seal.opened(data.decode("utf-8", "surrogatepass"))
            kept = json.loads(text)
            self.files(row, kept["files"], kept["failed"])

    def _end(self, end: RowEnd) -> None:
        """Keep a row that no worker brought to its end."""
        self.table.keep(end)
        self._show(end)

    def _show(self, end: RowEnd, *, reused: bool = False) -> None:
        """Say that a row ended."""
        if self.progress is not None:
            self.progress.ended(end.number, end, reused=reused)
        self.notify(RowFinished(end, reused))


async def _quietly(cancelled: Any) -> None:
    try:
        await cancelled
    except (OSError, RuntimeError):
        return


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that says most: one of ours before any other."""
    found = [each for each in errors.exceptions if not isinstance(each, Interrupted)] or list(errors.exceptions)
    return next((each for each in found if isinstance(each, BatchctlError)), found[0])


def _lost() -> ConnectionFailed:
    return ConnectionFailed("the connection to the workers' scheduler was lost", hint="resume the run on others")
