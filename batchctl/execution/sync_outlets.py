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
    """Hands on to ``state`` and ``destinations``, and counts deliveries by destination."""

    def __init__(self, state: RememberedState, destinations: Mapping[str, Destination]) -> None:
        self.delivered = dict.fromkeys(destinations, 0)
        self.failed = dict.fromkeys(destinations, 0)
        self._persisted: dict[str, dict[str, int]] = {}
        self._state = state
        self._destinations = destinations

    def get_state(self, key: str) -> JsonValue:
        """The value that was kept under ``key``; None where there is none."""
        return self._state.get(key)

    def set_state(self, key: str, value: JsonValue) -> None:
        """Keep a value, for good when this returns."""
        self._state.put(key, value)

    def delete_state(self, key: str) -> None:
        """Remove what is kept under ``key`` in the job's state."""
        self._state.delete(key)

    def persisted(self) -> dict[str, int]:
        """How many records of each node are somewhere; those that went to several destinations count once."""
        return {key: max(counts.values()) for key, counts in self._persisted.items()}

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take records to where they go; what is settled now."""
        return self._counted(await self._destinations[delivery.node].deliver(delivery))

    async def flush(self, node: str) -> Sequence[Settled]:
        """Settle all that a destination has taken."""
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
