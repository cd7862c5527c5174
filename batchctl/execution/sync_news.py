"""What webhooks hear in the middle of a run: each error, and that the run waits for a rate limit and goes on.

Truto posts ``sync_job_run:record_error`` for each error, or for many at once where errors are handled in batches,
``:rate_limited`` when a provider asks the run to wait, and ``:updated`` when its status changes. Source: its API
reference of sync job runs and its public skills (sync-jobs). What is in them is said nowhere.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.engine.events import CallRetried, ErrorNoted, PageReceived, ResourceFinished
from batchctl.errors import DeliveryFailed
from batchctl.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from batchctl.destinations.base import Destination, SyncRun
    from batchctl.engine.events import Event
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan

THROTTLED = 429
# So many errors one event has at most.
MAX_ERRORS = 1_000
# Where so many events wait for a webhook, further errors of a node that waits already are posted with it.
MAX_WAITING = 100


class RunNews:
    """Posts to webhooks, while a run executes, what Truto posts: its errors, and that it waits for a rate limit.

    It is an observer: the engine calls it with each event, inside of the context ``posted_to``. With ``in_batches`` the
    errors of a node are posted together when it is done. A webhook that refuses an event gets no more of them;
    ``unheard`` has the sentence that says why, by the destination's key. ``redactor`` masks secrets in what is posted
    (None: only values under names that look secret).
    """

    def __init__(self, plan: Plan, redactor: Redactor | None = None, *, in_batches: bool = False) -> None:
        self.unheard: dict[str, str] = {}
        self._plan = plan
        self._redactor = redactor or Redactor()
        self._in_batches = in_batches
        self._gathered: dict[str, list[JsonValue]] = {}
        self._waiting: deque[tuple[str, JsonObject]] = deque()
        # The errors of the last event that waits, by node.
        self._latest: dict[str, list[JsonValue]] = {}
        self._some = asyncio.Event()
        self._run: SyncRun | None = None

    def __call__(self, event: Event, /) -> None:
        """Take note of one event."""
        match event:
            case ErrorNoted(key=key, entry=entry) if self._is_source(key):
                if self._in_batches:
                    self._gathered.setdefault(key, []).append(entry)
                else:
                    self._add_error(key, entry)
            case ResourceFinished(key=key) if key in self._gathered:
                errors = self._gathered.pop(key)
                for start in range(0, len(errors), MAX_ERRORS):
                    self._add("record_error", self._about(key, {"errors": errors[start : start + MAX_ERRORS]}))
            case CallRetried(key=key, status=status, wait_s=wait_s) if status == THROTTLED:
                if self._set_status("rate_limited"):
                    self._add("rate_limited", self._about(key, {"retryAfter": wait_s}))
            case PageReceived():
                self._set_status("running")
            case _:
                pass

    @asynccontextmanager
    async def posted_to(self, run: SyncRun, destinations: Mapping[str, Destination]) -> AsyncIterator[None]:
        """A context in which events are posted to the webhooks among ``destinations`` (by node) as they come.

        ``run`` describes the run to them. What is left at the end of the context is posted before it ends; after an
        exception it is not.
        """
        self._run = run
        work = asyncio.ensure_future(self._work(destinations))
        try:
            yield
        except BaseException:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            raise
        self._set_status("running")
        self._run = None
        self._some.set()
        await work

    def forget(self) -> None:
        """Drop the events that wait to be posted."""
        self._waiting.clear()
        self._latest.clear()

    async def _work(self, destinations: Mapping[str, Destination]) -> None:
        while True:
            await self._some.wait()
            self._some.clear()
            while self._waiting:
                event, payload = self._waiting.popleft()
                if payload.get("errors") is self._latest.get(str(payload.get("node")), ()):
                    del self._latest[str(payload["node"])]
                for name, destination in destinations.items():
                    if name not in self.unheard:
                        await self._post(name, destination, event, payload)
            if self._run is None:
                return

    async def _post(self, name: str, destination: Destination, event: str, payload: JsonObject) -> None:
        try:
            await destination.announce(event, payload, f"{event} {uuid.uuid4()}")
        except DeliveryFailed as error:
            self.unheard[name] = str(error)

    def _add(self, what: str, payload: JsonObject) -> None:
        self._waiting.append((f"sync_job_run:{what}", payload))
        self._some.set()

    def _add_error(self, key: str, entry: JsonValue) -> None:
        payload = self._about(key, {"errors": [entry]})
        errors, latest = payload["errors"], self._latest.get(key)
        if not isinstance(errors, list):
            return
        if latest is not None and len(self._waiting) >= MAX_WAITING and len(latest) < MAX_ERRORS:
            latest += errors
            return
        self._latest[key] = errors
        self._add("record_error", payload)

    def _set_status(self, status: str) -> bool:
        """Whether the run has another status now, which is told."""
        if self._run is None or self._run.facts["status"] == status:
            return False
        self._run.facts["status"] = status
        self._add("updated", dict(self._run.facts))
        return True

    def _about(self, key: str, more: JsonObject) -> JsonObject:
        """The payload of a node: as of its records, of which there are none here."""
        node = self._plan.graph.nodes[key]
        facts = self._run.facts if self._run is not None else {}
        of_call: JsonObject = {"method": node.method} if isinstance(node, Request) else {}
        resource = node.resource if isinstance(node, Request) else key
        about: JsonObject = {"resource": resource, **of_call, "node": key, "records": [], "meta": facts.get("meta")}
        return {**about, **self._redactor.data(more)}

    def _is_source(self, key: str) -> bool:
        """Whether it is no destination: what could not be delivered can't be told there either."""
        node = self._plan.graph.nodes[key]
        return node.kind != "destination"
