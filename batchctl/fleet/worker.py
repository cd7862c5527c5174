"""What a worker does: the rows of one task, side by side, each claimed before it starts and kept when it ends."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import OrderedDict
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from distributed import get_worker

from batchctl.definition.given import Given
from batchctl.destinations.receivers import Receivers
from batchctl.engine.backends.recording import Recorder
from batchctl.engine.events import both, ignore
from batchctl.engine.observe.timeline import Timeline
from batchctl.errors import BatchctlError, Interrupted, StoreError, UsageError
from batchctl.execution.batch_delivery import DeliveryCounts
from batchctl.execution.making import Key, make_executor
from batchctl.execution.notices import silent
from batchctl.execution.packed import pack
from batchctl.execution.row_end import Row, RowCalls, RowEnd
from batchctl.execution.row_progress import RowsProgress
from batchctl.fleet.job import Job
from batchctl.fleet.line import Line, SharedGate
from batchctl.fleet.row_record import RESULT, RowRecord, TakenOver, row_prefix
from batchctl.fleet.store import apart, open_store
from batchctl.fleet.sync_row import run_sync_row
from batchctl.json_types import write_json
from batchctl.outputs.row_extras import read_files
from batchctl.redaction import Redactor
from batchctl.store.sync_state import CarriedState
from batchctl.structs import Struct, field, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.execution.row_plans import RowPlans
    from batchctl.fleet.sealed import Sealed
    from batchctl.fleet.store import Store
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan

# Jobs that a worker keeps at hand: their definitions are read once.
_KEPT = 4
_TELL_S = 0.5
# What a row is told without a state.
_WITHOUT_STATE = 4


class _Ready(Struct, frozen=True):
    """A job with what a worker made of it."""

    job: Job
    plans: RowPlans
    store: Store
    receivers: Receivers = field(default_factory=Receivers)


_JOBS: OrderedDict[str, _Ready] = OrderedDict()
_LOCK = Lock()


def run_part(job: str, rows: Sealed) -> list[JsonObject]:
    """Run some rows of the job with the id ``job``: this is the Dask task of a worker.

    ``rows`` holds a JSON list of ``[number, account, args, occurrence]``, in a sync job with the row's state as a
    fifth. How each row ended is in the store; the result has ``number``, ``state``, ``records``, ``elapsed_s`` and
    ``error`` of each: ``[sentence, hint or null]``, null unless it could not run. Rows that were cut short are missing.
    Raises ``BatchctlError``, and ``RuntimeError`` for a bug.
    """
    worker = get_worker()
    try:
        return asyncio.run(_Part(Line(worker, job), worker.address).run(rows))
    except BatchctlError as error:
        failed: Exception = type_of(error)(str(error), hint=error.hint)
    except Exception as error:  # noqa: BLE001 - named where the command runs
        failed = RuntimeError(f"a worker came upon a bug in batchctl ({type(error).__name__})")
    # Only its words travel: a traceback, or an error that it followed from, may show what it was about, and Dask gives
    # up the class of an error where one of these can't be unpickled.
    raise failed


def type_of(error: BatchctlError) -> type[BatchctlError]:
    """The class with which ``error`` is raised for the client: ``Interrupted``, ``UsageError`` or ``BatchctlError``.

    It is the first of these that ``error`` is an instance of.
    """
    return next(each for each in (Interrupted, UsageError, BatchctlError) if isinstance(error, each))


class _Part:
    """The rows of one task."""

    def __init__(self, line: Line, worker: str) -> None:
        self._line = line
        self._worker = worker
        self._deliveries: RowDeliveries | None = None
        self._progress = RowsProgress(0)
        self._states: dict[int, JsonObject] = {}

    async def run(self, rows: Sealed) -> list[JsonObject]:
        """Run them, as many at once as the job says; when the run is over meanwhile, those that ended by then."""
        ready = _with_own_fixtures(await self._ready())
        self._deliveries = ready.job.places.deliveries(ready.receivers) if ready.job.places is not None else None
        given = json.loads(rows.data)
        self._states = {each[0]: each[4] for each in given if len(each) > _WITHOUT_STATE}
        pending = iter([Row(*each[:_WITHOUT_STATE]) for each in given])
        ended: list[JsonObject] = []
        telling = asyncio.create_task(self._tell())
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(ready.job.parallel):
                    group.create_task(self._lane(pending, ready, ended))
        except BaseExceptionGroup as errors:
            first = errors.exceptions[0]
            if not isinstance(first, Interrupted):
                raise first from None
        finally:
            telling.cancel()
            await asyncio.wait([telling])
        return ended

    async def _tell(self) -> None:
        """Tell now and then where the rows are, and at the end that none is under way."""
        part = uuid.uuid4().hex
        try:
            while True:
                await asyncio.sleep(_TELL_S)
                await self._line.ask("batchctl_tell", part=part, news=self._progress.news())
        except Interrupted:
            return
        finally:
            with suppress(Interrupted):
                await self._line.ask("batchctl_tell", part=part, news=[])

    async def _lane(self, rows: Iterator[Row], ready: _Ready, ended: list[JsonObject]) -> None:
        for row in rows:
            # A row of a run that is over must not be claimed: whoever resumes the run has it.
            await self._line.require_open()
            self._progress.started(row)
            try:
                end = await self._row(row, ready)
            except TakenOver:
                # Somebody else has the row: what it did is in its journal.
                continue
            finally:
                self._progress.ended(row.number, None)
            if end is not None:
                ended.append(end)

    async def _row(self, row: Row, ready: _Ready) -> JsonObject | None:
        store, job = ready.store, ready.job
        prefix = row_prefix(job.run_id, row, job.salt)
        record = await apart(store, RowRecord.claim, store, prefix, job.salt, row, self._worker)
        kept = await apart(store, store.read, f"{prefix}/{RESULT}") if record.resumed else None
        if kept is not None and (known := json.loads(kept))["state"] == "succeeded":
            # A worker that was lost had come to its end.
            return _row_data(row, known)
        watching = self._progress.observer(row.number)
        state = CarriedState(self._states.get(row.number, {}))
        running = _RunningRow(row, ready, record, self._line, watching, state, self._deliveries)
        end = await running.run()
        if end.state == "open":
            return None
        data = running.kept(end)
        await apart(store, record.save_end, data)
        return _row_data(row, data)

    async def _ready(self) -> _Ready:
        """The job: asked for once per worker."""
        with _LOCK:
            found = _JOBS.get(self._line.job)
        if found is not None:
            return found
        sealed = await self._line.ask("batchctl_job")
        if sealed is None:
            raise Interrupted("the run is over")
        if sealed is False:
            raise UsageError(
                f"the token would travel unencrypted to the worker {self._worker}", hint="use TLS between all machines"
            )
        job = Job.unpacked(sealed.data)
        ready = _Ready(job, job.batch.plans(), await asyncio.to_thread(open_store, job.store, is_near=job.is_near))
        with _LOCK:
            _JOBS[self._line.job] = ready
            while len(_JOBS) > _KEPT:
                _JOBS.popitem(last=False)
        return ready


def _with_own_fixtures(ready: _Ready) -> _Ready:
    """The same with a folder of fixtures whose files are read once for all rows of a task."""
    settings = ready.job.settings
    # Rows that are sent to an API need no folder, even where one is named.
    if settings.kind != "local" or not isinstance(settings.answers, Path):
        return ready
    from batchctl.engine.backends.fixture_folder import FixtureFolder

    return replace(ready, job=replace(ready.job, settings=replace(settings, answers=FixtureFolder(settings.answers))))


class _RunningRow(Struct):
    """One row that is claimed."""

    row: Row
    ready: _Ready
    record: RowRecord
    line: Line
    watching: Observer
    state: CarriedState
    deliveries: RowDeliveries | None = None
    redactor: Redactor | None = None
    delivered: DeliveryCounts = field(default_factory=DeliveryCounts)

    async def run(self) -> RowEnd:
        """How it ends. Raises ``Interrupted`` and ``TakenOver`` when it is not this worker's to end."""
        row, started = self.row, time.monotonic()
        result: RunResult | None = None
        error: BatchctlError | None = None
        extras = self.ready.job.extras
        timeline = Timeline() if extras.watches else None
        calls, recorder = RowCalls(), Recorder() if extras.records else None
        try:
            plan = self.ready.plans.plan(Given(row.args, row.account))
            result = await self._execute(plan, timeline, recorder)
            if self.deliveries is not None and not result.interrupted:
                result = await self._deliver(self.deliveries, plan, result)
            if timeline is not None:
                calls = extras.calls(plan, result, timeline, self.redactor or Redactor())
            if recorder is not None and not result.interrupted:
                await asyncio.to_thread(self._keep_files, plan, result, recorder)
        except (Interrupted, TakenOver, StoreError):
            raise
        except BatchctlError as failed:
            error = failed
        return RowEnd(row.number, row.account, row.args, result, error, time.monotonic() - started, calls)

    async def _execute(self, plan: Plan, timeline: Timeline | None, recorder: Recorder | None) -> RunResult:
        job = self.ready.job
        gates = partial(SharedGate, self.line, salt=job.salt)
        settings = replace(job.settings_for(plan, self.row, gates), recorder=recorder)
        self.redactor = settings.redactor
        key = Key(job.key and f"{job.key}-{self.record.number}")
        observer = both(self.watching, timeline or ignore)
        if job.sync is not None:
            shared = self.ready.receivers
            return await run_sync_row(
                job.sync, plan, self.row, self.record, settings, key, self.state, observer, shared
            )
        about = settings.about(plan, job.batch.file, key)
        # A batch on Truto has its key alone: what came of it is the row's result.
        history = self.record if settings.kind == "direct" else None
        return await make_executor(plan, settings, about, history).run(observer, silent)

    async def _deliver(self, deliveries: RowDeliveries, plan: Plan, result: RunResult) -> RunResult:
        """Deliver what the row brought, while it is this worker's."""
        await asyncio.to_thread(self.record.secure)
        result, self.delivered = await deliveries.delivered(self.row, plan, result, self.ready.job.run_id)
        return result

    def _keep_files(self, plan: Plan, result: RunResult, recorder: Recorder) -> None:
        """Keep what was recorded where the client finds it, which writes it to its place."""
        redactor = self.redactor or Redactor()
        kept: JsonObject = {"files": {}, "failed": None}
        with TemporaryDirectory() as place:
            folder = Path(place)
            try:
                self.ready.job.extras.write(plan, result, recorder, redactor, folder / "record", folder / "trace.har")
                kept["files"] = read_files(folder)
            except (BatchctlError, OSError) as error:
                # The row itself is whole.
                kept["failed"] = str(error)
        text = write_json(kept)
        self.record.save_files(redactor.seal(self.ready.job.salt).sealed(text))

    def kept(self, end: RowEnd) -> JsonObject:
        """What the store keeps of a row: no secret that is known."""
        redactor = self.redactor or Redactor()

        def redact(text: str) -> str:
            # Plain text: it travels to the client, and what may be shown is never made from bytes.
            return str(redactor.text(text))

        packed = None
        if end.result is not None and self.redactor is not None:
            packed = self.redactor.seal(self.ready.job.salt).sealed(pack(end.result))
        error: JsonValue = (
            None if end.error is None else [redact(str(end.error)), end.error.hint and redact(end.error.hint)]
        )
        return {
            "state": end.state,
            "elapsed_s": end.elapsed_s,
            "records": end.records,
            "error": error,
            "calls": [list(each) for each in end.calls] if any(end.calls) else None,
            "result": packed,
            "delivered": self._delivered(redact) if self.deliveries is not None else None,
            "state_changes": {**self.state.changes} or None,
            "attempt": f"{self.record.prefix} {self.record.attempt}",
        }

    def _delivered(self, redact: Callable[[str], str]) -> JsonObject:
        counts = self.delivered
        failed: JsonObject = {name: [redact(each) for each in said] for name, said in counts.failed.items()}
        return {"delivered": {**counts.delivered}, "records": {**counts.records}, "failed": failed}


def _row_data(row: Row, kept: JsonObject) -> JsonObject:
    return {"number": row.number, **{name: kept[name] for name in ("state", "elapsed_s", "records", "error")}}
