"""Destinations that have a page for good, or not, when ``deliver`` returns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from batchctl.engine.outlets import Settled
from batchctl.errors import DeliveryFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.destinations.base import Missing, SyncRun
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonValue


# A run that failed may be resumed, and fail once more.
FAILED = "sync_job_run:failed"


class ImmediateDestination(ABC):
    """A destination that has a page for good, or has failed, as soon as ``deliver`` returns; no page waits for others.

    It keeps the receipt of each page, so that a run that is resumed delivers no page again that it knows of. A subclass
    supplies ``put`` (deliver a page), ``tell`` (pass an event on) and ``receiver`` (the name of its node).
    """

    def __init__(self, run: SyncRun) -> None:
        self._run = run

    @abstractmethod
    async def put(self, delivery: Delivery) -> str:
        """Deliver one page; the note to keep in its receipt. Raises ``DeliveryFailed``."""

    @abstractmethod
    async def tell(self, event: str, payload: JsonValue, place: str) -> bool:
        """Pass an event on; False where this destination passes on none. Raises ``DeliveryFailed``.

        ``place`` tells the event from others of its name in the run. ``event`` is its name, ``payload`` what a webhook
        would post about it.
        """

    async def announce(self, event: str, payload: JsonValue, place: str | None = None) -> None:
        """Pass an event on, unless its receipt shows that this was done before. Raises ``DeliveryFailed``.

        ``payload`` is what a webhook posts about it; ``place`` tells it from others of its name in the run (default:
        the name).
        """
        receipts, place = self._run.receipts, place or event
        known = receipts.note_of(self.receiver, place) is not None
        if not known and await self.tell(event, payload, place) and event != FAILED:
            receipts.add(self.receiver, place)

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Deliver one page, unless its receipt shows that this was done before; the outcome as the only item."""
        receipts = self._run.receipts
        if receipts.note_of(self.receiver, delivery.place) is None:
            try:
                note = await self.put(delivery)
            except DeliveryFailed as error:
                return [Settled(delivery, str(error))]
            receipts.add(self.receiver, delivery.place, note)
        return [Settled(delivery)]

    async def flush(self) -> Sequence[Settled]:
        """Always an empty list: no page is waiting, since each is delivered when it comes."""
        return ()

    async def forget(self, missing: Missing) -> int:  # noqa: ARG002 - there is nothing to look at
        """Does nothing and returns 0: records that were posted or written can't be found again here."""
        return 0

    async def finish(self, *, completed: bool) -> None:  # noqa: B027 - most are done when a page is
        """Does nothing, whether the run is ``completed`` or not: no page is waiting."""

    async def aclose(self) -> None:  # noqa: B027 - most hold nothing
        """Does nothing: no file or connection stays open."""

    @property
    @abstractmethod
    def receiver(self) -> str:
        """The name of the destination's node."""
