"""The contract of a destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.outlets import Delivery, Settled
    from batchctl.json_types import JsonObject, JsonValue


class Receipts(Protocol):
    """Notes of what a run has delivered, kept on this machine for destinations that can't keep them themselves.

    ``node`` is the name of the destination's node, ``place`` the key of a delivery within the run.
    """

    def note_of(self, node: str, place: str) -> str | None:
        """The note that was stored with this delivery's receipt; None for a delivery that was not made."""

    def notes(self, node: str) -> Sequence[str]:
        """The notes of all deliveries of a node, in the order in which they were made."""

    def add(self, node: str, place: str, note: str = "") -> None:
        """Store the receipt of a delivery; it is on disk when this returns. Raises ``StoreError``."""


class ForgottenReceipts:
    """Receipts of a run that can't be resumed: nothing is stored."""

    def note_of(self, node: str, place: str) -> str | None:  # noqa: ARG002 - it knows nothing
        """Always None: no delivery of ``node`` at ``place`` is known."""
        return None

    def notes(self, node: str) -> Sequence[str]:  # noqa: ARG002 - as above
        """Always empty: no delivery of ``node`` is known."""
        return ()

    def add(self, node: str, place: str, note: str = "") -> None:
        """Does nothing: the run can't be resumed, so that no receipt of ``node``, ``place``, ``note`` is needed."""


class SyncRun(Struct):
    """The run as a destination sees it; ``facts`` is its row as ``/sync-job-run`` has it.

    ``id`` is the run's, ``account`` the integrated account, ``receipts`` are notes of what it has delivered.
    """

    id: str
    account: str
    facts: JsonObject = field(default_factory=dict)
    receipts: Receipts = field(default_factory=ForgottenReceipts)


class Missing(Struct, frozen=True):
    """Rows of ``resource`` and ``account`` that the source no longer has, among those with the values ``matching``.

    ``hard`` deletes them; without it the column ``truto_deleted_at`` gets the current time.
    """

    resource: str
    account: str | None
    hard: bool
    matching: JsonObject = field(default_factory=dict)


class Destination(Protocol):
    """A place that records are delivered to.

    Each record is delivered at least once, or exactly once where a receipt is stored with the records. A page that
    could not be delivered is an outcome with an error; any other failure raises ``DeliveryFailed``, or ``RunStopped``
    where the receiver asks that the run be stopped.
    """

    async def announce(self, event: str, payload: JsonValue, place: str | None = None) -> None:
        """Report that the run began, ended or met something; only a webhook passes it on. Raises ``DeliveryFailed``.

        ``place`` tells the event from others of its name in the run. ``event`` is its name
        (``sync_job_run:completed``), ``payload`` what Truto's webhooks have as ``payload``.
        """

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take one page of records; the outcome of each page that is settled by now, this one or earlier ones."""

    async def flush(self) -> Sequence[Settled]:
        """Finish all pages that were taken; the outcome of each that was not yet reported."""

    async def forget(self, missing: Missing) -> int:
        """Delete or mark the rows that ``missing`` describes; how many there were. Raises ``DeliveryFailed``."""

    async def finish(self, *, completed: bool) -> None:
        """The run has come to its end. Raises ``DeliveryFailed``.

        ``completed`` says that it is not resumed any more, so that its receipts can be deleted.
        """

    async def aclose(self) -> None:
        """Close files and connections."""
