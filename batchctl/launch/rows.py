"""Rows that have been checked, on their way through the executors: on this machine, or on workers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.execution.making import key_for
from batchctl.execution.notices import silent
from batchctl.execution.row_journal import RowJournal
from batchctl.execution.row_resume import about_rows, reopen_rows
from batchctl.execution.rows import RowWatch, row_jobs, run_rows
from batchctl.execution.sync_record import about_sync_rows
from batchctl.execution.sync_rows import sync_row_jobs
from batchctl.launch.inputs import read_environment
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from batchctl.engine.observe.timeline import Timeline
    from batchctl.engine.result import RunResult
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import Settings
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.execution.row_end import Row, RowCalls
    from batchctl.execution.row_progress import RowsProgress
    from batchctl.execution.rows import RowJob, RowsResult
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.fleet.job import Batch
    from batchctl.fleet.running import Workers
    from batchctl.json_types import JsonObject
    from batchctl.launch.setup import Mask, Setup
    from batchctl.outputs.recordings import RowRecordings
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import RunInfo


class OnWorkers(Struct, frozen=True):
    """What it takes to run rows on workers: which workers, and the definition as they need it (``batch``).

    ``resumed`` means that some rows may have ended in an earlier attempt.
    """

    workers: Workers
    batch: Batch
    resumed: bool = False


class RowsRun(Struct, frozen=True):
    """A run of many rows of the definition ``file``, ready to be started with ``run``.

    ``batch_rows`` and ``job_rows`` make it. ``settings`` make the executors; for a sync job ``sync`` says how it is run
    (None: a batch). ``journal`` records the rows, ``about`` is what is recorded of the run. ``recordings`` has what is
    written or reported of each row, ``deliveries`` delivers their records (None: nowhere), ``mask`` masks secrets.
    ``fleet`` has the workers; without it the rows run here, ``parallel`` at once. ``new_key`` is the idempotency key
    where it was made for this run.
    """

    rows: CheckedRows
    file: str
    settings: Settings
    about: RunInfo
    journal: RowJournal
    recordings: RowRecordings
    mask: Mask
    deliveries: RowDeliveries | None = None
    sync: SyncSettings | None = None
    fleet: OnWorkers | None = None
    parallel: int = 4
    new_key: str | None = None

    @property
    def where(self) -> str:
        """What answers the calls, and on which workers the rows run, in words."""
        where = self.settings.where if self.sync is None else self.sync.where
        return where if self.fleet is None else f"{where} · on {self.fleet.workers.on}"

    async def run(self, notify: Notify = silent, progress: RowsProgress | None = None) -> RowsResult:
        """Run the rows; how many have ended is counted in ``progress``. When cancelled it returns the rows that ended.

        Raises ``UsageError`` for settings that can't be used, ``StoreError`` where rows can't be recorded, and
        ``ConnectionFailed`` for workers that can't be reached. None as ``progress`` counts nowhere.
        """
        if self.fleet is not None:
            return await self._run_on(self.fleet, notify, progress)
        return await run_rows(
            self.rows.table,
            self.rows.plan.steps,
            self._jobs(),
            self.journal,
            parallel=self.parallel,
            notify=notify,
            watch=self._watch(progress),
            deliver=None if self.deliveries is None else self.deliveries.deliver,
        )

    def write_reports(self, result: RowsResult, elapsed_s: float, asked: Mapping[str, Path], notify: Notify) -> None:
        """Write the reports of a run that took ``elapsed_s`` seconds, as ``asked``: format → file.

        The formats are ``junit``, ``json`` and ``html``. ``notify`` gets a notice of each. Raises ``UsageError`` for a
        file that can't be written.
        """
        if asked:
            from batchctl.outputs.reports import write_row_reports
            from batchctl.render.report.rows.report import RowsReport

            report = RowsReport(result, self.rows.plan, self.where, self.file, elapsed_s)
            write_row_reports(report, asked, self.mask.redactor, notify)

    async def _run_on(self, fleet: OnWorkers, notify: Notify, progress: RowsProgress | None) -> RowsResult:
        from batchctl.fleet.running import RowsExtras, run_on_workers

        extras = RowsExtras(self.recordings.extras, self.recordings.take, self.deliveries, progress, self.sync)
        return await run_on_workers(
            self.rows,
            fleet.batch,
            self.settings,
            self.journal,
            fleet.workers,
            notify=notify,
            extras=extras,
            resumed=fleet.resumed,
        )

    def _jobs(self) -> Callable[[Row], RowJob]:
        if self.sync is not None:
            return sync_row_jobs(self.rows.plan_of, self.sync, self.journal, self.file, asyncio.Lock())
        records = self.recordings.extras.records
        return row_jobs(self.rows.plan_of, self.settings, self.journal, self.file, records=records)

    def _watch(self, progress: RowsProgress | None) -> RowWatch:
        """What is called as rows end: for the screen, and for the reports and recordings that are asked for."""
        recordings, extras = self.recordings, self.recordings.extras

        def calls_of(plan: Plan, result: RunResult, timeline: Timeline) -> RowCalls:
            return extras.calls(plan, result, timeline, self.mask.redactor)

        return RowWatch(progress, calls_of if extras.watches else None, recordings.write if extras.records else None)


def batch_rows(
    setup: Setup,
    rows: CheckedRows,
    recordings: RowRecordings,
    *,
    to: Sequence[str] = (),
    deliveries: RowDeliveries | None = None,
    workers: Workers | None = None,
    parallel: int = 4,
) -> RowsRun:
    """The run of a batch for each of ``rows``, not yet started.

    ``deliveries`` gets the rows' records (None: nothing is delivered); ``to`` are its destinations as ``--to`` has them
    (``NAME=URL``, ``dir:out``), for the record of the run. Without ``workers`` the rows run here, ``parallel`` at once.
    Raises ``UsageError`` for a run that can't be resumed as it is asked for, ``CredentialsError`` where there is no
    token, and ``StoreError`` where a resumed run's record can't be used.
    """
    settings = setup.settings(rows.plan)
    key = key_for(rows.plan, setup.api.idempotency_key, setup.kind)
    saved = replace(setup.saved(rows.plan), fleet=_kept_workers(workers))
    about = about_rows(rows, setup.inputs.shown, settings.host, key.text, saved, to)
    run = _run(setup, rows, settings, about, recordings, workers, parallel)
    new_key = key.text if key.is_new and setup.resumed is None else None
    return replace(run, deliveries=deliveries, new_key=new_key)


def job_rows(
    setup: Setup,
    rows: CheckedRows,
    sync: SyncSettings,
    recordings: RowRecordings,
    *,
    workers: Workers | None = None,
    parallel: int = 4,
) -> RowsRun:
    """The run of a sync job for each of ``rows``, as ``sync`` says, not yet started.

    Without ``workers`` the rows run here, ``parallel`` at once. Raises ``CredentialsError`` where there is no token,
    ``UsageError`` for a run that can't be resumed as it is asked for, ``StoreError`` for a record that can't be used.
    """
    saved = replace(setup.saved(rows.plan), fleet=_kept_workers(workers))
    about = about_sync_rows(rows, sync, setup.inputs.shown, saved)
    run = _run(setup, rows, setup.settings(rows.plan), about, recordings, workers, parallel)
    return replace(run, sync=sync)


def _run(
    setup: Setup,
    rows: CheckedRows,
    settings: Settings,
    about: RunInfo,
    recordings: RowRecordings,
    workers: Workers | None,
    parallel: int,
) -> RowsRun:
    resumed, fleet = setup.resumed, None
    record = reopen_rows(setup.store, resumed, about, on_workers=workers is not None) if resumed else None
    journal = RowJournal(setup.store, about, setup.mask.redactor, rows.plan_of, resumed=record)
    if workers is not None:
        fleet = OnWorkers(workers, _batch(setup, rows), resumed is not None)
    return RowsRun(
        rows,
        setup.inputs.shown,
        settings,
        about,
        journal,
        recordings,
        setup.mask,
        fleet=fleet,
        parallel=parallel,
    )


def _kept_workers(workers: Workers | None) -> JsonObject | None:
    return None if workers is None else {"on": workers.on, "store": workers.store}


def _batch(setup: Setup, rows: CheckedRows) -> Batch:
    from batchctl.fleet.running import batch_of

    inputs = setup.inputs
    return batch_of(
        rows.plan,
        inputs.shown,
        read_environment(inputs.env_file),
        inputs.given(),
        only=inputs.only,
        tolerated=inputs.tolerated,
        allow_unresolved=setup.options.allow_unresolved,
        is_job=rows.plan.definition.job is not None,
    )
