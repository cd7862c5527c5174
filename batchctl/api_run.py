"""The library's face of single runs: ``run``, and ``arun`` for asynchronous code."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Unpack, cast, get_args

from batchctl.api_forms import PATH, require, usable
from batchctl.api_settings import (
    USUAL,
    RunSettings,
    as_begun,
    brief_store,
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
from batchctl.definition.given import Given
from batchctl.definition.secrets import secrets_in
from batchctl.destinations.choosing import place_secrets
from batchctl.engine.events import both, ignore
from batchctl.engine.observe.timeline import Timeline
from batchctl.errors import UsageError
from batchctl.execution.batch_delivery import BatchDelivery
from batchctl.execution.capabilities import read_snapshot, refuse_blocked
from batchctl.execution.history import NewRun, ResumedRun
from batchctl.execution.local import fixtures_folder
from batchctl.execution.making import ExecutorKind, Key, Settings, key_for, make_executor
from batchctl.execution.notices import silent
from batchctl.execution.plan_for import plan_for
from batchctl.execution.resume import SavedInputs, reopen
from batchctl.execution.row_deliveries import with_undelivered
from batchctl.files.places import require_outside
from batchctl.outputs.afterwards import Afterwards
from batchctl.redaction import Redactor, secret_values
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.api_settings import RowsSettings
    from batchctl.engine.result import RunResult
    from batchctl.execution.executor import Executor
    from batchctl.outputs.recordings import Recording
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared
    from batchctl.store.facts import RunFacts


def run(path: str | Path | None = None, **settings: Unpack[RunSettings]) -> RunResult:
    """Run the file ``path``, locally unless ``executor`` says otherwise. Nobody is asked before a batch that deletes.

    Without ``path`` the definition is that of the run that ``resume`` names. Failed calls, and with ``to`` records that
    could not be delivered, are part of the result: ``result.status`` is ``succeeded``, ``failed`` or ``interrupted``
    (by Ctrl-C; nothing is delivered then). Raises ``UsageError`` and ``DefinitionError`` before anything is sent,
    ``FixtureError`` for fixtures that can't be used, ``CredentialsError`` for a missing or refused token,
    ``ServiceError`` when it could not run, ``StoreError`` for a run that can't be recorded. One raised after the run,
    such as for a report that can't be written, has what would have been returned as ``error.result``.
    """
    return wait_for(arun(path, **settings))


async def arun(path: str | Path | None = None, **settings: Unpack[RunSettings]) -> RunResult:
    """``run`` for asynchronous code: the same keywords, result and exceptions.

    Cancelled, it returns what has come back so far, or raises ``Interrupted`` when nothing has. None as ``path`` takes
    the definition of the run that ``resume`` names. Raises ``UsageError`` and ``DefinitionError`` before anything is
    sent, ``FixtureError``, ``CredentialsError``, ``ServiceError`` when it could not run, ``StoreError`` for a run that
    can't be recorded.
    """
    asked = AskedRun.of(path, cast("RowsSettings", usable(settings, RunSettings)))
    settings = asked.settings
    plan = asked.planned(asked.prepared())
    chosen = asked.chosen(plan)
    key = key_for(plan, settings.get("idempotency_key"), chosen.kind)
    notify, observer = settings.get("notify", silent), settings.get("observer", ignore)
    recording, reports = _recording(settings, chosen), reports_of(settings, plan.source)
    if recording is not None:
        chosen = replace(chosen, recorder=recording.recorder)
    delivery = BatchDelivery.of(plan, asked.to, asked.webhook_secret) if asked.to else None
    with ExitStack() as stack:
        executor = _executor(plan, chosen, asked, key, stack)
        timeline = Timeline()
        observing = both(observer, timeline) if reports else observer
        result = await executor.run(observing, notify if delivery is None else delivery.named_after(notify))
    afterwards = Afterwards()
    with afterwards.step():
        if delivery is not None and not result.interrupted:
            result = with_undelivered(result, (await delivery.deliver(result)).failed)
    with afterwards.step():
        if recording is not None:
            recording.write(plan, result, chosen.api_url, chosen.redactor, notify)
    with afterwards.step():
        if reports:
            from batchctl.outputs.reports import write_reports
            from batchctl.render.report.json import Report

            report = Report(result, plan, timeline, executor.where, asked.file, chosen.api_url)
            write_reports(report, reports, chosen.redactor, notify)
    afterwards.finish(result)
    return result


def _recording(settings: RunSettings, chosen: Settings) -> Recording | None:
    record, trace = settings.get("record"), settings.get("trace")
    if record is None and trace is None:
        return None
    from batchctl.outputs.recordings import Recording

    return Recording.of(Path(record) if record else None, Path(trace) if trace else None, chosen.kind)


def _executor(plan: Plan, chosen: Settings, asked: AskedRun, key: Key, stack: ExitStack) -> Executor:
    """What runs it, recorded where that is asked for; ``stack`` ends what it needs meanwhile."""
    store = asked.settings.get("store")
    if store is None and chosen.kind == "direct":
        store = brief_store(stack)
    saved = asked.saved(plan, chosen)
    about = chosen.about(plan, asked.file, key, saved.without_secrets(asked.secrets(plan, chosen)))
    if asked.resumed is not None:
        record = reopen(store_of(asked.settings), asked.resumed, about)
        return make_executor(plan, chosen, about, ResumedRun(record))
    return make_executor(plan, chosen, about, NewRun(store) if store else None, new_key=key.is_new)


class AskedRun(Struct, frozen=True):
    """A run that a program asks the library for: which definition, with which settings.

    The definition is ``text`` where that is not None, else the content of ``file``, a path, which messages name in both
    cases. ``resumed`` is the run to resume, if any; ``to`` is where records are delivered besides the result,
    ``webhook_secret`` signs posts.
    """

    file: str
    settings: RowsSettings
    to: Sequence[str] = ()
    webhook_secret: str = ""
    text: str | None = None
    resumed: RunFacts | None = None

    @classmethod
    def of(cls, path: str | Path | None, settings: RowsSettings) -> AskedRun:
        """A run of the file ``path``; None takes the definition of the run that ``settings`` name to resume.

        Raises ``UsageError`` without either, ``StoreError`` for a run that is not recorded.
        """
        run_id = settings.get("resume")
        resumed = store_of(settings).get(run_id) if run_id is not None else None
        to, secret = places_of(settings.get("to", ()), settings.get("webhook_secret"))
        if path is not None:
            require("path", path, PATH)
            return cls(str(path), settings, to, secret, resumed=resumed)
        if resumed is None:
            raise UsageError("no file is named", hint="pass a path, or resume= and store= of an earlier run")
        saved = SavedInputs.of(resumed)
        return cls(resumed.file, _as_begun(saved, settings), to, secret, saved.text, resumed)

    def prepared(self, given: Given | None = None) -> Prepared:
        """The definition, read and checked; what is wrong with it is in the result.

        ``given`` are the arguments and account of a row, None without rows. Raises ``UsageError`` for a file that can't
        be read, and for arguments that can't be used.
        """
        if self.text is None:
            return prepared_file(self.file, self.settings, given)
        # Arguments that nothing reads were let through when the run began.
        return prepared_text(self.text, self.file, self.settings, (given or Given()).plus(Given(allow_unused=True)))

    def planned(self, prepared: Prepared) -> Plan:
        """The plan of a prepared definition.

        Raises ``DefinitionError`` for one with errors, and for placeholders without a value unless the settings have
        ``allow_unresolved``; ``Refused`` for an account that a snapshot of its capabilities says is blocked,
        ``UsageError`` for a snapshot that can't be read.
        """
        plan = plan_for(prepared, allow_unresolved=self.settings.get("allow_unresolved", False)).plan
        if self.settings.get("executor", "local") != "local":
            refuse_blocked(read_snapshot(self.folder), plan.definition.integrated_account_id)
        return plan

    @property
    def folder(self) -> Path:
        """The folder in which relative paths in the file start."""
        return Path(self.file).parent

    def chosen(self, plan: Plan) -> Settings:
        """How ``plan`` is executed: by whom, over which fixtures or API, with which limits, and the secrets to mask.

        Raises ``UsageError`` for settings that can't be used, ``CredentialsError`` where there is no token.
        """
        settings = self.settings
        kind = settings.get("executor", "local")
        if kind not in get_args(ExecutorKind):
            raise UsageError(f'there is no executor "{kind}"', hint="local, direct or truto")
        context = settings.get("context", {})
        if context and kind == "truto":
            raise UsageError("context= is for local and direct runs", hint="on Truto the account has its own context")
        for name in ("backend", "fixtures"):
            if kind != "local" and name in settings:
                raise UsageError(f"{name}= is for local runs, and the executor is {kind}", hint=f"leave out {name}=")
        target = None if kind == "local" else target_of(settings, direct=kind == "direct")
        fixtures = settings.get("fixtures")
        folder = fixtures_folder(Path(fixtures) if fixtures is not None else None, plan, self.folder)
        if kind == "local" and "backend" not in settings:
            require_outside(
                folder, {f"reports, {name}": file for name, file in reports_of(settings, plan.source).items()}
            )
        options = settings.get("options", USUAL)
        if context:
            options = replace(options, account={**options.account, **context})
        hidden = {*secrets_in(plan.definition), *secret_values(context), *place_secrets(self.to), self.webhook_secret}
        if target is not None:
            hidden.add(target.connection.token)
        return Settings(
            kind,
            settings.get("backend", folder),
            target,
            settings.get("retries", 3),
            settings.get("rate_limit"),
            replace(options, allow_unresolved=settings.get("allow_unresolved", False)),
            settings.get("run_timeout_s"),
            Redactor(hidden),
        )

    def secrets(self, plan: Plan, chosen: Settings) -> set[str]:
        """The texts that must not be stored with the run: secrets of the plan and the account's context, and the token.

        ``chosen`` is how the plan is executed, from the method ``chosen``.
        """
        return stored_secrets(plan, self.settings, chosen.target)

    def saved(self, plan: Plan, chosen: Settings, *, rows: bool = False) -> SavedInputs:
        """What is stored so that the run can be resumed without its file.

        ``chosen`` is how the plan is executed, from the method ``chosen``. With ``rows`` the result is what all rows
        share: neither account nor arguments of a single row.
        """
        settings = self.settings
        allow_unresolved = settings.get("allow_unresolved", False)
        saved = saved_inputs(plan, chosen.kind, settings, settings.get("options", USUAL))
        if not rows:
            return replace(saved, allow_unresolved=allow_unresolved)
        fixtures = settings.get("fixtures")
        return replace(
            saved,
            account=settings.get("account"),
            args=settings.get("args", {}),
            fixtures=str(Path(fixtures).resolve()) if fixtures is not None else None,
            allow_unresolved=allow_unresolved,
        )


def _as_begun(saved: SavedInputs, settings: RowsSettings) -> RowsSettings:
    """The settings of a run that is resumed; those that are passed again win."""
    kept: dict[str, object] = {"allow_unresolved": saved.allow_unresolved}
    if saved.executor in get_args(ExecutorKind):
        kept["executor"] = saved.executor
    return cast("RowsSettings", {**kept, **as_begun(saved, settings)})
