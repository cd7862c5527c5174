"""Rows spread over workers: from the run's record on this machine to the job that the workers get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from batchctl.destinations.choosing import whole_place, with_default
from batchctl.errors import StoreError, UsageError
from batchctl.execution.notices import silent
from batchctl.fleet.job import Batch, Job, Places, SyncWork
from batchctl.fleet.rows import FleetRun
from batchctl.fleet.store import open_store
from batchctl.fleet.sync_row import RowStates
from batchctl.outputs.row_extras import RowExtras
from batchctl.patterns import lazy_regex
from batchctl.store.lock import Lock
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from batchctl.definition.given import Given
    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import Settings
    from batchctl.execution.notices import Notify
    from batchctl.execution.row_deliveries import RowDeliveries
    from batchctl.execution.row_end import Row
    from batchctl.execution.row_journal import RowJournal
    from batchctl.execution.row_progress import RowsProgress
    from batchctl.execution.rows import RowsResult
    from batchctl.execution.sync_here import SyncSettings
    from batchctl.plan.planner import Plan

# The variables that a definition may name: the others of this process stay here.
_VARIABLE = lazy_regex(r"\$\{(\w+)")
_OWN_STORE = "fleet"
_TURNS = "turn.lock"


class Workers(NamedTuple):
    """Which workers run rows, and where they keep them.

    ``on`` is a value of ``--on`` (``local:4``, ``tls://HOST:PORT``); ``store`` a value of ``--store``, None for the
    folder of the run; ``parallel`` is how many rows a worker runs at once.
    """

    on: str
    store: str | None = None
    parallel: int = 4


class RowsExtras(Struct, frozen=True):
    """What is done with the rows of a run on workers, apart from keeping their results.

    ``extras`` says what is recorded of each. ``files`` is called with a row, the files recorded of it (texts by path),
    and a sentence where these are incomplete, else None. ``deliveries`` delivers the records, ``progress`` is shown on
    a screen, ``sync`` says how a sync job is run (None for a batch).
    """

    extras: RowExtras = RowExtras()
    files: Callable[[Row, Mapping[str, str], str | None], None] | None = None
    deliveries: RowDeliveries | None = None
    progress: RowsProgress | None = None
    sync: SyncSettings | None = None


_NOTHING = RowsExtras()


def batch_of(
    plan: Plan,
    file: str,
    environment: Mapping[str, str],
    given: Given,
    *,
    only: Sequence[str] = (),
    tolerated: Sequence[str] = (),
    allow_unresolved: bool = False,
    is_job: bool = False,
) -> Batch:
    """The definition of ``plan`` and what is ``given`` for all rows, as it is sent to workers.

    ``file`` is its name for people. Of ``environment`` the result has only the variables that the definition names.
    ``only`` are the words of ``--only`` (names, patterns, ``tag:NAME``, ``!`` to leave out), empty for all;
    ``tolerated`` are names of rules (``undeclared-argument``) whose errors count as warnings; ``allow_unresolved``
    sends placeholders without a value literally; ``is_job`` means that it is a sync job.
    """
    text = plan.source.standalone()
    named = {name: environment[name] for name in _VARIABLE.findall(text) if name in environment}
    return Batch(
        text,
        file,
        named,
        given.account,
        given.values,
        only,
        tolerated,
        allow_unresolved=allow_unresolved,
        context=given.context,
        is_job=is_job,
    )


async def run_on_workers(
    rows: CheckedRows,
    batch: Batch,
    settings: Settings,
    journal: RowJournal,
    workers: Workers,
    *,
    notify: Notify = silent,
    extras: RowsExtras = _NOTHING,
    resumed: bool = False,
) -> RowsResult:
    """Run ``rows`` of ``batch`` on ``workers``, and record the run in ``journal``.

    ``settings`` say how plans are executed; ``extras`` is what is done with rows apart from their results. ``resumed``
    says that some may have succeeded before: these are not run again. Raises ``UsageError`` where workers or store
    can't be used, or the rows are kept in another store, ``ConnectionFailed`` where the workers can't be reached,
    ``StoreError`` where the run can't be recorded or the store fails.
    """
    if workers.store is not None:
        # One that can't be opened, as for want of a package, is said before the run is recorded.
        open_store(_store(workers.store, Path())).close()
    with journal.opened(notify, rows.table):
        record = journal.open_record
        if record is None:
            raise StoreError("rows on workers need a run that is recorded on this machine")
        store = _store(workers.store, record.folder)
        known = record.fact("fleet_store")
        if known not in (None, store):
            raise UsageError(f"the rows of run {record.id} are kept in {known}", hint=f"--store {known}")
        record.put(fleet_store=store)
        job = Job(
            batch,
            settings,
            record.id,
            bytes.fromhex(str(record.fact("salt"))),
            journal.key,
            store,
            workers.parallel,
            # The folder of the run is on a disk of this machine, and so are workers that need no other place.
            workers.store is None and store == _store(None, record.folder),
            extras.extras,
            _places(extras.deliveries, record.folder),
            None if extras.sync is None else _work(extras.sync, record.folder),
        )
        run = FleetRun(
            rows.table,
            rows.plan.steps,
            job,
            workers.on,
            settings.redactor,
            notify,
            extras.progress,
            None if extras.deliveries is None else extras.deliveries.counts,
            extras.files,
            None if extras.sync is None else RowStates(rows.plan_of, extras.sync),
        )
        return await run.run(journal, resumed=resumed)


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
