"""The contract of a destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.engine.outlets import Delivery, Settled
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.store.receipts import Receipts


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


# The first event of a run.
CREATED = "sync_job_run:created"


class SyncRun(Struct):
    """The run that delivers, as a destination needs it: its id, its account, and what it has delivered before.

    ``id`` is the run's id, ``account`` the id of the integrated account; ``facts`` is the run as Truto's API has it
    under ``/sync-job-run`` (``id``, ``sync_job_id``, ``status``, ``meta`` …); ``receipts`` are the notes of what it has
    delivered. ``webhooks`` are the ids of the webhooks in Truto that its nodes name, by node.
    """

    id: str
    account: str
    facts: JsonObject = field(default_factory=dict)
    receipts: Receipts = field(default_factory=ForgottenReceipts)
    webhooks: Mapping[str, str] = field(default_factory=dict)


class Missing(Struct, frozen=True):
    """Which rows of a table are to be deleted, or marked as deleted, since the source no longer has these records.

    They are the rows of ``resource`` (``crm/contacts``) and ``account`` (an id; None: the run's account) that this run
    did not deliver, and whose fields have the values in ``matching`` (empty: all of them). ``hard`` deletes them;
    without it their column ``truto_deleted_at`` is set to the current time.
    """

    resource: str
    account: str | None
    hard: bool
    matching: JsonObject = field(default_factory=dict)


class Destination(Protocol):
    """Where the records of one destination node go: a folder, a bucket, a webhook or a database.

    Each record is delivered at least once, or exactly once where a receipt is stored with the records. A page that
    could not be delivered is an outcome with an error; any other failure raises ``DeliveryFailed``, or ``RunStopped``
    where the receiver asks that the run be stopped. A run first calls ``announce`` with ``sync_job_run:created``, then
    ``deliver`` for each page, ``flush`` and ``finish``, and ``aclose`` in any case; ``announce`` for other events, and
    ``forget``, come in between.
    """

    async def announce(self, event: str, payload: JsonValue, place: str | None = None) -> None:
        """Report that the run began, ended or met something; only a webhook passes it on. Raises ``DeliveryFailed``.

        At the first event, ``sync_job_run:created``, a database or a folder is opened: one that can't be used ends the
        run before anything is fetched.

        ``event`` is the event's name (``sync_job_run:completed``), ``payload`` what Truto's webhooks have as
        ``payload``. ``place`` is a key that no other event of this name in the run has; None (for the name itself)
        where it occurs only once.
        """

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take one page of records; the outcome of each page that is settled by now, this one or earlier ones."""

    async def flush(self) -> Sequence[Settled]:
        """Finish all pages that were taken; the outcome of each that was not yet reported."""

    async def forget(self, missing: Missing) -> int:
        """Delete the rows that ``missing`` describes, or mark them as deleted. Raises ``DeliveryFailed``.

        The result is how many rows there were.
        """

    async def finish(self, *, completed: bool) -> None:
        """End the run here: what is still to be written is written. Raises ``DeliveryFailed``.

        ``completed`` says that the run will not be resumed, so that its receipts can be deleted.
        """

    async def aclose(self) -> None:
        """Close files and connections."""
