"""A sync job, run on this machine: the engine over fixtures or Truto's API, a state, destinations for the records."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from batchctl.definition.args_schema import misfits
from batchctl.definition.model import Request
from batchctl.definition.sync_job import destinations
from batchctl.destinations.base import SyncRun
from batchctl.engine.executor import execute
from batchctl.engine.options import RunOptions
from batchctl.engine.result import Failed, Skipped
from batchctl.errors import DefinitionError, DeliveryFailed, RunStopped, UsageError
from batchctl.execution.sync_outlets import JobOutlets
from batchctl.expression import compile_expression
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.definition.model import SyncJob
    from batchctl.destinations.base import Destination
    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.engine.events import Observer
    from batchctl.engine.result import Outcome, RunResult
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Plan
    from batchctl.preparation import Prepared
    from batchctl.store.sync_state import SyncState
    from batchctl.truto.calls import Call

# Where the moment of the last complete run is kept, for ``previous_run_date``.
_PREVIOUS = "truto:previous_run_date"


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """A job and the plan of its nodes, for the arguments of one run."""

    job: SyncJob
    plan: Plan

    @property
    def destinations(self) -> Mapping[str, str]:
        """The destinations by name, with their type."""
        nodes = destinations(self.plan.definition.resources)
        return {node.key: str(node.config.get("destination_type")) for node in nodes}


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How a run ended. ``result`` is the engine's, ``delivered`` and ``failed`` count deliveries by destination."""

    run: JsonObject
    result: RunResult
    delivered: Mapping[str, int]
    failed: Mapping[str, int]

    def json(self) -> JsonObject:
        """``{"run": …, "destinations": …, "errors": …}``."""
        outcomes = self.result.outcomes.items()
        return {
            "run": self.run,
            "destinations": {
                name: {"delivered": count, "failed": self.failed[name]} for name, count in self.delivered.items()
            },
            "errors": {key: list(each.errors) for key, each in outcomes if isinstance(each, Failed | Skipped)},
        }


def plan_sync(prepared: Prepared) -> SyncPlan:
    """The plan of a job that was prepared (with ``jobs``), with the arguments of this run.

    Raises ``DefinitionError`` for one with errors and for a batch, ``UsageError`` for arguments that it refuses.
    """
    plan = prepared.require_plan()
    job = plan.definition.job
    if job is None:
        raise DefinitionError(f"{prepared.source.file} is not a sync job", hint="batchctl run FILE runs a batch")
    _check_arguments(job, plan.definition.args)
    return SyncPlan(job, plan)


def _check_arguments(job: SyncJob, args: JsonObject) -> None:
    schema = job.data.get("args_schema")
    if isinstance(schema, dict):
        for misfit in misfits(args, schema):
            raise UsageError(f"args: {misfit.message}", hint="pass --arg NAME=VALUE")
    if job.args_validation is None:
        return
    answer = compile_expression(job.args_validation).evaluate({"args": args})
    if isinstance(answer, dict) and answer.get("message"):
        raise UsageError(f"the job refuses these arguments: {answer['message']}")


class AccountsBackend:
    """Sends each call in the name of its own account; ``backend_for`` makes the backend of an account."""

    def __init__(self, own: str, backend_for: Callable[[str], Backend]) -> None:
        self._own = own
        self._backend_for = backend_for
        self._backends: dict[str, Backend] = {}

    async def send(self, call: Call) -> Reply:
        """The answer of the account's backend."""
        account = call.account or self._own
        if account not in self._backends:
            self._backends[account] = self._backend_for(account)
        return await self._backends[account].send(call)

    async def aclose(self) -> None:
        """Close the backends."""
        for backend in self._backends.values():
            await backend.aclose()


@dataclass(slots=True)
class SyncRunner:
    """Runs a planned job. ``account`` is the context of the account, ``now`` answers the present moment in UTC."""

    planned: SyncPlan
    backend_for: Callable[[str], Backend]
    state: SyncState
    options: RunOptions = field(default_factory=RunOptions)
    account: JsonObject = field(default_factory=dict)
    ignore_previous_run: bool = False
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    run: SyncRun = field(init=False)

    def __post_init__(self) -> None:
        definition = self.planned.plan.definition
        self.run = SyncRun(str(uuid.uuid4()), definition.integrated_account_id)
        self.run.facts = {
            "id": self.run.id,
            "sync_job_id": self.planned.job.data.get("id"),
            "integrated_account_id": definition.integrated_account_id or None,
            "status": "created",
            "args": definition.args,
            "created_at": self.moment(),
            "started_at": None,
        }

    def moment(self) -> str:
        """The present moment, as JavaScript writes a date."""
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    async def execute(self, destinations: Mapping[str, Destination], observer: Observer) -> SyncResult:
        """Run it. Failures are part of the result. Raises ``RunStopped``, and what the engine raises."""
        outlets = JobOutlets(self.state, destinations)
        await self._announce(destinations, "created")
        began = self.moment()
        self.run.facts |= {"status": "running", "started_at": began}
        await self._announce(destinations, "started")
        backend = AccountsBackend(self.run.account, self.backend_for)
        try:
            result = await execute(
                self.planned.plan, backend, observer=observer, options=self._options(), outlets=outlets
            )
            # Where the run was cut off, what was taken is written still.
            for name in destinations:
                await outlets.flush(name)
        finally:
            await backend.aclose()
        status = "stopped" if result.interrupted else "completed" if result.ok else "failed"
        if status == "completed":
            self.state.put(_PREVIOUS, began)
        self.run.facts |= {"status": status, "resource_stats": self._stats(result, outlets)}
        for destination in destinations.values():
            await destination.finish(completed=status == "completed")
        await self._announce(destinations, "failed" if status != "completed" else "completed")
        run: JsonObject = {key: self.run.facts[key] for key in ("id", "status", "resource_stats")}
        return SyncResult(run, result, outlets.delivered, outlets.failed)

    async def _announce(self, destinations: Mapping[str, Destination], what: str) -> None:
        for destination in destinations.values():
            try:
                await destination.announce(f"sync_job_run:{what}", dict(self.run.facts))
            except RunStopped:
                raise
            except DeliveryFailed:
                if what in ("created", "started"):
                    raise

    def _options(self) -> RunOptions:
        previous = None if self.ignore_previous_run else self.state.get(_PREVIOUS)
        roots: JsonObject = {**self.account, "sync_job_run": dict(self.run.facts)}
        if previous is not None:
            roots["previous_run_date"] = previous
        return replace(self.options, account=roots)

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


def _count(outcome: Outcome) -> int:
    return 0 if isinstance(outcome, Skipped) else outcome.count


def state_space(job: SyncJob, args: JsonObject) -> str:
    """The namespace of a job's state: its ``state_key``, filled in, else its id or label."""
    if job.state_key is None:
        return str(job.data.get("id") or job.label)
    watched = compile_template(job.state_key).render_watched({"args": args})
    if watched.missing:
        raise UsageError(f"state_key: {watched.missing[0].text} has no value", hint="pass --arg NAME=VALUE")
    return str(watched.value)
