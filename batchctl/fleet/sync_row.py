"""A row of a sync job on a worker, and the states of all rows where the run was started."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.destinations.choosing import has_one_writer
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.errors import UsageError
from batchctl.execution.notices import silent
from batchctl.execution.sync_here import SyncSettings, mutex_of, opened_state, run_here
from batchctl.execution.sync_rows import planned_row, row_result, sync_row_about, sync_row_settings
from batchctl.fleet.turn import Turn
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.destinations.receivers import Receivers
    from batchctl.engine.events import Observer
    from batchctl.engine.result import RunResult
    from batchctl.execution.executor import Target
    from batchctl.execution.making import Key, Settings
    from batchctl.execution.row_end import Row
    from batchctl.execution.sync import SyncPlan
    from batchctl.fleet.job import SyncWork
    from batchctl.fleet.row_record import RowRecord
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.store.lock import Lock
    from batchctl.store.sync_state import CarriedState, SyncState


async def run_sync_row(  # noqa: PLR0913, PLR0917 - what a row is, and what it shares with the others
    work: SyncWork,
    plan: Plan,
    row: Row,
    record: RowRecord,
    settings: Settings,
    key: Key,
    carried: CarriedState,
    observer: Observer,
    receivers: Receivers,
) -> RunResult:
    """Run a row of a sync job that ``record`` has claimed, and return its result.

    ``plan`` is the row's, ``work`` and ``settings`` are those of all rows, ``key`` is the row's idempotency key;
    ``observer`` gets the engine's events. ``carried`` has the row's state, and afterwards the changes to it;
    ``receivers`` is what the worker's rows know of the hosts of webhooks. Raises ``TakenOver`` where the row was given
    to another worker before anything was sent, ``RunStopped`` where a webhook asks for it, ``Interrupted`` when
    cancelled, and other errors of batchctl where the row can't be run.
    """
    planned = planned_row(plan)
    common = SyncSettings(
        _answers(settings),
        work.to,
        work.secret,
        # The state travels with the row, and its mutex is held where the run was started.
        Path(),
        Path(),
        settings.options,
        work.account,
        work.ignore_previous_run,
        True,
        settings.retries,
        settings.rate_limit,
        key.text,
        settings.redactor,
        work.error_handling,
        carried=carried,
        gates=settings.gates,
        secure=record.secure,
        answer_size=settings.answer_size,
        receivers=receivers,
    )
    own = sync_row_settings(common, planned, row)
    run = record.open(sync_row_about(planned, own, row, "", key))
    async with Turn(Path(work.turns)) if any(map(has_one_writer, own.to)) else nullcontext():
        return row_result(await run_here(planned, own, run, observer, silent))


def _answers(settings: Settings) -> FixtureFolder | Target:
    if settings.target is not None:
        return settings.target
    # A folder has been opened for all rows of the task.
    if isinstance(settings.answers, FixtureFolder):
        return settings.answers
    raise UsageError("rows of a sync job need fixtures or an API")


class RowStates(Struct, frozen=True):
    """The states of a sync job's rows on the machine that started the run.

    A state is read before its row is given to a worker, and written when the row has ended. ``plan_of`` makes the plan
    of a row. The methods raise ``StoreError`` for a state that can't be used, ``UsageError`` for a ``state_key``
    without a value.
    """

    plan_of: Callable[[Row], Plan]
    settings: SyncSettings

    def values(self, row: Row) -> JsonObject:
        """The values in the state of a row, by key."""
        state = self._state(row)
        try:
            return state.values()
        finally:
            state.close()

    def change(self, row: Row, changes: Mapping[str, list[JsonValue]], attempt: str) -> None:
        """Write a row's ``changes`` to its state: for each key ``[value]``, or an empty list where it was deleted.

        ``attempt`` identifies the worker's attempt at the row; changes of the same attempt are written only once.
        """
        state = self._state(row)
        try:
            state.change(changes, attempt)
        finally:
            state.close()

    def mutex(self, row: Row) -> Lock | None:
        """The lock that only one run may hold at a time, taken for a row; None where the job has none or it is ignored.

        The caller releases the lock. Raises ``RunUnderWay`` while another run holds it.
        """
        return None if self.settings.force else mutex_of(self._planned(row), self.settings.locks)

    def _planned(self, row: Row) -> SyncPlan:
        return planned_row(self.plan_of(row))

    def _state(self, row: Row) -> SyncState:
        return opened_state(self._planned(row), self.settings)
