"""The library's face of sync jobs: ``run_sync``, and ``arun_sync`` for asynchronous code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast

from batchctl.api_forms import PLACES, require, usable
from batchctl.api_settings import (
    USUAL,
    SyncSettings,
    as_begun,
    places_of,
    prepared_file,
    prepared_text,
    reports_of,
    saved_inputs,
    store_of,
    stored_secrets,
    target_of,
)
from batchctl.blocking import wait_for
from batchctl.config.folders import state_folder
from batchctl.definition.given import Given
from batchctl.definition.secrets import secrets_in
from batchctl.definition.sync_job import IGNORE
from batchctl.destinations.choosing import place_secrets
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.events import both, ignore
from batchctl.engine.observe.timeline import Timeline
from batchctl.errors import UsageError
from batchctl.execution.executor import Target
from batchctl.execution.local import fixtures_folder
from batchctl.execution.making import key_for
from batchctl.execution.notices import silent
from batchctl.execution.resume import SavedInputs
from batchctl.execution.sync import plan_sync, require_error_handling
from batchctl.execution.sync_here import SyncSettings as Chosen
from batchctl.execution.sync_here import require_destinations, run_here
from batchctl.execution.sync_record import BegunSync, about_sync, open_record, require_resumable
from batchctl.files.places import require_outside
from batchctl.outputs.afterwards import Afterwards
from batchctl.redaction import Redactor, secret_values
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.execution.history import OpenRun
    from batchctl.execution.sync import SyncPlan, SyncResult
    from batchctl.store.facts import RunFacts


def run_sync(
    path: str | Path | None = None, *, to: str | Sequence[str] = (), **settings: Unpack[SyncSettings]
) -> SyncResult:
    """Run a sync job on this machine, locally unless ``executor`` says otherwise, and deliver its records.

    ``to`` is a URL for all destinations (``dir:PATH``, ``sqlite:FILE``, …), or ``NAME=URL`` for one, or several of
    these; only a run that ``resume`` names can do without, since it keeps its destinations, its options, and without
    ``path`` its job. Failed calls and deliveries are part of the result. Raises ``UsageError`` and ``DefinitionError``
    before anything is sent, ``RunUnderWay`` while another run has the job's ``mutex_key``, ``RunStopped`` where a
    webhook asks for it, ``FixtureError``, ``CredentialsError``, ``StoreError``, ``ServiceError`` when it could not run.
    """
    return wait_for(arun_sync(path, to=to, **settings))


async def arun_sync(
    path: str | Path | None = None, *, to: str | Sequence[str] = (), **settings: Unpack[SyncSettings]
) -> SyncResult:
    """``run_sync`` for asynchronous code: the same parameters, result and exceptions.

    Cancelled, it returns what has come back so far, or raises ``Interrupted`` when nothing has. ``to`` is where records
    go: a URL for all destinations, ``NAME=URL`` for one, or several of these; it may be empty, and ``path`` None, only
    with ``resume``. Raises ``UsageError`` and ``DefinitionError`` before anything is sent, ``RunUnderWay`` while
    another run has the job's ``mutex_key``, ``RunStopped`` where a webhook asks for it, ``FixtureError``,
    ``CredentialsError``, ``StoreError``, ``ServiceError`` when it could not run.
    """
    require("to", to, PLACES)
    settings = usable(settings, SyncSettings)
    resumed = _resumed(settings)
    if resumed is not None:
        to, settings = _as_begun(resumed, to, settings)
    if path is not None:
        prepared = prepared_file(path, settings, jobs=True)
    elif resumed is None:
        raise UsageError("no file is named", hint="pass a path, or resume= and store= of an earlier run")
    else:
        path, saved = resumed.file, SavedInputs.of(resumed)
        settings = cast("SyncSettings", as_begun(saved, settings))
        prepared = prepared_text(saved.text, path, settings, Given(allow_unused=True), jobs=True)
    planned = plan_sync(prepared)
    require_error_handling(planned, settings.get("error_handling", IGNORE))
    chosen = chosen_for(planned, path, (to,) if isinstance(to, str) else tuple(to), settings)
    notify = settings.get("notify", silent)
    reports, observer, timeline = (
        reports_of(settings, planned.plan.source),
        settings.get("observer", ignore),
        Timeline(),
    )
    run = _recorded(planned, chosen, path, settings, resumed)
    result = await run_here(planned, chosen, run, both(observer, timeline) if reports else observer, notify)
    afterwards = Afterwards()
    with afterwards.step():
        if reports:
            from batchctl.outputs.reports import write_reports
            from batchctl.render.report.json import Report

            api_url = chosen.answers.connection.api_url if isinstance(chosen.answers, Target) else ""
            report = Report(result.result, planned.plan, timeline, chosen.where, str(path), api_url)
            write_reports(report, reports, chosen.redactor, notify)
    afterwards.finish(result)
    return result


def _resumed(settings: SyncSettings) -> RunFacts | None:
    run_id = settings.get("resume")
    if run_id is None:
        return None
    facts = store_of(settings).get(run_id)
    require_resumable(facts)
    return facts


def _as_begun(
    resumed: RunFacts, to: str | Sequence[str], settings: SyncSettings
) -> tuple[str | Sequence[str], SyncSettings]:
    """The destinations and settings of the run that is resumed; those that are passed again win."""
    begun = BegunSync.of(resumed, (to,) if isinstance(to, str) else to)
    if begun.rows:
        raise UsageError(f"run {resumed.id} is one of many rows", hint="batchctl.run_sync_each(resume=…) resumes it")
    before: dict[str, object] = {
        "executor": "direct" if begun.direct else "local",
        "force": begun.force,
        "ignore_previous_run": begun.ignore_previous_run,
    }
    if begun.state is not None:
        before["state"] = begun.state
    if begun.error_handling is not None:
        before["error_handling"] = begun.error_handling
    return begun.to, cast("SyncSettings", {**before, **settings})


def chosen_for(planned: SyncPlan, path: str | Path, to: Sequence[str], settings: SyncSettings) -> Chosen:
    """The settings to run the planned sync job with, from those that a program passed.

    ``path`` is the job's file; ``to`` are values of ``--to``: a URL, or ``NAME=URL`` for one destination. Raises
    ``UsageError`` where ``to`` is empty or a setting can't be used, ``CredentialsError`` without a token,
    ``FixtureError`` for a folder that can't be used.
    """
    plan, environment = planned.plan, settings.get("environment", os.environ)
    kind = settings.get("executor", "local")
    if kind not in ("local", "direct"):
        raise UsageError(f'a sync job has no executor "{kind}"', hint="local or direct")
    if kind == "direct" and "fixtures" in settings:
        raise UsageError("fixtures= is for local runs, and the executor is direct", hint="leave out fixtures=")
    if not to:
        raise UsageError("to names no destination", hint="dir:PATH, webhook:URL or a database")
    to, secret = places_of(to, settings.get("webhook_secret"))
    context = settings.get("context", {})
    hidden = {*secrets_in(plan.definition), *place_secrets(to), *secret_values(context), secret}
    answers: FixtureFolder | Target
    if kind == "direct":
        answers = target_of(settings)
        hidden.add(answers.connection.token)
    else:
        fixtures = settings.get("fixtures")
        folder = fixtures_folder(Path(fixtures) if fixtures is not None else None, plan, Path(path).parent)
        require_outside(folder, {f"reports, {name}": file for name, file in reports_of(settings, plan.source).items()})
        answers = FixtureFolder(folder)
    own = state_folder(environment)
    settled = Chosen(
        answers,
        to,
        secret,
        Path(settings.get("state", own / "sync-state.sqlite")),
        own / "mutex",
        settings.get("options", USUAL),
        context,
        settings.get("ignore_previous_run", False),
        settings.get("force", False),
        settings.get("retries", 3),
        settings.get("rate_limit"),
        key_for(plan, settings.get("idempotency_key"), kind).text,
        Redactor(hidden),
        settings.get("error_handling", IGNORE),
    )
    require_destinations(planned, settled)
    return settled


def _recorded(
    planned: SyncPlan, chosen: Chosen, path: str | Path, settings: SyncSettings, resumed: RunFacts | None
) -> OpenRun | None:
    """The record of the run; None where nothing is recorded."""
    store = settings.get("store")
    if store is None:
        return None
    fixtures, target = None, None
    if isinstance(chosen.answers, Target):
        target = chosen.answers
    else:
        fixtures = str(chosen.answers.path.resolve())
    saved = saved_inputs(planned.plan, "local" if target is None else "direct", settings, chosen.options)
    inputs = replace(saved, fixtures=fixtures).without_secrets(stored_secrets(planned.plan, settings, target))
    about = about_sync(planned, chosen, str(path), inputs)
    return open_record(store, about, resumed, settings.get("notify", silent))
