"""``webhook:URL``: posts as Truto makes them, each after the answer to the one before, repeated up to three times."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from batchctl.destinations.envelope import body_of, headers_for, make_event, record_payload
from batchctl.destinations.immediate import ImmediateDestination
from batchctl.destinations.receivers import Receivers
from batchctl.errors import DeliveryFailed, RunStopped
from batchctl.truto.failures import reason

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from batchctl.destinations.base import SyncRun
    from batchctl.destinations.envelope import Encoding
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonValue

# Three more attempts, at most 10 s apart (Truto's overview of webhooks).
ATTEMPTS = 4
MAX_WAIT_S = 10.0
# The longest to wait for an answer.
PATIENCE_S = 30.0
STARTED = "sync_job_run:started"
# What a receiver answers that can't verify a signature.
_UNVERIFIED = (401, 403)


class WebhookDestination(ImmediateDestination):
    """Posts records and events of a run to a webhook's ``url``, one after the other, signed with ``secret``.

    ``name`` is the node's name, ``now`` returns the current time in ISO 8601. ``events`` are the names of the events
    that are posted, None for all. A post that is not answered with 2xx is repeated up to three times, after waiting
    with ``sleep`` (seconds); once a page was not taken, no other one is posted. While ``receivers`` (None: its own)
    know that its host gives no answer, a post has one attempt at most, until one gets an answer again. An answer of 400
    to ``sync_job_run:started`` raises ``RunStopped``. The signature is in hex; a receiver that answers its first post
    with 401 or 403 gets that once more with the signature in base64, and all others so if it takes that one.
    """

    def __init__(
        self,
        url: str,
        name: str,
        run: SyncRun,
        secret: str,
        now: Callable[[], str],
        *,
        receivers: Receivers | None = None,
        events: Collection[str] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(run)
        self._url = url
        self._name = name
        self._secret = secret
        self._now = now
        self._events = events
        self._sleep = sleep
        self._host = (receivers or Receivers()).of(url)
        self._client: aiohttp.ClientSession | None = None
        self._turn = asyncio.Lock()
        self._is_refused = False
        self._encoding: Encoding = "hex"
        self._is_verified = False

    @property
    def receiver(self) -> str:
        """The node's name."""
        return self._name

    async def tell(self, event: str, payload: JsonValue, place: str) -> bool:
        """Post an event about the run itself; always True.

        ``event`` is its name, ``payload`` what is posted; ``place`` is a key that no other event of this name in the
        run has. Raises ``DeliveryFailed``, or ``RunStopped`` where the receiver asks that the run be stopped.
        """
        await self._post(event, payload, place)
        return True

    async def put(self, delivery: Delivery) -> str:
        """Post one page of records; the note for its receipt is empty.

        Raises ``DeliveryFailed``, also where an earlier page was not taken, and ``RunStopped`` where the receiver asks
        that the run be stopped.
        """
        if self._is_refused:
            raise DeliveryFailed("not sent: pages go to a webhook in their order, and it did not take an earlier one")
        try:
            await self._post("sync_job_run:record", record_payload(delivery, self._run.facts), delivery.key)
        except DeliveryFailed:
            self._is_refused = True
            raise
        return ""

    async def aclose(self) -> None:
        """Close the connection."""
        if self._client is not None:
            await self._client.close()

    async def _post(self, event: str, payload: JsonValue, place: str) -> None:
        if self._events is not None and event not in self._events:
            return
        body = body_of(make_event(self._run.id, event, payload, place, self._now(), self._run.webhooks.get(self._name)))
        async with self._turn:
            reason, tried = self._lost(event, self._host.gone), 0
            while tried < self._host.attempts(ATTEMPTS):
                if tried:
                    await self._sleep(min(2.0**tried, MAX_WAIT_S))
                tried += 1
                answer = await self._verified_answer(body)
                if isinstance(answer, str):
                    reason = self._lost(event, answer)
                    if tried >= self._host.attempts(ATTEMPTS):
                        self._host.lose(answer)
                    continue
                self._host.find()
                if _is_taken(answer):
                    return
                reason = f"the webhook did not take {event}: it answered {answer}"
                if event == STARTED and answer == 400:
                    raise RunStopped(f"the webhook answered 400 to {STARTED}: the run is stopped")
            raise DeliveryFailed(reason)

    async def _verified_answer(self, body: bytes) -> int | str:
        """The status of the answer to one post, or why none came; until one is taken, in either encoding."""
        answer = await self._answer(body, headers_for(body, self._secret, self._encoding))
        if answer in _UNVERIFIED and not self._is_verified:
            other = await self._answer(body, headers_for(body, self._secret, "base64"))
            if _is_taken(other):
                self._encoding, answer = "base64", other
        self._is_verified = self._is_verified or _is_taken(answer)
        return answer

    @staticmethod
    def _lost(event: str, why: str) -> str:
        """The same sentence for a post that was tried and for one that was not any more: many rows have it."""
        return f"the webhook gives no answer to {event}: {why}"

    async def _answer(self, body: bytes, headers: dict[str, str]) -> int | str:
        """The status of the answer to one post; where none comes, why."""
        with self._host.attempt():
            try:
                return await self._status(body, headers)
            except TimeoutError:
                return f"no answer within {PATIENCE_S:.0f} s"
            except aiohttp.ClientConnectorError as error:
                return f"can't connect to {error.host}:{error.port}: {reason(error.os_error)}"
            except (aiohttp.ClientError, OSError, ValueError) as error:
                return reason(error)

    async def _status(self, body: bytes, headers: dict[str, str]) -> int:
        if self._client is None:
            timeout = aiohttp.ClientTimeout(total=PATIENCE_S)
            self._client = aiohttp.ClientSession(timeout=timeout, auto_decompress=False, trust_env=True)
        async with self._client.post(self._url, data=body, headers=headers, allow_redirects=False) as reply:
            return reply.status


def _is_taken(answer: int | str) -> bool:
    return isinstance(answer, int) and 200 <= answer < 300
