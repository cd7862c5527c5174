"""A destination that gets nothing before what it is made from is kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.destinations.base import Destination, Missing
    from batchctl.engine.outlets import Delivery, Settled
    from batchctl.json_types import JsonValue


class Secured:
    """Hands on to ``inner``, each time after ``secure``, which may take a while and may raise ``StoreError``."""

    def __init__(self, inner: Destination, secure: Callable[[], None]) -> None:
        self._inner = inner
        self._secure = secure

    async def announce(self, event: str, payload: JsonValue) -> None:
        """Say that the run began or ended. Raises ``DeliveryFailed``."""
        await asyncio.to_thread(self._secure)
        await self._inner.announce(event, payload)

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take one page of records; what is settled by now."""
        await asyncio.to_thread(self._secure)
        return await self._inner.deliver(delivery)

    async def flush(self) -> Sequence[Settled]:
        """Settle all that was taken."""
        await asyncio.to_thread(self._secure)
        return await self._inner.flush()

    async def forget(self, missing: Missing) -> int:
        """Take away, or mark, what the source has no more; how much that was. Raises ``DeliveryFailed``."""
        await asyncio.to_thread(self._secure)
        return await self._inner.forget(missing)

    async def finish(self, *, completed: bool) -> None:
        """The run has come to its end. Raises ``DeliveryFailed``."""
        await asyncio.to_thread(self._secure)
        await self._inner.finish(completed=completed)

    async def aclose(self) -> None:
        """Let go of files and connections."""
        await self._inner.aclose()
