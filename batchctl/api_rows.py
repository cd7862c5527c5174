"""The library's face of many runs: one definition, once per row; here, or spread over workers."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Unpack

from batchctl.api_forms import AT_LEAST_1, require, usable
from batchctl.api_run import AskedRun
from batchctl.api_settings import (
    InputSettings,
    RowsSettings,
    brief_store,
    places_of,
    prepared_file,
    records_of,
    reports_of,
    store_of,
)
from batchctl.blocking import wait_for
from batchctl.definition.given import Given
from batchctl.definition.rows import rows_of
from batchctl.errors import UsageError
from batchctl.execution.gathered_rows import gathered_rows
from batchctl.execution.making import key_for
from batchctl.execution.notices import silent
from batchctl.execution.previews import preview_now, sampled_preview
from batchctl.execution.row_deliveries import RowDeliveries
from batchctl.execution.row_journal import RowJournal
from batchctl.execution.row_resume import RowsMode, about_rows, destinations_as_before, reopen_rows
from batchctl.launch.row_sources import recorded_rows
from batchctl.launch.rows import OnWorkers, RowsRun
from batchctl.launch.setup import RunMask
from batchctl.outputs.afterwards import Afterwards
from batchctl.outputs.recordings import RowRecordings
from batchctl.outputs.row_extras import RowExtras
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping

    from batchctl.execution.gathered_rows import CheckedRows
    from batchctl.execution.making import Settings
    from batchctl.execution.row_end import Row
    from batchctl.execution.rows import RowsResult
    from batchctl.json_types import JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview
    from batchctl.preparation import Prepared


class PreviewedRow(NamedTuple):
    """One row of a run over many rows, and every request that a run of it would make."""

    row: Row
    preview: Preview


def dry_run_each(
    path: str | Path,
    rows: Iterable[Mapping[str, JsonValue]],
    *,
    samples: Mapping[str, Iterable[JsonValue]] | None = None,
    fixtures: str | Path | None = None,
    **settings: Unpack[InputSettings],
) -> Iterator[PreviewedRow]:
    """The requests of a run of the file for each row, one row after the other; nothing is sent.

    A row is the arguments of its run by name; ``account`` in it is the integrated account. All rows are checked before
    the first one is previewed. ``samples`` are records by the resource's key in the file (its ``name``, else its
    ``resource``), ``fixtures`` a folder of fixtures (None: no folder). Raises ``UsageError``, ``DefinitionError`` for
    the first row with errors, and ``FixtureError``: all of them when it is iterated, not when it is called.
    """
    settings = usable(settings, InputSettings)
    records, context = records_of(samples, fixtures), settings.get("context", {})
    found = _checked_rows(path, rows, settings)
    for row in found.table:
        yield PreviewedRow(row, preview_now(found.plan_of(row), records, context).preview)


async def adry_run_each(
    path: str | Path,
    rows: Iterable[Mapping[str, JsonValue]],
    *,
    samples: Mapping[str, Iterable[JsonValue]] | None = None,
    fixtures: str | Path | None = None,
    **settings: Unpack[InputSettings],
) -> AsyncIterator[PreviewedRow]:
    """``dry_run_each`` for asynchronous code, to be read with ``async for``: the same parameters and rows.

    A row is arguments by name, and ``account``; ``samples`` are records by the resource's key in the file (its
    ``name``, else its ``resource``), ``fixtures`` a folder of fixtures (None: no folder). Raises ``UsageError``,
    ``DefinitionError`` and ``FixtureError`` when it is iterated.
    """
    settings = usable(settings, InputSettings)
    records, context = records_of(samples, fixtures), settings.get("context", {})
    found = _checked_rows(path, rows, settings)
    for row in found.table:
        yield PreviewedRow(row, (await sampled_preview(found.plan_of(row), records, context)).preview)


def _checked_rows(path: str | Path, rows: Iterable[Mapping[str, JsonValue]], settings: InputSettings) -> CheckedRows:
    """All rows of a preview, each checked. Raises ``UsageError``, ``DefinitionError``."""

    def prepare_row(given: Given, _number: int) -> tuple[Prepared, Plan]:
        prepared = prepared_file(path, settings, given)
        return prepared, prepared.require_plan()

    return gathered_rows(rows_of(rows), Given(settings.get("args", {}), settings.get("account")), prepare_row)


def run_each(
    path: str | Path | None = None,
    rows: Iterable[Mapping[str, JsonValue]] | None = None,
    *,
    parallel: int = 4,
    **settings: Unpack[RowsSettings],
) -> RowsResult:
    """Run a file once per row, ``parallel`` of them at once. A row that can't run does not stop the others.

    A row is the arguments of its run by name; ``account`` in it is the integrated account. Every row is checked before
    the first one starts. Without ``rows`` they are those of the run that ``resume`` names; without ``path`` so is the
    definition. Raises ``UsageError``, ``DefinitionError``, ``CredentialsError`` and ``FixtureError`` before anything is
    sent, ``StoreError`` for a run that can't be recorded, ``ConnectionFailed`` where workers can't be reached; an error
    after rows have ended has those as ``error.result``.
    """
    return wait_for(arun_each(path, rows, parallel=parallel, **settings))


async def arun_each(
    path: str | Path | None = None,
    rows: Iterable[Mapping[str, JsonValue]] | None = None,
    *,
    parallel: int = 4,
    **settings: Unpack[RowsSettings],
) -> RowsResult:
    """``run_each`` for asynchronous code: the same parameters, result and exceptions.

    Cancelled, it returns the rows that have ended, and ``interrupted`` of the result is True. ``parallel`` is how many
    rows run at once. A row is arguments by name, and ``account``; ``path`` and ``rows`` that are None are those of the
    run that ``resume`` names. Raises ``UsageError``, ``DefinitionError``, ``CredentialsError`` and ``FixtureError``
    before anything is sent, ``StoreError`` for a run that can't be recorded, ``ConnectionFailed`` where workers can't
    be reached.
    """
    require("parallel", parallel, AT_LEAST_1)
    settings = usable(settings, RowsSettings)
    asked = _as_before(AskedRun.of(path, settings), settings)
    settings = asked.settings
    found = _gathered(asked, rows)
    reports = reports_of(settings, found.plan.source)
    chosen = asked.chosen(found.plan)
    key = key_for(found.plan, settings.get("idempotency_key"), chosen.kind)
    saved = asked.saved(found.plan, chosen, rows=True)
    fleet = _fleet(asked, found, parallel)
    if fleet is not None:
        saved = replace(saved, fleet={"on": fleet.workers.on, "store": fleet.workers.store})
    about = about_rows(found, asked.file, chosen.host, key.text, saved, asked.to)
    deliveries = RowDeliveries.of(found.plan, asked.to, asked.webhook_secret) if asked.to else None
    recordings = _recordings(settings, chosen, len(found.table), listed="json" in reports)
    notify, began = settings.get("notify", silent), time.monotonic()
    with ExitStack() as stack:
        store = settings.get("store") or brief_store(stack)
        record = reopen_rows(store, asked.resumed, about, on_workers=fleet is not None) if asked.resumed else None
        journal = RowJournal(store, about, chosen.redactor, found.plan_of, resumed=record)
        mask = RunMask(chosen.redactor)
        run = RowsRun(
            found, asked.file, chosen, about, journal, recordings, mask, deliveries, fleet=fleet, parallel=parallel
        )
        result = await run.run(notify)
        afterwards = Afterwards()
        with afterwards.step():
            run.write_reports(result, time.monotonic() - began, reports, notify)
    with afterwards.step():
        recordings.end(notify)
    afterwards.finish(result)
    return result


def _fleet(asked: AskedRun, found: CheckedRows, parallel: int) -> OnWorkers | None:
    """The workers that ``on`` names, and what they need. Raises ``UsageError`` for ones that can't be used."""
    settings = asked.settings
    on, store = settings.get("on"), settings.get("worker_store")
    if on is None:
        return None
    from batchctl.fleet.addresses import require_dask, require_reachable, require_store
    from batchctl.fleet.running import Workers, batch_of

    require_dask()
    require_store(on, store)
    require_reachable(on, asked.to)
    batch = batch_of(
        found.plan,
        asked.file,
        settings.get("environment", os.environ),
        Given(settings.get("args", {}), settings.get("account"), context=settings.get("context", {})),
        only=settings.get("only", ()),
        allow_unresolved=settings.get("allow_unresolved", False),
    )
    return OnWorkers(Workers(on, store, parallel), batch, asked.resumed is not None)


def _as_before(asked: AskedRun, settings: RowsSettings) -> AskedRun:
    """A resumed run takes over who runs the rows and where they are delivered. Raises ``UsageError``."""
    if asked.resumed is None:
        return asked
    if asked.resumed.kind != "each":
        raise UsageError(f"run {asked.resumed.id} is not one of many rows", hint="batchctl.run(resume=…) resumes it")
    places = destinations_as_before(asked.to, asked.resumed)
    to, secret = places_of(places, settings.get("webhook_secret"))
    changed: RowsSettings = {**asked.settings}
    if asked.text is not None and "executor" not in settings:
        from batchctl.execution.resume import SavedInputs

        fixtures = settings.get("fixtures")
        mode = RowsMode("local", Path(fixtures) if fixtures else None, settings.get("on"), settings.get("worker_store"))
        mode = mode.as_before(SavedInputs.of(asked.resumed))
        changed["executor"] = mode.kind
        if mode.on is not None:
            changed["on"] = mode.on
        if mode.store is not None:
            changed["worker_store"] = mode.store
    return replace(asked, settings=changed, to=to, webhook_secret=secret)


def _gathered(asked: AskedRun, rows: Iterable[Mapping[str, JsonValue]] | None) -> CheckedRows:
    """All rows, each checked. Raises ``UsageError``, ``DefinitionError``."""
    settings = asked.settings
    given: Iterable[Given]
    if rows is None:
        if asked.resumed is None:
            raise UsageError("there are no rows", hint="pass rows, or resume= and store= of an earlier run")
        given = recorded_rows(store_of(settings), asked.resumed)
    else:
        given = rows_of(rows)

    def prepare_row(own: Given, _number: int) -> tuple[Prepared, Plan]:
        prepared = asked.prepared(own)
        return prepared, asked.planned(prepared)

    base = Given(settings.get("args", {}), settings.get("account"), context=settings.get("context", {}))
    return gathered_rows(given, base, prepare_row, lambda plan: asked.secrets(plan, asked.chosen(plan)))


def _recordings(settings: RowsSettings, chosen: Settings, rows: int, *, listed: bool) -> RowRecordings:
    """What is written of each row, and, where calls are ``listed``, reported."""
    record, trace = settings.get("record"), settings.get("trace")
    extras = RowExtras(listed=listed, api_url=chosen.api_url, kind=chosen.kind)
    folder, traces = Path(record) if record else None, Path(trace) if trace else None
    return RowRecordings.of(folder, traces, extras, chosen.redactor, rows)
