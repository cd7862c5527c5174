"""A sync job, once per row: what tells the rows apart, and what makes of a run's result that of a row."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

from batchctl.destinations.choosing import has_one_writer, place_below, with_default
from batchctl.engine.result import Brought
from batchctl.errors import DefinitionError, UsageError
from batchctl.execution.making import Key
from batchctl.execution.notices import silent
from batchctl.execution.row_end import row_folder
from batchctl.execution.rows import RowJob
from batchctl.execution.sync import SyncPlan, require_accepted_arguments
from batchctl.execution.sync_here import run_here
from batchctl.execution.sync_names import filled_in, own_space
from batchctl.plain import counted
from batchctl.plan.accounts import all_accounts
from batchctl.store.facts import RunInfo
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.engine.events import Observer
    from batchctl.engine.result import Outcome, RunResult
    from batchctl.execution.history import History
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_end import Row
    from batchctl.execution.row_journal import RowJournal
    from batchctl.execution.sync import SyncResult
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan

# How the run of all rows is recorded.
KIND = "sync-each"
Turn: TypeAlias = AbstractAsyncContextManager[object]
"""A lock that lets one row at a time write to a file which can only have one writer."""
# The digits of a row's folder: the same when rows are added.
_DIGITS = 5


def planned_row(plan: Plan) -> SyncPlan:
    """The sync job in the ``plan`` of a row, together with that plan. Raises ``DefinitionError`` for a batch."""
    job = plan.definition.job
    if job is None:
        raise DefinitionError("this is not a sync job", hint="batchctl run FILE --each ROWS runs a batch")
    return SyncPlan(job, plan)


def shared_by(planned: SyncPlan, number: int, *, force: bool = False) -> list[str]:
    """What no other row may use while the row ``number`` runs: ``account ID``, ``state NAME``, ``mutex NAME``.

    With ``force`` the mutex is left out. Raises ``UsageError`` for arguments that the job refuses, and for a
    placeholder without a value in ``state_key`` or ``mutex_key``.
    """
    try:
        require_accepted_arguments(planned)
        shared = [f"account {each}" for each in all_accounts(planned.plan)] + [f"state {own_space(planned)}"]
        mutex = planned.job.mutex_key
        if mutex is not None and not force:
            shared.append(f"mutex {filled_in('mutex_key', mutex, planned.plan.definition.args)}")
    except UsageError as error:
        raise UsageError(f"row {number}: {error}", hint=error.hint) from error
    return shared


def sharing_note(planned: SyncPlan, again: Mapping[str, int]) -> str | None:
    """A sentence for people about rows that continue from the state of another row; None where there are none.

    ``again`` is ``RowTable.again``: how many rows share something with an earlier one, by kind (``state``,
    ``account``).
    """
    reads = any(step.node.kind == "get_state" for step in planned.plan.steps.values())
    if not again.get("state") or not (reads or "previous_run_date" in str(planned.plan.source.text)):
        return None
    rows = counted(again["state"], "row")
    return f"{rows} will continue from the state of another row; a state_key with what differs keeps them apart"


def sync_row_settings(common: SyncSettings, planned: SyncPlan, row: Row) -> SyncSettings:
    """The settings for one row: ``common`` with the row's folder below ``to``, and with its number in webhook posts.

    The folder has the name of the row's account, else the row's number; only folders and buckets in ``to`` get one.
    """
    account = next(iter(all_accounts(planned.plan)), None)
    # Named after its account alone: it is the same tomorrow, when there are more accounts.
    folder = row_folder(0, account, 1).removeprefix("0-") if account else row_folder(row.number, None, _DIGITS)
    to = [place_below(each, folder) for each in with_default(common.to)]
    return replace(common, to=to, meta={"row": row.number, "account": account})


class SyncRowExecutor(Struct, frozen=True):
    """Runs a planned sync job for one row, on this machine.

    It is an ``Executor``. ``about`` is what is recorded of the row's run in ``history``. ``turn`` is a lock that lets
    one row at a time write to a file which can only have one writer.
    """

    planned: SyncPlan
    settings: SyncSettings
    about: RunInfo
    history: History
    turn: Turn

    @property
    def where(self) -> str:
        """What answers the calls, in words: ``embedded engine over`` a folder, or the API's host."""
        return self.settings.where

    @property
    def host(self) -> str:
        """The host of the API that calls go to; empty for fixtures."""
        return self.about.host

    async def run(self, observer: Observer, notify: Notify) -> RunResult:  # noqa: ARG002 - of a row its end is said
        """Run the job, and return its result as that of a row; ``notify`` gets nothing.

        Raises ``StoreError`` where it can't be recorded, ``RunUnderWay`` while another run has the job's ``mutex_key``,
        ``Interrupted`` when cancelled, and other errors of batchctl (``BatchctlError``) where it can't be run.
        """
        async with self.turn if any(map(has_one_writer, self.settings.to)) else nullcontext():
            run = self.history.open(self.about)
            return row_result(await run_here(self.planned, self.settings, run, observer, silent))


def row_result(found: SyncResult) -> RunResult:
    """The result of a sync job's run as that of a row: with counts and errors, but without the records.

    The records have been delivered. The ``sync`` of the result that is returned has the run as ``--output json`` prints
    it: an object with ``run``, ``destinations`` and ``errors``.
    """
    outcomes: dict[str, Outcome] = {
        key: replace(each, records=[], total=each.count) if isinstance(each, Brought) else each
        for key, each in found.ended().outcomes.items()
    }
    return replace(found.result, outcomes=outcomes, answered=frozenset(), sync=found.json())


def sync_row_jobs(
    plan_of: Callable[[Row], Plan], settings: SyncSettings, journal: RowJournal, file: str, turn: Turn
) -> Callable[[Row], RowJob]:
    """A function that makes a row of a sync job ready to run in this process.

    ``plan_of`` makes the plan of a row, ``file`` is the job's name for people, ``turn`` is a lock that lets one row at
    a time write to a file which can only have one writer. The function that is returned raises ``DefinitionError``
    where the row's plan is of a batch.
    """

    def job(row: Row) -> RowJob:
        planned = planned_row(plan_of(row))
        own = sync_row_settings(settings, planned, row)
        about = sync_row_about(planned, own, row, file, Key(journal.key and f"{journal.key}-{row.number}"))
        executor = SyncRowExecutor(planned, own, about, journal.history(row), turn)
        return RowJob(row, planned.plan, executor)

    return job


def sync_row_about(planned: SyncPlan, settings: SyncSettings, row: Row, file: str, key: Key) -> RunInfo:
    """What is recorded of the run of ``row``: job, account and arguments.

    ``file`` is the job's name for people, ``key`` the idempotency key of the row's run.
    """
    content: JsonObject = {"job": planned.plan.definition.payload, "account": row.account, "args": row.args}
    return RunInfo(KIND, file, content, settings.host, None, key.text)
