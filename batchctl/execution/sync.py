"""A sync job, run on this machine: the engine over fixtures or Truto's API, a state, destinations for the records."""

from __future__ import annotations

import dataclasses
import uuid
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from batchctl.definition.args_schema import misfits
from batchctl.definition.model import Request
from batchctl.definition.sync_job import BATCH, COLLECTING_VERSION, destinations
from batchctl.destinations.base import SyncRun
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed, Skipped, errors_of
from batchctl.errors import DefinitionError, DeliveryFailed, RunStopped, UsageError
from batchctl.execution.first_run import BEGINNING
from batchctl.execution.idle_destinations import idle_destinations
from batchctl.execution.job_arguments import refusal, refusal_apart
from batchctl.execution.node_contexts import NodeContexts
from batchctl.execution.sync_deletes import missing_rows
from batchctl.execution.sync_facts import run_account, webhook_ids
from batchctl.execution.sync_memory import RememberedState, RunMemory
from batchctl.execution.sync_outlets import JobOutlets
from batchctl.structs import Public, Struct, field, replace
from batchctl.truto.envelope import undelivered
from batchctl.truto.moments import iso_moment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from batchctl.definition.model import SyncJob
    from batchctl.destinations.base import Destination
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Observer
    from batchctl.engine.result import Outcome, RunResult
    from batchctl.execution.sync_news import RunNews
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared
    from batchctl.store.sync_state import State

# Where the moment of the last complete run is kept, for ``previous_run_date``.
_PREVIOUS = "truto:previous_run_date"


class SyncPlan(Struct, frozen=True):
    """A sync job and the plan of its nodes, made by ``plan_sync`` for one run."""

    job: SyncJob
    plan: Plan

    @property
    def destinations(self) -> Mapping[str, str]:
        """The type of each destination node (``superquery``, ``webhook``…), by the node's key."""
        nodes = destinations(self.plan.definition.resources)
        return {node.key: str(node.config.get("destination_type")) for node in nodes}


class SyncResult(Public, frozen=True):
    """How a run of a sync job ended: ``run`` describes it in the form of the API's sync job runs.

    It has ``id``, ``status`` (``completed``, ``failed``, ``stopped``), ``resource_stats`` (by node and method, how many
    records were ``fetched`` and ``persisted``), and ``errors`` where the run collects them. ``result`` is the engine's.
    ``delivered`` and ``failed`` count pages by the key of the destination; ``unfinished`` says, by destination, why the
    work after its last page could not be done, empty where all was.
    """

    run: JsonObject
    result: RunResult
    delivered: Mapping[str, int]
    failed: Mapping[str, int]
    unfinished: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether no resource failed, the run was not stopped, and every destination finished its work."""
        return self.result.ok and not self.unfinished

    def summary(self) -> JsonObject:
        """The counts for ``batchctl runs``: ``{"resources": 3, "failed": ["notes"], "records": 120, "delivered": 6}``.

        ``failed`` has the keys of the nodes and destinations that failed, ``delivered`` counts pages.
        """
        return {
            "resources": len(self.result.outcomes),
            "failed": list(self.ended().failed),
            "records": sum(_count(outcome) for outcome in self.result.outcomes.values()),
            "delivered": sum(self.delivered.values()),
        }

    def json(self) -> JsonObject:
        """The result as JSON for ``--output json``: ``{"run": …, "destinations": …, "errors": …}``.

        ``run`` is as in the class; ``destinations`` has ``{"delivered": count, "failed": count}`` by node, ``errors`` a
        list of errors for each node that failed or was skipped.
        """
        return {
            "run": self.run,
            "destinations": {
                name: {"delivered": count, "failed": self.failed[name]} for name, count in self.delivered.items()
            },
            "errors": {
                key: list(errors_of(each))
                for key, each in self.ended().outcomes.items()
                if isinstance(each, Failed | Skipped) or errors_of(each)
            },
        }

    def ended(self) -> RunResult:
        """The engine's result, with what a destination could not finish as an error beside those of its pages."""
        outcomes = dict(self.result.outcomes)
        for name, sentence in self.unfinished.items():
            before = outcomes.get(name)
            errors = list(before.errors) if isinstance(before, Failed) else []
            outcomes[name] = Failed([*errors, undelivered(sentence)])
        return replace(self.result, outcomes=outcomes)


def plan_sync(prepared: Prepared) -> SyncPlan:
    """The plan of the sync job in ``prepared``, with the arguments of this run.

    Raises ``DefinitionError`` for a job with errors, and for a batch; ``UsageError`` for arguments that the job's
    ``args_schema`` or ``args_validation`` does not allow.
    """
    planned = _checked_plan(prepared)
    require_accepted_arguments(planned)
    return planned


def require_accepted_arguments(planned: SyncPlan) -> None:
    """Raise ``UsageError`` where the job's ``args_validation`` refuses the arguments.

    ``args_validation`` is a JSONata expression over the arguments, which refuses them with an object that has a
    ``message``. Raises ``ExpressionError`` where it can't be evaluated.
    """
    _require_accepted(refusal(planned.job, planned.plan.definition.args))


async def plan_sync_apart(prepared: Prepared) -> SyncPlan:
    """The result of ``plan_sync``, made without blocking the event loop.

    It raises the same: ``DefinitionError`` and ``UsageError``.
    """
    planned = _checked_plan(prepared)
    _require_accepted(await refusal_apart(planned.job, planned.plan.definition.args))
    return planned


def require_error_handling(planned: SyncPlan, how: str) -> None:
    """Raise ``UsageError`` where the job's runtime does not support the error handling ``how``.

    ``how`` is ``fail_fast``, ``ignore`` or ``batch``. Only runtime 2 (``default_runtime_version``) supports ``batch``.
    """
    version = planned.job.version
    if how == BATCH and version != COLLECTING_VERSION:
        raise UsageError(
            f"error handling batch is for runtime {COLLECTING_VERSION}, and the job has runtime {version}",
            hint="ignore continues after an error, too; the errors are in the result",
        )


def listed_errors(result: RunResult) -> list[JsonValue]:
    """The errors of all nodes in one list, as in a result; each object has its node's key added as ``resource``."""
    outcomes = result.outcomes.items()
    found = [(key, entry) for key, each in outcomes for entry in errors_of(each)]
    return [{**entry, "resource": key} if isinstance(entry, dict) else entry for key, entry in found]


def _checked_plan(prepared: Prepared) -> SyncPlan:
    """The plan, its arguments checked against ``args_schema``."""
    plan = prepared.require_plan()
    job = plan.definition.job
    if job is None:
        raise DefinitionError(f"{prepared.source.file} is not a sync job", hint="batchctl run FILE runs a batch")
    schema = job.data.get("args_schema")
    if isinstance(schema, dict):
        for misfit in misfits(plan.definition.args, schema):
            raise UsageError(misfit.message, hint=f"give it with --arg {misfit.missing or 'NAME'}=…")
    return SyncPlan(job, plan)


def _require_accepted(refused: str) -> None:
    """Raise ``UsageError`` where ``args_validation`` refused the arguments with a message."""
    if refused:
        raise UsageError(f"the job refuses these arguments: {refused}")


@dataclasses.dataclass(slots=True)
class SyncRunner:
    """Runs a planned sync job once, with the engine; a new one is made for each run.

    ``backend`` answers the calls and is closed at the end, ``state`` is what the job remembers from run to run,
    ``contexts`` are those of the accounts. With ``ignore_previous_run`` neither the date nor the state of an earlier
    run is read, so that everything is fetched. The run's row, which webhooks and ``sync_job_run`` have, gets ``meta``
    (None: no such key), and with ``collects_errors`` all errors in ``errors``. ``memory`` has what must be the same
    when the run is resumed. ``learn`` gets the secrets in contexts that are read during the run. ``news`` posts what
    webhooks get in the middle of a run, None without webhooks. ``now`` returns the current time in UTC. ``run`` is what
    destinations know of the run; ``notified`` are those that hear of its start and end, set by ``execute``.
    """

    planned: SyncPlan
    backend: Backend
    state: State
    options: RunOptions = dataclasses.field(default_factory=RunOptions)
    contexts: NodeContexts = dataclasses.field(default_factory=NodeContexts)
    ignore_previous_run: bool = False
    collects_errors: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    memory: RunMemory = dataclasses.field(default_factory=RunMemory)
    learn: Callable[[frozenset[str]], None] = lambda _secrets: None
    meta: JsonObject | None = None
    news: RunNews | None = None
    run: SyncRun = dataclasses.field(init=False)
    # The destinations that hear of the run itself.
    notified: Mapping[str, Destination] = dataclasses.field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        definition = self.planned.plan.definition
        name = str(self.memory.kept("id", lambda: str(uuid.uuid4())))
        webhooks = webhook_ids(self.planned.plan, self.contexts.own)
        self.run = SyncRun(name, definition.integrated_account_id, receipts=self.memory.receipts, webhooks=webhooks)
        self.run.facts = {
            "id": self.run.id,
            "sync_job_id": self.planned.job.data.get("id"),
            "integrated_account_id": run_account(self.planned.plan),
            "status": "created",
            "args": definition.args,
            "created_at": self.memory.kept("created_at", self.moment),
            "started_at": None,
        }
        if self.meta is not None:
            self.run.facts["meta"] = self.meta

    def moment(self) -> str:
        """The current time in the form of JavaScript's ``toISOString``: ``2026-01-31T09:30:00.000Z``."""
        return iso_moment(self.now())

    async def execute(self, destinations: Mapping[str, Destination], observer: Observer) -> SyncResult:
        """Run the job and deliver its records to ``destinations``, by node; failed calls and deliveries are results.

        ``observer`` gets the engine's events. Raises ``RunStopped`` where a webhook asks for it, and ``BatchctlError``
        where the state, a destination or the disk can't be used.
        """
        remembered = RememberedState(self.state, self.memory, ignored=self.ignore_previous_run)
        outlets = JobOutlets(remembered, destinations)
        idle = await idle_destinations(self.planned.plan)
        self.notified = {name: each for name, each in destinations.items() if name not in idle}
        try:
            await self._announce("created")
            began = self.memory.kept("started_at", self.moment)
            self.run.facts |= {"status": "running", "started_at": began}
            await self._announce("started")
            options = self._options()
            async with self._telling():
                result = await execute(
                    self.planned.plan, self.backend, observer=observer, options=options, outlets=outlets
                )
                if result.interrupted and self.news is not None:
                    self.news.forget()
            # Where the run was cut off, what was taken is written still.
            for name in destinations:
                await outlets.flush(name)
        finally:
            await self.backend.aclose()
        missing = await self._end(result, destinations, options)
        status = "stopped" if result.interrupted else "completed" if result.ok and not missing else "failed"
        if status == "completed":
            self.state.put(_PREVIOUS, began)
        self.run.facts |= {"status": status, "resource_stats": self._stats(result, outlets)}
        if self.collects_errors:
            self.run.facts["errors"] = listed_errors(result)
        missing |= await self._announce("failed" if status != "completed" else "completed")
        shown = ("id", "status", "resource_stats", *(("errors",) if self.collects_errors else ()))
        run: JsonObject = {key: self.run.facts[key] for key in shown}
        return SyncResult(run, result, outlets.delivered, outlets.failed, missing)

    async def _end(
        self, result: RunResult, destinations: Mapping[str, Destination], options: RunOptions
    ) -> dict[str, str]:
        """Take away what the sources have no more, and let every destination end; what went wrong, by destination."""
        failed: dict[str, str] = {}
        for name, missing in await missing_rows(self.planned.plan, result, options, self.notified) if result.ok else ():
            with _noted(name, failed):
                await destinations[name].forget(missing)
        for name, destination in destinations.items():
            with _noted(name, failed):
                await destination.finish(completed=result.ok and not failed)
        return failed

    async def _announce(self, what: str) -> dict[str, str]:
        """Say that the run began or ended. At its end who does not take it is answered, with why.

        Raises ``DeliveryFailed`` at its beginning, and ``RunStopped``.
        """
        unheard: dict[str, str] = {} if self.news is None else dict(self.news.unheard)
        for name, destination in self.notified.items():
            try:
                await destination.announce(f"sync_job_run:{what}", dict(self.run.facts))
            except RunStopped:
                raise
            except DeliveryFailed as error:
                if what in ("created", "started"):
                    raise
                unheard.setdefault(name, str(error))
        return unheard

    @asynccontextmanager
    async def _telling(self) -> AsyncIterator[None]:
        if self.news is None:
            yield
            return
        async with self.news.posted_to(self.run, self.notified):
            yield

    def _options(self) -> RunOptions:
        previous = self.memory.kept("previous", lambda: None if self.ignore_previous_run else self.state.get(_PREVIOUS))
        since = BEGINNING if previous is None else previous
        row: JsonObject = {"sync_job_run": dict(self.run.facts), "previous_run_date": since}
        of_nodes = {key: {**context, **row} for key, context in self.contexts.of_nodes.items()}
        own: JsonObject = {**self.contexts.own, **row}
        return replace(self.options, account=own, accounts=of_nodes, late_accounts=self.contexts.reading(self.learn))

    def _stats(self, result: RunResult, outlets: JobOutlets) -> JsonObject:
        stats: JsonObject = {}
        persisted = outlets.persisted()
        for key, step in self.planned.plan.steps.items():
            if isinstance(step.node, Request):
                figures: JsonObject = {
                    "fetched": _count(result.outcomes[key]),
                    "persisted": persisted.get(key, 0),
                }
                stats[key] = {step.node.method: figures}
            elif key in persisted:
                stats[key] = {"transform": {"persisted": persisted[key]}}
        return stats


@contextmanager
def _noted(name: str, failed: dict[str, str]) -> Iterator[None]:
    try:
        yield
    except DeliveryFailed as error:
        failed.setdefault(name, str(error))


def _count(outcome: Outcome) -> int:
    return 0 if isinstance(outcome, Skipped) else outcome.count
