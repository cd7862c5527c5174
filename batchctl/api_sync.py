"""The library's face of sync jobs: ``run_sync``, and ``arun_sync`` for asynchronous code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from batchctl.api_settings import USUAL, places_of, prepared_file, store_of, target_of
from batchctl.blocking import wait_for
from batchctl.config.folders import state_folder
from batchctl.definition.secrets import secrets_in
from batchctl.definition.sync_job import IGNORE
from batchctl.destinations.choosing import place_secrets
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.events import ignore
from batchctl.errors import UsageError
from batchctl.execution.local import fixtures_folder
from batchctl.execution.making import key_for
from batchctl.execution.notices import silent
from batchctl.execution.sync import plan_sync, require_error_handling
from batchctl.execution.sync_here import SyncSettings as Chosen
from batchctl.execution.sync_here import run_here
from batchctl.execution.sync_record import about_sync, open_record, require_resumable
from batchctl.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.api_settings import SyncSettings
    from batchctl.execution.executor import Target
    from batchctl.execution.notices import Notify
    from batchctl.execution.sync import SyncPlan, SyncResult
    from batchctl.execution.sync_memory import RecordedRun


def run_sync(path: str | Path, *, to: str | Sequence[str], **settings: Unpack[SyncSettings]) -> SyncResult:
    """Run a sync job on this machine, locally unless ``executor`` says otherwise, and deliver its records.

    ``to`` is a URL for all destinations (``dir:PATH``, ``sqlite:FILE``, …), or ``NAME=URL`` for one, or several of
    these. Failed calls and deliveries are part of the result. Raises ``UsageError`` and ``DefinitionError`` before
    anything is sent, ``RunUnderWay`` while another run has the job's ``mutex_key``, ``RunStopped`` where a webhook asks
    for it, ``FixtureError``, ``StoreError``, ``ServiceError`` when it could not run.
    """
    return wait_for(arun_sync(path, to=to, **settings))


async def arun_sync(path: str | Path, *, to: str | Sequence[str], **settings: Unpack[SyncSettings]) -> SyncResult:
    """``run_sync`` for asynchronous code. Raises what ``run_sync`` raises.

    Cancelled, it returns what has come back so far, or raises ``Interrupted`` when nothing has.
    """
    planned = plan_sync(prepared_file(path, settings, jobs=True))
    require_error_handling(planned, settings.get("error_handling", IGNORE))
    chosen = chosen_for(planned, path, (to,) if isinstance(to, str) else tuple(to), settings)
    notify = settings.get("notify", silent)
    run = _recorded(planned, chosen, path, settings, notify)
    return await run_here(planned, chosen, run, settings.get("observer", ignore), notify)


def chosen_for(planned: SyncPlan, path: str | Path, to: Sequence[str], settings: SyncSettings) -> Chosen:
    """How a job is run. Raises ``UsageError``, ``CredentialsError``."""
    plan, environment = planned.plan, settings.get("environment", os.environ)
    kind = settings.get("executor", "local")
    if kind not in ("local", "direct"):
        raise UsageError(f'a sync job has no executor "{kind}"', hint="local or direct")
    if not to:
        raise UsageError("to names no destination", hint="dir:PATH, webhook:URL or a database")
    to, secret = places_of(to, settings.get("webhook_secret"))
    hidden = {*secrets_in(plan.definition), *place_secrets(to), secret}
    answers: FixtureFolder | Target
    if kind == "direct":
        answers = target_of(settings)
        hidden.add(answers.connection.token)
    else:
        fixtures = settings.get("fixtures")
        folder = fixtures_folder(Path(fixtures) if fixtures is not None else None, plan, Path(path).parent)
        answers = FixtureFolder(folder)
    own = state_folder(environment)
    return Chosen(
        answers,
        to,
        secret,
        Path(settings.get("state", own / "sync-state.sqlite")),
        own / "mutex",
        settings.get("options", USUAL),
        {},
        settings.get("ignore_previous_run", False),
        settings.get("force", False),
        settings.get("retries", 3),
        settings.get("rate_limit"),
        key_for(plan, settings.get("idempotency_key")).text if kind == "direct" else None,
        Redactor(hidden),
        settings.get("error_handling", IGNORE),
    )


def _recorded(
    planned: SyncPlan, chosen: Chosen, path: str | Path, settings: SyncSettings, notify: Notify
) -> RecordedRun | None:
    """The record of the run; None where nothing is recorded."""
    run_id = settings.get("resume")
    store = store_of(settings) if run_id is not None else settings.get("store")
    if store is None:
        return None
    resumed = store.get(run_id) if run_id is not None else None
    if resumed is not None:
        require_resumable(resumed)
    about = about_sync(planned, chosen, str(path), only=settings.get("only", ()))
    return open_record(store, about, resumed, notify)
