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
    """A destination where each page is delivered, or has failed, when ``deliver`` returns; no page waits for others.

    It keeps a receipt of each page in the run's ``receipts``, so that a resumed run skips the pages delivered before. A
    subclass supplies ``put`` (deliver a page), ``tell`` (pass an event on) and ``receiver`` (the name of its node).
    """

    def __init__(self, run: SyncRun) -> None:
        self._run = run

    @abstractmethod
    async def put(self, delivery: Delivery) -> str:
        """Deliver one page; the result is the note to keep in its receipt (may be empty). Raises ``DeliveryFailed``."""

    @abstractmethod
    async def tell(self, event: str, payload: JsonValue, place: str) -> bool:
        """Pass an event on; False where this destination passes on none. Raises ``DeliveryFailed``.

        ``event`` is its name, ``payload`` what a webhook would post about it; ``place`` is a key that no other event of
        this name in the run has.
        """

    async def announce(self, event: str, payload: JsonValue, place: str | None = None) -> None:
        """Pass an event on, unless its receipt shows that this was done before. Raises ``DeliveryFailed``.

        ``event`` is its name, ``payload`` what a webhook posts about it; ``place`` is the key of its receipt within the
        run (None: the event's name). A failure of the run (``sync_job_run:failed``) is passed on each time.
        """
        receipts, place = self._run.receipts, place or event
        known = receipts.note_of(self.receiver, place) is not None
        if not known and await self.tell(event, payload, place) and event != FAILED:
            receipts.add(self.receiver, place)

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Deliver one page, unless its receipt shows that this was done before.

        The result has one item, the outcome; a page that could not be delivered is an outcome with an error.
        """
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
