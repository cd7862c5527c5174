"""What a sync job needs beside answers to its calls: a place for its state, and destinations for its records."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from batchctl.json_types import JsonObject, JsonValue


class Delivery(Struct, frozen=True):
    """A page of records on its way from the node ``source`` to the destination ``node`` of a sync job.

    ``resource`` is their resource (``crm/contacts``), or the name of a node that is no request; ``config`` is the
    destination's own ``config.config`` with its placeholders filled in. ``place`` (text) identifies the delivery within
    its destination, and is the same in a resumed run. ``account`` is the id of the integrated account of all records,
    None for the run's own; ``accounts`` has one per record (None: the run's own), where they come from several.
    ``method`` is what a datastore does with them (``uploadObject``, ``insertMany`` …), empty for other destinations.
    """

    node: str
    source: str
    resource: str
    records: Sequence[JsonValue]
    config: JsonObject
    place: str
    account: str | None = None
    method: str = ""
    accounts: Sequence[str | None] | None = None

    def owners(self, own: str) -> Iterator[str]:
        """The account's id for each record, in order; ``own`` is that of the run's account, which most records have."""
        for account in self.accounts or repeat(self.account, len(self.records)):
            yield account or own

    @property
    def key(self) -> str:
        """A text that identifies the delivery within its run; it is the same when a resumed run delivers again."""
        return f"{self.node}:{self.place}"


class Settled(Struct, frozen=True):
    """A delivery that has ended: its records are stored for good, or ``error`` says in a sentence why they are not."""

    delivery: Delivery
    error: str | None = None


class Outlets(Protocol):
    """Where a run of a sync job keeps its state, and delivers its records.

    The methods raise ``BatchctlError`` where the state or a destination can't be used at all.
    """

    def get_state(self, key: str) -> JsonValue:
        """The value that the job stored under ``key``, in this run or an earlier one; None where there is none."""

    def set_state(self, key: str, value: JsonValue) -> None:
        """Store ``value`` under ``key`` in the job's state: it is on disk when this returns."""

    def delete_state(self, key: str) -> None:
        """Delete the value under ``key``, if there is one: that is on disk when this returns."""

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take one page of records, and return the deliveries that have ended by now.

        These may be this one, earlier ones, or none yet: some destinations collect pages.
        """

    def lose(self, node: str) -> None:
        """Count a page that the destination ``node`` does not get: its settings or its condition can't be evaluated."""

    async def flush(self, node: str) -> Sequence[Settled]:
        """Complete all deliveries that the destination ``node`` has taken but not ended, and return how each ended."""
