"""The contract of a destination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.outlets import Delivery, Settled
    from batchctl.json_types import JsonObject, JsonValue


class Receipts(Protocol):
    """What a run has delivered, kept on this machine for destinations that can't keep it themselves."""

    def note_of(self, node: str, place: str) -> str | None:
        """What was noted when this delivery was made; None for one that was not."""

    def notes(self, node: str) -> Sequence[str]:
        """What was noted of all deliveries of a node, in order."""

    def add(self, node: str, place: str, note: str = "") -> None:
        """Keep that a delivery was made, for good when this returns. Raises ``StoreError``."""


class ForgottenReceipts:
    """Receipts of a run that can't be resumed."""

    def note_of(self, node: str, place: str) -> str | None:  # noqa: ARG002 - it knows nothing
        """Always None: no delivery is known."""
        return None

    def notes(self, node: str) -> Sequence[str]:  # noqa: ARG002 - as above
        """Always empty: no delivery is known."""
        return ()

    def add(self, node: str, place: str, note: str = "") -> None:
        """Keep nothing."""


class SyncRun(Struct):
    """The run as a destination sees it; ``facts`` is its row as ``/sync-job-run`` has it."""

    id: str
    account: str
    facts: JsonObject = field(default_factory=dict)
    receipts: Receipts = field(default_factory=ForgottenReceipts)


class Missing(Struct, frozen=True):
    """Rows of ``resource`` and ``account`` that the source had no more, among those that have ``matching`` values.

    ``hard`` deletes them; without it they get the moment in ``truto_deleted_at``.
    """

    resource: str
    account: str | None
    hard: bool
    matching: JsonObject = field(default_factory=dict)


class Destination(Protocol):
    """Delivers at least once; where it can keep a receipt with the records themselves, exactly once."""

    async def announce(self, event: str, payload: JsonValue) -> None:
        """Say that the run began or ended; only a webhook passes it on. Raises ``DeliveryFailed``."""

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take one page of records; what is settled by now, this page or earlier ones."""

    async def flush(self) -> Sequence[Settled]:
        """Settle all that was taken."""

    async def forget(self, missing: Missing) -> int:
        """Take away, or mark, what the source has no more; how much that was. Raises ``DeliveryFailed``."""

    async def finish(self, *, completed: bool) -> None:
        """The run has come to its end; a completed one is not resumed. Raises ``DeliveryFailed``."""

    async def aclose(self) -> None:
        """Let go of files and connections."""
