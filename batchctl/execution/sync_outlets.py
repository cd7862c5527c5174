"""The state and the destinations of one run of a sync job, as its nodes see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.destinations.base import Destination
    from batchctl.engine.outlets import Delivery, Settled
    from batchctl.execution.sync_memory import RememberedState
    from batchctl.json_types import JsonValue


class JobOutlets:
    """Where a run of a sync job keeps its state and delivers its records: ``state``, and ``destinations`` by node key.

    It is passed to the engine's ``execute`` as ``outlets``. ``delivered`` and ``failed`` are dicts of how many pages
    were, by the key of the destination, 0 included.
    """

    def __init__(self, state: RememberedState, destinations: Mapping[str, Destination]) -> None:
        self.delivered = dict.fromkeys(destinations, 0)
        self.failed = dict.fromkeys(destinations, 0)
        self._persisted: dict[str, dict[str, int]] = {}
        self._state = state
        self._destinations = destinations

    def get_state(self, key: str) -> JsonValue:
        """The value that the job stored under ``key``, as the run first read it; None where there was none."""
        return self._state.get(key)

    def set_state(self, key: str, value: JsonValue) -> None:
        """Store ``value`` under ``key`` in the job's state: it is on disk when this returns."""
        self._state.put(key, value)

    def delete_state(self, key: str) -> None:
        """Delete the value under ``key`` in the job's state."""
        self._state.delete(key)

    def persisted(self) -> dict[str, int]:
        """How many records each node has had delivered, by the key of the node that they came from.

        Ones that went to several destinations count once. A node without any is missing.
        """
        return {key: max(counts.values()) for key, counts in self._persisted.items()}

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Pass one page on to its destination, and return the deliveries that have ended by now.

        These may be this one, earlier ones, or none yet: some destinations collect pages.
        """
        return self._counted(await self._destinations[delivery.node].deliver(delivery))

    def lose(self, node: str) -> None:
        """Count a page that the destination ``node`` does not get as one that failed."""
        self.failed[node] += 1

    async def flush(self, node: str) -> Sequence[Settled]:
        """Complete all deliveries that the destination ``node`` has taken but not ended, and return how each ended."""
        return self._counted(await self._destinations[node].flush())

    def _counted(self, all_settled: Sequence[Settled]) -> Sequence[Settled]:
        for settled in all_settled:
            delivery = settled.delivery
            if settled.error is not None:
                self.failed[delivery.node] += 1
                continue
            self.delivered[delivery.node] += 1
            counts = self._persisted.setdefault(delivery.source, {})
            counts[delivery.node] = counts.get(delivery.node, 0) + len(delivery.records)
        return all_settled
