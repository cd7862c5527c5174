"""The library's face of sync jobs over many rows: ``run_sync_each``, and ``arun_sync_each`` for asynchronous code."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Unpack

from batchctl.api_forms import AT_LEAST_1, PATH, PLACES, require, usable
from batchctl.api_settings import SyncSettings, brief_store, prepared_file, reports_of, store_of
from batchctl.api_sync import chosen_for
from batchctl.blocking import wait_for
from batchctl.definition.given import Given
from batchctl.definition.rows import rows_of
from batchctl.definition.sync_job import IGNORE
from batchctl.execution.executor import Target
from batchctl.execution.gathered_rows import gathered_rows
from batchctl.execution.making import Settings
from batchctl.execution.notices import silent
from batchctl.execution.resume import reopen
from batchctl.execution.row_journal import RowJournal
from batchctl.execution.sync import plan_sync, require_error_handling
from batchctl.execution.sync_record import about_sync_rows
from batchctl.execution.sync_rows import planned_row, shared_by
from batchctl.launch.rows import RowsRun
from batchctl.launch.setup import RunMask
from batchctl.outputs.afterwards import Afterwards
from batchctl.outputs.recordings import RowRecordings
from batchctl.outputs.row_extras import RowExtras

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from batchctl.execution.rows import RowsResult
    from batchctl.execution.sync_here import SyncSettings as Chosen
    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared


def run_sync_each(
    path: str | Path,
    rows: Iterable[Mapping[str, JsonValue]],
    *,
    to: str | Sequence[str],
    parallel: int = 4,
    **settings: Unpack[SyncSettings],
) -> RowsResult:
    """Run a sync job once per row, ``parallel`` of them at once, each with its own state and deliveries.

    A row is the arguments of its run by name; ``account`` in it is the integrated account. Every row is checked before
    the first one starts; those of one account run one after the other. ``to`` is where records go, as ``--to`` has it:
    a URL, or ``NAME=URL`` for one destination. The ``sync`` of each result has the run, destinations and errors. Raises
    ``UsageError``, ``DefinitionError``, ``CredentialsError`` and ``FixtureError`` before anything is sent, and
    ``StoreError`` for a run that can't be recorded.
    """
    return wait_for(arun_sync_each(path, rows, to=to, parallel=parallel, **settings))


async def arun_sync_each(
    path: str | Path,
    rows: Iterable[Mapping[str, JsonValue]],
    *,
    to: str | Sequence[str],
    parallel: int = 4,
    **settings: Unpack[SyncSettings],
) -> RowsResult:
    """``run_sync_each`` for asynchronous code: the same parameters, result and exceptions.

    A row is the arguments of its run by name, and ``account``. Cancelled, it returns the rows that have ended, and
    ``interrupted`` of the result is True. ``to`` is where records go: a URL, or ``NAME=URL`` for one destination;
    ``parallel`` is how many rows run at once. Raises ``UsageError``, ``DefinitionError``, ``CredentialsError`` and
    ``FixtureError`` before anything is sent, and ``StoreError`` for a run that can't be recorded.
    """
    require("path", path, PATH)
    require("to", to, PLACES)
    require("parallel", parallel, AT_LEAST_1)
    settings = usable(settings, SyncSettings)

    def prepare_row(given: Given, _number: int) -> tuple[Prepared, Plan]:
        prepared = prepared_file(path, settings, given, jobs=True)
        return prepared, plan_sync(prepared).plan

    base = Given(settings.get("args", {}), settings.get("account"))
    force = settings.get("force", False)
    found = gathered_rows(
        rows_of(rows),
        base,
        prepare_row,
        shared_by=lambda plan, number: shared_by(planned_row(plan), number, force=force),
    )
    first = planned_row(found.plan)
    require_error_handling(first, settings.get("error_handling", IGNORE))
    chosen = chosen_for(first, path, (to,) if isinstance(to, str) else tuple(to), settings)
    about = about_sync_rows(found, chosen, str(path))
    reports, notify, began = reports_of(settings, found.plan.source), settings.get("notify", silent), time.monotonic()
    with ExitStack() as stack:
        store = settings.get("store") or brief_store(stack)
        run_id = settings.get("resume")
        known = store_of(settings) if run_id is not None else store
        record = reopen(known, known.get(run_id), about) if run_id is not None else None
        journal = RowJournal(known, about, chosen.redactor, found.plan_of, resumed=record)
        own, recordings = _executors(chosen), _recordings(chosen, len(found.table), listed="json" in reports)
        mask = RunMask(chosen.redactor)
        run = RowsRun(found, str(path), own, about, journal, recordings, mask, sync=chosen, parallel=parallel)
        result = await run.run(notify)
        afterwards = Afterwards()
        with afterwards.step():
            run.write_reports(result, time.monotonic() - began, reports, notify)
        afterwards.finish(result)
        return result


def _executors(chosen: Chosen) -> Settings:
    """The settings of the engine, which those of the job name in their own form."""
    if isinstance(chosen.answers, Target):
        return Settings("direct", target=chosen.answers, redactor=chosen.redactor)
    return Settings("local", chosen.answers, redactor=chosen.redactor)


def _recordings(chosen: Chosen, rows: int, *, listed: bool) -> RowRecordings:
    """What the reports need of each row: its calls, where these are ``listed``."""
    target = chosen.answers if isinstance(chosen.answers, Target) else None
    extras = RowExtras(
        listed=listed,
        api_url="" if target is None else target.connection.api_url,
        kind="local" if target is None else "direct",
    )
    return RowRecordings.of(None, None, extras, chosen.redactor, rows)
