"""One batch, once per row, side by side: a row that can't run does not stop the others."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from batchctl.engine.backends.recording import Recorder
from batchctl.engine.events import both, ignore
from batchctl.engine.observe.timeline import Timeline
from batchctl.errors import BatchctlError, Interrupted
from batchctl.execution.making import Key, make_executor
from batchctl.execution.notices import RecordsSaved, ResponseSaved, Resumable, RowFinished, silent
from batchctl.execution.row_end import RowCalls, RowEnd
from batchctl.execution.row_table import RowEnds
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.executor import Executor
    from batchctl.execution.making import Settings
    from batchctl.execution.notices import Notice, Notify
    from batchctl.execution.row_deliveries import DeliverRow
    from batchctl.execution.row_end import Row
    from batchctl.execution.row_journal import RowJournal
    from batchctl.execution.row_progress import RowsProgress
    from batchctl.execution.row_table import RowTable
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan, Step
    from batchctl.store.facts import Status

_MAX_NAMED = 1000


class RowJob(Struct, frozen=True):
    """A row with what it takes to run it: its plan, and its executor; a ``recorder`` gets its calls and answers.

    None as ``recorder`` means that these are not recorded.
    """

    row: Row
    plan: Plan
    executor: Executor
    recorder: Recorder | None = None


class RowsResult(Struct, frozen=True):
    """How a run of rows ended: ``ends`` has how each row ended; ``interrupted`` means that not all of them were run."""

    ends: RowEnds
    interrupted: bool = False

    @property
    def status(self) -> Status:
        """``interrupted`` when not all rows were run, else ``succeeded`` when every row did, else ``failed``."""
        if self.interrupted:
            return "interrupted"
        counts = self.ends.table.counts()
        return "succeeded" if counts.succeeded == counts.rows else "failed"


class RowWatch(Struct, frozen=True):
    """Functions that are called while rows run, and the ``progress`` in which the rows are counted; None for none.

    ``calls_of`` gets the plan, the result and the calls of a row, and returns these in the form of reports.
    ``recorded`` gets each row that ran to its end, with its plan, result and recorded calls.
    """

    progress: RowsProgress | None = None
    calls_of: Callable[[Plan, RunResult, Timeline], RowCalls] | None = None
    recorded: Callable[[Row, Plan, RunResult, Recorder], None] | None = None


_NOBODY = RowWatch()


def row_jobs(
    plan_of: Callable[[Row], Plan], settings: Settings, journal: RowJournal, file: str, *, records: bool = False
) -> Callable[[Row], RowJob]:
    """A function that makes a row ready to run.

    ``plan_of`` makes the plan of a row, ``file`` is the definition's name for people; ``journal`` has the run's key,
    and records each row. With ``records`` each row's calls and answers are recorded, too. A row's idempotency key is
    that of the run with the row's number added, so that no two rows share one. The function that is returned raises
    ``UsageError`` where something in ``settings`` is missing or can't be used, and what ``plan_of`` raises.
    """

    def job(row: Row) -> RowJob:
        plan = plan_of(row)
        about = settings.about(plan, file, Key(journal.key and f"{journal.key}-{row.number}"))
        recorder = Recorder() if records else None
        own = settings if recorder is None else replace(settings, recorder=recorder)
        return RowJob(row, plan, make_executor(plan, own, about, journal.history(row)), recorder)

    return job


async def run_rows(
    table: RowTable,
    steps: Mapping[str, Step],
    job_of: Callable[[Row], RowJob],
    journal: RowJournal,
    *,
    parallel: int = 4,
    notify: Notify = silent,
    watch: RowWatch = _NOBODY,
    deliver: DeliverRow | None = None,
) -> RowsResult:
    """Run the rows of ``table``, ``parallel`` at once; those that succeeded in the resumed run are not run again.

    ``steps`` are those of the rows' plan, by key; ``job_of`` makes a row ready to run, as ``row_jobs`` has it;
    ``journal`` records the rows. ``deliver`` gets the result of each row and returns the one to record; None where
    nothing is delivered. When cancelled it returns the rows that have ended. Raises ``StoreError`` when the journal
    can't be written, ``BatchctlError`` when the disk can't be used.
    """
    with journal.opened(notify, table), keeping_rows(table, steps):
        runner = _Runner(table, job_of, journal, notify, watch, deliver)
        interrupted = await runner.run(parallel)
        result = RowsResult(RowEnds(table, steps), interrupted)
        journal.finish(result.status, rows_summary(table))
        if result.status != "succeeded" and journal.run_id is not None:
            notify(Resumable(journal.run_id))
    return result


@contextmanager
def keeping_rows(table: RowTable, steps: Mapping[str, Step]) -> Iterator[None]:
    """A context in which the rows of ``table`` run: an error that ends them all has those that ended as its ``result``.

    ``steps`` are those of the rows' plan, by key. An error before any row has ended has no result.
    """
    try:
        yield
    except BatchctlError as error:
        counts = table.counts()
        if counts.open < counts.rows:
            error.result = RowsResult(RowEnds(table, steps), interrupted=True)
        raise


class _Runner(Struct, frozen=True):
    table: RowTable
    job_of: Callable[[Row], RowJob]
    journal: RowJournal
    notify: Notify
    watch: RowWatch
    deliver: DeliverRow | None

    async def run(self, parallel: int) -> bool:
        """Whether it was interrupted."""
        try:
            for turn in range(self.table.turns):
                rows = self.table.rows_of(turn)
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(parallel, len(self.table))):
                        group.create_task(self._lane(rows))
        except (asyncio.CancelledError, KeyboardInterrupt):
            return True
        except BaseExceptionGroup as errors:
            # The journal of all rows can't be written: the group stopped the others, and any one error says it.
            raise errors.exceptions[0] from None
        return False

    async def _lane(self, rows: Iterator[Row]) -> None:
        """One row after the other, as long as there are any."""
        for row in rows:
            # A row answers Ctrl-C with what it has: no further one may start.
            if not await self._row(row):
                return
            # Rows without a wait of their own must not keep Ctrl-C out.
            await asyncio.sleep(0)

    async def _row(self, row: Row) -> bool:
        """Whether it ended; it was cut short otherwise."""
        progress = self.watch.progress
        if progress is not None:
            progress.started(row)
        end = self.journal.recall(row)
        reused = end is not None
        end = end or await self._ran(row)
        if progress is not None:
            progress.ended(row.number, end, reused=reused)
        if end is not None:
            self.table.keep(end)
            self.notify(RowFinished(end, reused))
        return end is not None

    async def _ran(self, row: Row) -> RowEnd | None:
        """How a row ends; None when it is cut short."""
        started = time.monotonic()
        result, error, calls = None, None, RowCalls()
        timeline = Timeline() if self.watch.calls_of is not None else None
        try:
            job = self.job_of(row)
            result = await job.executor.run(self._observer(row, timeline), self._pass_on)
            if self.deliver is not None and not result.interrupted:
                result = await self.deliver(row, job.plan, result, self.journal.run_id)
            if timeline is not None and self.watch.calls_of is not None:
                calls = self.watch.calls_of(job.plan, result, timeline)
            if job.recorder is not None and self.watch.recorded is not None and not result.interrupted:
                self.watch.recorded(row, job.plan, result, job.recorder)
        except Interrupted:
            return None
        except BatchctlError as failed:
            error = failed
        if result is not None and result.interrupted:
            return None
        elapsed_s = time.monotonic() - started
        end = RowEnd(row.number, row.account, row.args, result, error, elapsed_s, calls)
        try:
            self.journal.record(row, end)
        except BatchctlError:
            # It ends all rows, and what this one brought is among what is left of them.
            self.table.keep(end)
            raise
        return end

    def _observer(self, row: Row, timeline: Timeline | None) -> Observer:
        progress = self.watch.progress
        if progress is None:
            return timeline or ignore
        watching = progress.observer(row.number)
        return watching if timeline is None else both(watching, timeline)

    def _pass_on(self, notice: Notice, /) -> None:
        """Of a single row only where its data is: the rest is said once, of all rows."""
        if isinstance(notice, ResponseSaved | RecordsSaved):
            self.notify(notice)


def rows_summary(table: RowTable) -> JsonObject:
    """The counts of a run of rows that ``batchctl runs`` shows: ``{"rows": 9, "failed_rows": [2, 5], "records": 120}``.

    Rows that did not succeed are named by their numbers, at most 1,000.
    """
    counts = table.counts()
    return {
        "rows": counts.rows,
        "failed_rows": list(table.not_succeeded(_MAX_NAMED)),
        "records": counts.records,
    }
