"""Sync jobs in Truto: bring a job there, start a run of it, follow the run.

Source of the shapes: Truto's API reference of sync jobs and sync job runs, and its public skills.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from batchctl.definition.job_changes import changes, update_body, writable
from batchctl.errors import Conflict, Refused, ServiceError
from batchctl.plain import counted
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from batchctl.definition.job_changes import Change
    from batchctl.definition.model import BatchDefinition
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.service.platform import PlatformClient

JOBS, RUNS, LOG, TRIGGERS = "sync-job", "sync-job-run", "log", "sync-job-cron-trigger"
# States in which a run stays.
ENDED = frozenset({"completed", "failed", "stopped"})
# Truto brings the figures of a run up to date about every ten seconds.
POLL_S = 10.0
# A run whose figures stand for so long is stuck, by Truto's own guide to debugging.
STUCK_S = 300.0
_LOGGED = 100
_SHOWN = 3


class PushPlan(Struct, frozen=True):
    """What a push would do: create a job from ``body``, or update the job ``job_id`` with it (None: it is created).

    ``body`` is that of ``POST /sync-job``, or for an update that of ``PATCH``, with null for the keys to be removed.
    ``theirs`` is the job as it is in Truto, None where it would be created; ``changes`` are the differences that the
    update would make, empty where there are none.
    """

    job_id: str | None
    body: JsonObject
    theirs: JsonObject | None = None
    changes: tuple[Change, ...] = ()


async def may_overlap(client: PlatformClient, job: JsonObject) -> str | None:
    """A sentence that warns of runs that overlap; None where they can't, or where nothing starts the job.

    They may where a schedule in Truto starts ``job`` (as the API has it), and the job has no ``mutex_key``. When the
    request for its schedules fails, the sentence says that these are not known; nothing is raised.
    """
    if job.get("mutex_key"):
        return None
    try:
        page = await client.page(TRIGGERS, {"sync_job_id": str(job.get("id")), "limit": "100"})
    except ServiceError as error:
        return f"whether cron triggers start the job is not known: {error}"
    found = records if isinstance(records := page.get("result"), list) else []
    clocks = [each for each in found if isinstance(each, dict) and each.get("sync_job_id") == job.get("id")]
    if not clocks:
        return None
    times = ", ".join(str(each.get("cron_expression")) for each in clocks[:_SHOWN])
    return (
        f"{counted(len(clocks), 'cron trigger')} ({times}) start this job, and it has no mutex_key: "
        "a run begins whether or not the one before has ended"
    )


async def plan_push(client: PlatformClient, definition: BatchDefinition, *, force: bool = False) -> PushPlan:
    """Compare the job of ``definition`` with the one in Truto, without changing anything.

    A definition without an id is a new job. Raises ``Conflict`` where the job in Truto was changed after the file was
    pulled or pushed, unless ``force``, and ``ServiceError`` when a request fails.
    """
    job = definition.job
    job_id = job.id if job is not None else None
    if job is None or job_id is None:
        return PushPlan(None, definition.payload)
    theirs = await fetch_job(client, job_id)
    found = changes(writable(theirs), definition.payload)
    known, latest = job.data.get("updated_at"), theirs.get("updated_at")
    if found and known is not None and latest is not None and known != latest and not force:
        raise Conflict(
            f"the job in Truto was changed on {latest}, the file knows it as of {known}",
            hint=f"batchctl sync pull {job_id} --output FILE brings the change here; --force overwrites it",
        )
    return PushPlan(job_id, update_body(theirs, definition.payload), theirs, found)


async def fetch_job(client: PlatformClient, job_id: str) -> JsonObject:
    """The sync job with this id, as Truto has it.

    Raises ``Refused`` where there is none, and ``ServiceError`` when the request fails.
    """
    try:
        return await client.record(JOBS, job_id)
    except Refused as error:
        if error.status == 404:
            hint = "check the id and whose token it is; a file without an id is pushed as a new job"
            raise Refused(f"there is no sync job {job_id}", hint=hint, status=404) from None
        raise


async def push(client: PlatformClient, plan: PushPlan) -> JsonObject:
    """Create or update the job as ``plan`` says, and return it as Truto has it afterwards.

    Nothing is sent where there are no changes. Raises ``ServiceError`` when the request fails.
    """
    if plan.job_id is None:
        return await client.create(JOBS, plan.body)
    if plan.theirs is not None and not plan.changes:
        return plan.theirs
    return await client.update(JOBS, plan.job_id, plan.body)


class Watching(Struct):
    """Follows a run in Truto: ``follow`` asks for it again and again until it has ended.

    ``tell`` gets the run's row, as the API has it, at the start and whenever it differs from the last one; ``note``
    gets a sentence once nothing has changed for 300 seconds, and not again before something has. ``poll_s`` is the time
    between two requests, in seconds. ``sleep`` waits for a number of seconds, ``clock`` returns seconds.
    """

    tell: Callable[[JsonObject], None] = lambda _row: None
    note: Callable[[str], None] = lambda _text: None
    poll_s: float = POLL_S
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    _changed_s: float = 0.0

    async def follow(self, client: PlatformClient, row: JsonObject) -> JsonObject:
        """The row of the run once it has ended; ``row`` is the run as the API had it first.

        Raises ``ServiceError`` when a request fails.
        """
        self._changed_s, reported = self.clock(), False
        self.tell(row)
        while row.get("status") not in ENDED:
            await self.sleep(self.poll_s)
            latest = await client.record(RUNS, run_id(row))
            if latest != row:
                self._changed_s, reported = self.clock(), False
                self.tell(latest)
            elif not reported and self.clock() - self._changed_s >= STUCK_S and row.get("status") != "rate_limited":
                reported = True
                self.note(f"nothing has changed for {STUCK_S:g} s: the run may be stuck")
            row = latest
        return row


def run_body(definition: BatchDefinition, job_id: str, options: JsonObject) -> JsonObject:
    """The body of ``POST /sync-job-run`` for the job ``job_id``, with the account and arguments of ``definition``.

    Of ``options``, further keys of the body, those are left out whose value is None, False or an empty list.
    """
    body: JsonObject = {"sync_job_id": job_id, "status": "created", "args": definition.args}
    if definition.integrated_account_id:
        body["integrated_account_id"] = definition.integrated_account_id
    return {**body, **{key: value for key, value in options.items() if value not in (None, False, [])}}


async def start_run(client: PlatformClient, body: JsonObject) -> JsonObject:
    """Start a run, and return its row as the API does; ``body`` is that of ``POST /sync-job-run``.

    Raises ``ServiceError`` when the request fails, or the answer has no id.
    """
    row = await client.create(RUNS, body)
    run_id(row)
    return row


def run_id(row: JsonObject) -> str:
    """The id of a run, from its row as the API has it. Raises ``ServiceError`` where there is none."""
    found = row.get("id")
    if not isinstance(found, str) or not found:
        raise ServiceError("the answer to the run has no id", hint="check --api-url")
    return found


async def why_failed(client: PlatformClient, row: JsonObject) -> dict[str, list[JsonValue]]:
    """The errors of a run by the name of the node: those in its ``row``, else the error entries of its log in Truto.

    Entries that name no node are under ``run``. Raises ``ServiceError`` when a request fails. Each error is an object
    as the API has it.
    """
    kept = row.get("errors")
    if isinstance(kept, list) and kept:
        return _by_node(kept)
    query = {"log_type": "rapid_bridge", "sync_job_run_id": run_id(row), "limit": str(_LOGGED)}
    entries = (await client.page(LOG, query))["result"]
    return _by_node([entry for entry in entries if _is_error(entry)] if isinstance(entries, list) else [])


def _by_node(entries: list[JsonValue]) -> dict[str, list[JsonValue]]:
    found: dict[str, list[JsonValue]] = {}
    for entry in entries:
        named = entry.get("resource") or entry.get("name") if isinstance(entry, dict) else None
        found.setdefault(str(named or "run"), []).append(entry)
    return found


def _is_error(entry: JsonValue) -> bool:
    if not isinstance(entry, dict):
        return False
    stated = entry.get("status")
    is_bad = isinstance(stated, str) and ("error" in stated or "fail" in stated)
    return is_bad or entry.get("webhook_successful") is False or entry.get("datastore_successful") is False
