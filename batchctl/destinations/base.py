"""The contract of a destination."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue


@dataclass(slots=True)
class SyncRun:
    """The run as a destination sees it; ``facts`` is its row as ``/sync-job-run`` has it."""

    id: str
    account: str
    facts: JsonObject = field(default_factory=dict)


class Destination(Protocol):
    """Delivers at least once: what it has returned from is there for good."""

    async def announce(self, event: str, payload: JsonValue) -> None:
        """Say that the run began or ended; only a webhook passes it on. Raises ``DeliveryFailed``."""

    async def deliver(self, delivery: Delivery) -> None:
        """Put one page of records where they go. Raises ``DeliveryFailed``."""

    async def aclose(self) -> None:
        """Let go of files and connections. Raises ``DeliveryFailed``."""
