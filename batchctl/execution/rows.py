"""One batch, once per row, side by side: a row that can't run does not stop the others."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.engine.events import ignore
from batchctl.engine.result import Skipped
from batchctl.errors import BatchctlError, Interrupted
from batchctl.execution.making import Key, make_executor
from batchctl.execution.notices import RecordsSaved, ResponseSaved, Resumable, RowFinished, silent
from batchctl.execution.row_end import RowEnd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.execution.executor import Executor
    from batchctl.execution.making import Settings
    from batchctl.execution.notices import Notice, Notify
    from batchctl.execution.row_end import Row
    from batchctl.execution.row_journal import RowJournal
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.store.facts import Status


@dataclass(frozen=True, slots=True)
class RowJob:
    """A row made ready to run."""

    row: Row
    plan: Plan
    executor: Executor


@dataclass(frozen=True, slots=True)
class RowsResult:
    """How each row ended, in the order of the rows; ``interrupted`` says that not all were run."""

    ends: Sequence[RowEnd]
    interrupted: bool = False

    @property
    def status(self) -> Status:
        """``succeeded`` when every row did, ``interrupted`` when not all were run, else ``failed``."""
        if self.interrupted:
            return "interrupted"
        return "succeeded" if all(end.ok for end in self.ends) else "failed"


def row_jobs(rows: Sequence[tuple[Row, Plan]], settings: Settings, journal: RowJournal, file: str) -> list[RowJob]:
    """A job per row, each with its plan; ``file`` is the definition's name for people.

    Two rows must not share an idempotency key: each adds its number to that of all rows.
    """
    jobs = []
    for row, plan in rows:
        about = settings.about(plan, file, Key(journal.key and f"{journal.key}-{row.number}"))
        jobs.append(RowJob(row, plan, make_executor(plan, settings, about, journal.history(row))))
    return jobs


async def run_rows(
    jobs: Sequence[RowJob], journal: RowJournal, *, parallel: int = 4, notify: Notify = silent
) -> RowsResult:
    """Run the jobs, ``parallel`` at once; rows that succeeded in the run that ``journal`` resumes are not run again.

    A cancelled one answers with the rows that ended. Raises ``StoreError`` when the journal can't be written.
    """
    with journal.opened(notify):
        runner = _Runner(jobs, journal, parallel, notify)
        result = await runner.run()
        journal.finish(result.status, _summary(result))
        if result.status != "succeeded" and journal.run_id is not None:
            notify(Resumable(journal.run_id))
    return result


class _Runner:
    def __init__(self, jobs: Sequence[RowJob], journal: RowJournal, parallel: int, notify: Notify) -> None:
        self._jobs = jobs
        self._journal = journal
        self._notify = notify
        self._places = asyncio.Semaphore(parallel)
        self._ends: dict[int, RowEnd] = {}

    async def run(self) -> RowsResult:
        interrupted = False
        try:
            async with asyncio.TaskGroup() as group:
                for job in self._jobs:
                    group.create_task(self._job(job))
        except (asyncio.CancelledError, KeyboardInterrupt):
            interrupted = True
        except BaseExceptionGroup as errors:
            # The journal of all rows can't be written: the group stopped the others, and any one error says it.
            raise errors.exceptions[0] from None
        rows = [job.row for job in self._jobs]
        ends = [self._ends.get(row.number) or RowEnd(row.number, row.account, row.args) for row in rows]
        return RowsResult(ends, interrupted)

    async def _job(self, job: RowJob) -> None:
        async with self._places:
            end = self._journal.recall(job.row, job.plan)
            reused = end is not None
            end = end or await self._ran(job)
        if end is not None:
            self._ends[job.row.number] = end
            self._notify(RowFinished(end, reused))

    async def _ran(self, job: RowJob) -> RowEnd | None:
        """How a row ends; None when it is cut short."""
        row, started = job.row, time.monotonic()
        result, error = None, None
        try:
            result = await job.executor.run(ignore, self._pass_on)
        except Interrupted:
            return None
        except BatchctlError as failed:
            error = failed
        if result is not None and result.interrupted:
            return None
        end = RowEnd(row.number, row.account, row.args, result, error, time.monotonic() - started)
        self._journal.record(row, end)
        return end

    def _pass_on(self, notice: Notice, /) -> None:
        """Of a single row only where its data is: the rest is said once, of all rows."""
        if isinstance(notice, ResponseSaved | RecordsSaved):
            self._notify(notice)


def _summary(result: RowsResult) -> JsonObject:
    """Counts for ``batchctl runs``; no record and no message."""
    outcomes = [each for end in result.ends if end.result for each in end.result.outcomes.values()]
    return {
        "rows": len(result.ends),
        "failed_rows": [end.number for end in result.ends if not end.ok],
        "records": sum(each.count for each in outcomes if not isinstance(each, Skipped)),
    }
