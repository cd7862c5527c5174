"""``run --each --on``: the rows spread over workers, from the options to the job that these get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from batchctl.cli.inputs import read_environment
from batchctl.destinations.choosing import whole_place, with_default
from batchctl.errors import StoreError, UsageError
from batchctl.fleet.job import Batch, Job, Places, SyncWork
from batchctl.fleet.rows import FleetRun
from batchctl.fleet.sync_row import RowStates
from batchctl.patterns import lazy_regex
from batchctl.store.lock import Lock

if TYPE_CHECKING:
    from batchctl.cli.executors import Setup
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import Settings
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.execution.row_journal import RowJournal
    from batchctl.execution.row_progress import RowsProgress
    from batchctl.execution.rows import RowsResult
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.outputs.recordings import RowRecordings

# The variables that a definition may name: the others of this process stay here.
_VARIABLE = lazy_regex(r"\$\{(\w+)")
_OWN_STORE = "fleet"
_TURNS = "turn.lock"


class RowsBeside(NamedTuple):
    """What becomes of rows beside their results: ``progress`` is the screen's, ``sync`` how a sync job is run."""

    progress: RowsProgress | None
    deliveries: RowDeliveries | None
    recordings: RowRecordings
    sync: SyncSettings | None = None


async def run_on_workers(
    setup: Setup,
    rows: CheckedRows,
    settings: Settings,
    journal: RowJournal,
    notify: Notify,
    beside: RowsBeside,
) -> RowsResult:
    """Run the rows on the workers that ``--on`` names. Raises ``UsageError``, ``ConnectionFailed``, ``StoreError``."""
    asked = setup.line.rows
    with journal.opened(notify, rows.table):
        record = journal.open_record
        if record is None:
            raise StoreError("rows on workers need a run that is recorded on this machine")
        store = _store(asked.store, record.folder)
        known = record.fact("fleet_store")
        if known not in (None, store):
            raise UsageError(f"the rows of run {record.id} are kept in {known}", hint=f"--store {known}")
        record.put(fleet_store=store)
        job = Job(
            _batch(setup, rows, is_job=beside.sync is not None),
            settings,
            record.id,
            bytes.fromhex(str(record.fact("salt"))),
            journal.key,
            store,
            asked.parallel,
            beside.recordings.beside,
            _places(beside.deliveries, record.folder),
            None if beside.sync is None else _work(beside.sync, record.folder),
        )
        run = FleetRun(
            rows.table,
            rows.plan.steps,
            job,
            str(asked.on),
            setup.terminal.redactor,
            notify,
            beside.progress,
            None if beside.deliveries is None else beside.deliveries.counts,
            beside.recordings.take,
            None if beside.sync is None else RowStates(rows.plan_of, beside.sync),
        )
        return await run.run(journal, resumed=setup.resumed is not None)


def _turns(folder: Path) -> Path:
    """The file whose lock says whose turn it is; there before the first worker looks: several can't make it at once."""
    turns = folder / _TURNS
    if (lock := Lock.take(turns)) is not None:
        lock.release()
    return turns


def _store(asked: str | None, folder: Path) -> str:
    """The store that is asked for, else one in the folder of the run; a folder by its whole path."""
    store = asked or str(folder / _OWN_STORE)
    return store if "://" in store else str(Path(store).resolve())


def _places(deliveries: RowDeliveries | None, folder: Path) -> Places | None:
    """The destinations, as workers in any folder find them."""
    if deliveries is None:
        return None
    return Places([whole_place(each, Path.cwd()) for each in deliveries.to], deliveries.secret, str(_turns(folder)))


def _work(settings: SyncSettings, folder: Path) -> SyncWork:
    """How workers run a sync job, in any folder."""
    return SyncWork(
        [whole_place(each, Path.cwd()) for each in with_default(settings.to)],
        settings.webhook_secret,
        settings.error_handling,
        settings.ignore_previous_run,
        settings.account,
        str(_turns(folder)),
    )


def _batch(setup: Setup, rows: CheckedRows, *, is_job: bool) -> Batch:
    inputs, given = setup.inputs, setup.inputs.given()
    text = rows.plan.source.standalone()
    environment = read_environment(inputs.env_file)
    named = {name: environment[name] for name in _VARIABLE.findall(text) if name in environment}
    return Batch(
        text,
        inputs.shown,
        named,
        given.account,
        given.values,
        inputs.only,
        inputs.tolerated,
        allow_unresolved=setup.line.checks.allow_unresolved,
        context=given.context,
        is_job=is_job,
    )
