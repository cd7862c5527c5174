"""The library's face: whatever the commands do, without a terminal. ``docs/library.md`` has an example of each.

``run`` and its relatives are for plain code; inside a running event loop, as in an asynchronous web server or a
notebook, use their twins ``arun``, ``arun_each`` and ``adry_run``. ``api_sync`` has those of sync jobs.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from batchctl.api_settings import USUAL, places_of, prepared_file, store_of, target_of
from batchctl.blocking import wait_for
from batchctl.definition.given import Given
from batchctl.definition.secrets import secrets_in
from batchctl.destinations.choosing import place_secrets
from batchctl.engine.events import ignore
from batchctl.errors import UsageError
from batchctl.execution.batch_delivery import BatchDelivery, named_after
from batchctl.execution.history import NewRun, ResumedRun
from batchctl.execution.local import fixtures_folder
from batchctl.execution.making import Key, Settings, key_for, make_executor
from batchctl.execution.notices import silent
from batchctl.execution.plan_for import plan_for
from batchctl.execution.resume import SavedInputs, engine_options, reopen
from batchctl.execution.row_deliveries import RowDeliveries, with_undelivered
from batchctl.execution.row_journal import RowJournal
from batchctl.execution.row_plans import RowPlans
from batchctl.execution.row_table import RowTable
from batchctl.execution.rows import row_jobs, run_rows
from batchctl.json_types import write_json
from batchctl.plan.acceptance import words_of
from batchctl.redaction import Redactor, secret_values
from batchctl.store.facts import RunInfo
from batchctl.store.runs import RunStore
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from batchctl.api_settings import InputSettings, RunSettings
    from batchctl.definition.model import BatchDefinition
    from batchctl.diagnostics import Diagnostic
    from batchctl.engine.result import RunResult
    from batchctl.execution.row_end import Row
    from batchctl.execution.rows import RowsResult
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.plan.preview import Preview
    from batchctl.preparation import Prepared


def load(path: str | Path, **settings: Unpack[InputSettings]) -> BatchDefinition:
    """The definition in a file.

    Raises ``UsageError`` when it can't be read, ``DefinitionError`` with diagnostics when it has errors.
    """
    return prepared_file(path, settings).require_plan().definition


def validate(path: str | Path, **settings: Unpack[InputSettings]) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with a file, in its order: errors, warnings and hints. Raises ``UsageError``.

    What a comment in the file hides is left out; the settings of a project are not read.
    """
    return prepared_file(path, settings).diagnostics


def dry_run(
    path: str | Path,
    *,
    samples: Mapping[str, Iterable[JsonValue]] | None = None,
    fixtures: str | Path | None = None,
    **settings: Unpack[InputSettings],
) -> Preview:
    """Every request that a run would make, as far as the arguments and samples decide; nothing is sent.

    ``samples`` are records by resource name, ``fixtures`` a folder of them: with either the preview goes as deep as
    these reach. Raises what ``load`` raises, and ``FixtureError``.
    """
    return wait_for(adry_run(path, samples=samples, fixtures=fixtures, **settings))


async def adry_run(
    path: str | Path,
    *,
    samples: Mapping[str, Iterable[JsonValue]] | None = None,
    fixtures: str | Path | None = None,
    **settings: Unpack[InputSettings],
) -> Preview:
    """``dry_run`` for asynchronous code: the same parameters, result and errors."""
    plan = prepared_file(path, settings).require_plan()
    if samples is None and fixtures is None:
        from batchctl.plan.preview import make_preview

        return make_preview(plan)
    from batchctl.engine.backends.samples import FixtureSamples, RecordSamples, SampleBackend, Samples
    from batchctl.engine.rehearsal import rehearse

    places: list[Samples] = [RecordSamples(samples)] if samples is not None else []
    context: JsonObject = {}
    if fixtures is not None:
        from batchctl.engine.backends.fixture_folder import FixtureFolder
        from batchctl.execution.local import account_of

        account = plan.definition.integrated_account_id
        places.append(FixtureSamples(Path(fixtures), account or None))
        context = account_of(FixtureFolder(Path(fixtures)), account)
    return (await rehearse(plan, SampleBackend(places), context)).preview


def run(path: str | Path, **settings: Unpack[RunSettings]) -> RunResult:
    """Run a file, locally unless ``executor`` says otherwise. Nobody is asked before a batch that deletes.

    Failed calls are part of the result: ``result.status`` is ``succeeded``, ``failed`` or ``interrupted``.
    Raises ``UsageError`` and ``DefinitionError`` before anything is sent, ``FixtureError`` for fixtures that can't be
    used, ``CredentialsError``, ``ServiceError`` when it could not run, ``StoreError`` for a run that can't be recorded.
    """
    return wait_for(arun(path, **settings))


async def arun(path: str | Path, **settings: Unpack[RunSettings]) -> RunResult:
    """``run`` for asynchronous code. Raises what ``run`` raises.

    Cancelled, it returns what has come back so far, or raises ``Interrupted`` when nothing has.
    """
    prepared = prepared_file(path, settings)
    plan = _plan(prepared, settings)
    chosen = _chosen(plan, path, settings)
    key = Key() if chosen.kind == "local" else key_for(plan, settings.get("idempotency_key"))
    places = _places(settings)
    delivery = None if places is None else BatchDelivery.of(plan, *places)
    with ExitStack() as stack:
        store = settings.get("store")
        if store is None and chosen.kind == "direct":
            store = RunStore(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="batchctl-"))))
        inputs = _saved(plan, chosen, plan.definition.args, settings)
        about = chosen.about(plan, str(path), key, inputs)
        history = NewRun(store) if store else None
        run_id = settings.get("resume")
        if run_id is not None:
            known = store_of(settings)
            resumed = ResumedRun(reopen(known, known.get(run_id), about))
            executor = make_executor(plan, chosen, about, resumed)
        else:
            executor = make_executor(plan, chosen, about, history, new_key=key.is_new)
        observer, notify = settings.get("observer", ignore), settings.get("notify", silent)
        if delivery is None:
            return await executor.run(observer, notify)
        result = await executor.run(observer, named_after(delivery, notify))
        return result if result.interrupted else with_undelivered(result, (await delivery.deliver(result)).failed)


def run_each(
    path: str | Path, rows: Iterable[Mapping[str, JsonValue]], *, parallel: int = 4, **settings: Unpack[RunSettings]
) -> RowsResult:
    """Run a file once per row, ``parallel`` of them at once. A row that can't run does not stop the others.

    A row is the arguments of its run; ``account`` in it is the integrated account. Every row is checked before the
    first one starts. Raises what ``run`` raises before anything is sent.
    """
    return wait_for(arun_each(path, rows, parallel=parallel, **settings))


async def arun_each(
    path: str | Path, rows: Iterable[Mapping[str, JsonValue]], *, parallel: int = 4, **settings: Unpack[RunSettings]
) -> RowsResult:
    """``run_each`` for asynchronous code. Raises what ``run_each`` raises.

    Cancelled, it returns the rows that have ended.
    """
    table = RowTable()
    first: list[Plan] = []

    def prepare_row(given: Given) -> tuple[Prepared, Plan]:
        prepared = prepared_file(path, settings, given)
        return prepared, _plan(prepared, settings)

    plans = RowPlans(prepare_row, Given(settings.get("args", {}), settings.get("account")))
    for each in rows:
        given = given_of(each)
        plan = plans.plan(given)
        first = first or [plan]
        table.add(given.account, given.values)
    if not first:
        raise UsageError("there are no rows")
    chosen = _chosen(first[0], path, settings)
    key = Key() if chosen.kind == "local" else key_for(first[0], settings.get("idempotency_key"))
    places = _places(settings)
    if places is not None:
        # Names and URLs are looked at before anything is sent.
        BatchDelivery.of(first[0], *places)
    deliver = None if places is None else RowDeliveries(*places).deliver
    content: JsonObject = {"resources": first[0].definition.payload["resources"]}
    inputs = _saved(first[0], chosen, settings.get("args", {}), settings, table)
    about = RunInfo("each", str(path), content, chosen.host, inputs, key.text)

    def plan_of(row: Row) -> Plan:
        return plans.plan(Given(row.args, row.account))

    with ExitStack() as stack:
        store = settings.get("store")
        if store is None:
            store = RunStore(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="batchctl-"))))
        run_id = settings.get("resume")
        known = store_of(settings) if run_id is not None else store
        record = reopen(known, known.get(run_id), about) if run_id is not None else None
        journal = RowJournal(known, about, chosen.redactor, plan_of, resumed=record)
        jobs = row_jobs(plan_of, chosen, journal, str(path))
        notify = settings.get("notify", silent)
        return await run_rows(table, first[0].steps, jobs, journal, parallel=parallel, notify=notify, deliver=deliver)


def _places(settings: RunSettings) -> tuple[list[str], str] | None:
    to = settings.get("to")
    return places_of(to, settings.get("webhook_secret")) if to else None


def _plan(prepared: Prepared, settings: RunSettings) -> Plan:
    return plan_for(prepared, allow_unresolved=settings.get("allow_unresolved", False)).plan


def _chosen(plan: Plan, path: str | Path, settings: RunSettings) -> Settings:
    kind = settings.get("executor", "local")
    if kind not in ("local", "direct", "truto"):
        raise UsageError(f'there is no executor "{kind}"', hint="local, direct or truto")
    target = None if kind == "local" else target_of(settings)
    fixtures = settings.get("fixtures")
    folder = fixtures_folder(Path(fixtures) if fixtures is not None else None, plan, Path(path).parent)
    secrets = [*secrets_in(plan.definition), *([target.connection.token] if target else [])]
    to = settings.get("to", ())
    secrets += [*place_secrets([to] if isinstance(to, str) else to), settings.get("webhook_secret", "")]
    return Settings(
        kind,
        settings.get("backend", folder),
        target,
        settings.get("retries", 3),
        settings.get("rate_limit"),
        replace(settings.get("options", USUAL), allow_unresolved=settings.get("allow_unresolved", False)),
        settings.get("run_timeout_s"),
        Redactor(secrets),
    )


def _saved(
    plan: Plan, chosen: Settings, args: JsonObject, settings: RunSettings, rows: RowTable | None = None
) -> JsonObject | None:
    """What the store keeps so that ``batchctl run --resume`` needs no file; None where a secret stands in it."""
    definition = plan.definition
    secrets = {*secrets_in(definition), *([chosen.target.connection.token] if chosen.target else [])}
    saved = SavedInputs(
        text=plan.source.standalone(),
        account=settings.get("account") if rows is not None else definition.integrated_account_id,
        args=args,
        only=tuple(settings.get("only", ())),
        executor=chosen.kind,
        accept=words_of(settings.get("accept", {})),
        allow_unresolved=settings.get("allow_unresolved", False),
        engine=engine_options(settings.get("options", USUAL), settings.get("rate_limit")),
    )
    for row in rows or ():
        text = write_json([row.account, row.args])
        if secret_values(row.args) or any(secret in text for secret in secrets if secret):
            return None
    return saved.without_secrets(secrets)


def given_of(row: Mapping[str, JsonValue]) -> Given:
    """What a row gives: its arguments, and as ``account`` its integrated account."""
    account = row.get("account")
    values = {name: row[name] for name in row if name != "account"}
    return Given(values, None if account is None else str(account))
