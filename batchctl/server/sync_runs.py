"""``/sync-job-run``: a run of a sync job, really made, by the engine over the fixtures.

A destination of type webhook posts to the ``target_url`` of the record with its id in ``platform/webhook.json``; what
goes to any other is counted and let go.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

from batchctl.definition import read_data
from batchctl.definition.sync_job import BATCH, FAIL_FAST
from batchctl.destinations.immediate import ImmediateDestination
from batchctl.destinations.webhook import WebhookDestination
from batchctl.diagnostics import Severity
from batchctl.engine.backends.local import PatientBackend
from batchctl.engine.options import RunOptions
from batchctl.errors import BatchctlError, DeliveryFailed, RunStopped, UsageError
from batchctl.execution.node_contexts import NodeContexts, contexts_in_fixtures
from batchctl.execution.sync import SyncRunner, listed_errors, plan_sync_apart
from batchctl.execution.sync_accounts import AccountsBackend
from batchctl.execution.sync_facts import run_account
from batchctl.execution.sync_names import state_space
from batchctl.execution.sync_news import RunNews
from batchctl.preparation import prepare_loaded
from batchctl.server.interrupted_runs import RUNS, log_error
from batchctl.server.request import Refusal
from batchctl.server.sync_states import NAME as STATES
from batchctl.server.sync_states import SpaceState, moment
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.definition.model import SyncNode
    from batchctl.destinations.base import Destination, SyncRun
    from batchctl.engine.outlets import Delivery
    from batchctl.execution.sync import SyncPlan
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.server.worlds import World
    from batchctl.store.sync_state import SyncState

JOBS, WEBHOOKS = "sync-job", "webhook"
_GIVEN = (
    "error_handling", "ignore_previous_run", "force", "webhook_id", "daemon_group_key", "datastore_id", "super_query",
    "events_to_send", "meta",
)  # fmt: skip


class CountingDestination(ImmediateDestination):
    """A destination that accepts every page and stores none, for nodes whose receiver the server does not know.

    ``run`` is the run that delivers, ``name`` the node's name.
    """

    def __init__(self, run: SyncRun, name: str) -> None:
        super().__init__(run)
        self._name = name

    async def put(self, delivery: Delivery) -> str:  # noqa: ARG002 - it is let go
        """Accept a page, and do nothing with it; the note for its receipt is empty."""
        return ""

    async def tell(self, event: str, payload: JsonValue, place: str) -> bool:  # noqa: ARG002 - nobody hears it
        """Always False, for not delivered: ``event``, ``payload`` and ``place`` (its key in the run) go nowhere."""
        return False

    @property
    def receiver(self) -> str:
        """The name of the node that it stands for, under which receipts of deliveries are stored."""
        return self._name


class SharedBackend(PatientBackend, frozen=True):
    """A backend of one account that several runs use, so that no run closes it.

    It is made from the account's own backend, ``inner``, as a ``PatientBackend`` is.
    """

    async def aclose(self) -> None:
        """Does nothing: the backend stays open for other runs."""


class SyncRuns:
    """Starts and stops the runs of sync jobs that clients ask for; each is a task that goes on by itself.

    The jobs and the records of runs are those of ``world``. In the methods a run's record has ``id``, ``sync_job_id``,
    ``status`` and the other keys of ``/sync-job-run``.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # The runs at work that somebody has deleted, which stops them.
        self._deleted: set[str] = set()
        # Runs with the same mutex key wait for one another.
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def start(self, body: JsonValue) -> JsonObject:
        """Start the run that ``body``, that of ``POST /sync-job-run``, asks for; the run's record as the API gives it.

        ``body`` has ``sync_job_id``, and if need be ``integrated_account_id``, ``args`` and others that the record
        keeps. While another run with its mutex key is at work it waits, as in Truto (reference of sync jobs), unless
        ``body`` has ``force: true``. Raises ``Refusal``: 404 for an unknown job, 400 without ``sync_job_id`` and for a
        job that can't be run with these arguments. ``FixtureError`` is raised where the fixtures can't be used.
        """
        if not isinstance(body, dict) or not isinstance(body.get("sync_job_id"), str):
            raise Refusal(400, "a run needs sync_job_id")
        planned = await self._planned(body)
        now = moment()
        row: JsonObject = {
            "id": str(uuid.uuid4()),
            "sync_job_id": body["sync_job_id"],
            "integrated_account_id": run_account(planned.plan),
            "status": "created",
            "version": planned.job.version,
            "args": planned.plan.definition.args,
            "resource_stats": {},
            "errors": [],
            "created_at": now,
            "updated_at": now,
            "started_at": None,
            **{key: body[key] for key in _GIVEN if key in body},
        }
        try:
            row["state_key"] = state_space(planned.job, planned.plan.definition.args)
            mutex = _filled(planned.job.mutex_key, planned.plan.definition.args)
        except UsageError as error:
            raise Refusal(400, str(error)) from error
        run_id = str(row["id"])
        self._world.platform(RUNS).create(row)
        turn = None if mutex is None or body.get("force") is True else self._turns.setdefault(mutex, asyncio.Lock())
        task = asyncio.get_running_loop().create_task(self._run_in_turn(planned, row, turn))
        self._tasks[run_id] = task
        task.add_done_callback(lambda task: self._ended(run_id, task))
        return row

    def stop(self, run_id: str) -> JsonObject:
        """Stop a run; its record as it is now: the status changes when the run has ended.

        Raises ``Refusal`` (404) for an unknown run. ``FixtureError`` is raised where the fixtures can't be used.
        """
        reply = self._world.platform(RUNS).get(run_id)
        if not reply.ok or not isinstance(reply.body, dict):
            raise Refusal(404, f"no run {run_id[:80]}")
        if run_id in self._tasks:
            self._deleted.add(run_id)
            self._tasks[run_id].cancel()
        return reply.body

    def _ended(self, run_id: str, task: asyncio.Task[None]) -> None:
        self._tasks.pop(run_id, None)
        self._deleted.discard(run_id)
        if task.cancelled():
            # Before it began.
            self._world.platform(RUNS).update(run_id, {"status": "stopped", "updated_at": moment()})

    async def _planned(self, body: JsonObject) -> SyncPlan:
        reply = self._world.platform(JOBS).get(str(body["sync_job_id"]))
        if not reply.ok or not isinstance(reply.body, dict):
            raise Refusal(404, f"no sync job {str(body['sync_job_id'])[:80]}")
        job = dict(reply.body)
        if isinstance(body.get("resources"), list):
            job["resources"] = body["resources"]
        args, account = body.get("args"), body.get("integrated_account_id")
        loaded = read_data(
            {**job, "kind": "sync-job"},
            file="sync-job",
            account=account if isinstance(account, str) else None,
            args=args if isinstance(args, dict) else {},
        )
        prepared = prepare_loaded(loaded, required=None, jobs=True)
        if prepared.plan is None:
            first = next(each for each in prepared.diagnostics if each.severity is Severity.ERROR)
            raise Refusal(400, f"the sync job has errors: {first.message}")
        try:
            return await plan_sync_apart(prepared)
        except BatchctlError as error:
            raise Refusal(400, str(error)) from error

    async def _run_in_turn(self, planned: SyncPlan, row: JsonObject, turn: asyncio.Lock | None) -> None:
        async with turn or nullcontext():
            await self._run(planned, row)

    async def _run(self, planned: SyncPlan, row: JsonObject) -> None:
        """Make the run and keep its row up to date. Nothing is raised: what goes wrong is in the row and the log."""
        run_id, table = str(row["id"]), self._world.platform(RUNS)
        states = SpaceState(self._world.platform(STATES), str(row["state_key"]), run_id)
        options = RunOptions(fail_fast=row.get("error_handling") == FAIL_FAST)
        news = RunNews(planned.plan, in_batches=row.get("error_handling") == BATCH)
        runner = SyncRunner(
            planned,
            AccountsBackend(
                planned.plan.definition.integrated_account_id,
                lambda account: SharedBackend(self._world.backend(account), tell=news),
            ),
            # It has the three methods that a run uses.
            cast("SyncState", states),
            options,
            self._contexts(planned),
            row.get("ignore_previous_run") is True,
            news=news,
        )
        runner.run.id = run_id
        runner.run.facts = dict(row)
        table.update(run_id, {"status": "running", "started_at": moment(), "updated_at": moment()})
        destinations = self._destinations(planned, runner.run, row)
        ended: JsonObject
        try:
            result = await runner.execute(destinations, news)
            if run_id in self._deleted:
                await _tell_deleted(runner.notified, runner.run.facts)
            errors = result.json()["errors"]
            ended = {"status": result.run["status"], "resource_stats": result.run["resource_stats"]}
            for node, entries in errors.items() if isinstance(errors, dict) else ():
                for entry in entries if isinstance(entries, list) else ():
                    self._log(run_id, node, entry)
            if row.get("error_handling") == BATCH:
                ended["errors"] = listed_errors(result.ended())
        except BatchctlError as error:
            ended = {"status": "stopped" if isinstance(error, RunStopped) else "failed"}
            self._log(run_id, None, {"message": str(error)})
        except asyncio.CancelledError:
            # Before the engine began: it answers with what it has.
            ended = {"status": "stopped"}
            if run_id in self._deleted:
                await _tell_deleted(runner.notified, {**runner.run.facts, **ended})
        finally:
            for destination in destinations.values():
                await destination.aclose()
        table.update(run_id, {**ended, "updated_at": moment()})

    def _contexts(self, planned: SyncPlan) -> NodeContexts:
        folder = self._world.folder
        return NodeContexts() if folder is None else contexts_in_fixtures(planned.plan, folder, {})

    def _destinations(self, planned: SyncPlan, run: SyncRun, row: JsonObject) -> dict[str, Destination]:
        made: dict[str, Destination] = {}
        ids: dict[str, str] = {}
        nodes = {node.key: cast("SyncNode", node) for node in planned.plan.definition.resources}
        for name, kind in planned.destinations.items():
            webhook = self._webhook(nodes[name], row) if kind == "webhook" else None
            url = webhook.get("target_url") if webhook else None
            if isinstance(url, str) and webhook is not None:
                ids[name], secret = str(webhook.get("id")), str(webhook.get("secret") or "")
                made[name] = WebhookDestination(url, name, run, secret, moment, events=_events(row, webhook))
            else:
                made[name] = CountingDestination(run, name)
        run.webhooks = ids
        return made

    def _webhook(self, node: SyncNode, row: JsonObject) -> JsonObject | None:
        """The record of the webhook that a destination names, or that the run does."""
        settings = node.config.get("config")
        written = settings.get("id") if isinstance(settings, dict) else row.get("webhook_id")
        if not isinstance(written, str):
            return None
        args = row["args"]
        name = _filled(written, args if isinstance(args, dict) else {}, required=False)
        reply = self._world.platform(WEBHOOKS).get(name)
        return reply.body if reply.ok and isinstance(reply.body, dict) else None

    def _log(self, run_id: str, node: str | None, entry: JsonValue) -> None:
        said: JsonObject = entry if isinstance(entry, dict) else {"message": str(entry)}
        log_error(self._world, run_id, node, said)


async def _tell_deleted(notified: Mapping[str, Destination], facts: JsonObject) -> None:
    for destination in notified.values():
        # Nobody is left who could be notified that it was not heard.
        with suppress(DeliveryFailed):
            await destination.announce("sync_job_run:deleted", dict(facts))


def _events(row: JsonObject, webhook: JsonObject) -> frozenset[str] | None:
    """The events that a webhook gets: those that it is for, and that the run asks for; None for all."""
    asked = [
        names for names in (webhook.get("event_types"), row.get("events_to_send")) if isinstance(names, list) and names
    ]
    return frozenset.intersection(*(frozenset(map(str, names)) for names in asked)) if asked else None


def _filled(template: str | None, args: JsonObject, *, required: bool = True) -> str | None:
    """A template over the arguments. Raises ``UsageError`` where one has no value."""
    if template is None:
        return None
    watched = compile_template(template).render_watched({"args": args})
    if watched.missing:
        if not required:
            return None
        raise UsageError(f"mutex_key: {watched.missing[0].text} has no value")
    return str(watched.value)
