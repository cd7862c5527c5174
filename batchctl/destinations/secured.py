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
    """A destination that passes everything on to ``inner``, each time after calling ``secure``.

    ``secure`` stores what has been fetched so far, so that nothing is delivered before it is stored. It is called in a
    thread, may take long, and may raise ``StoreError``, which every method but ``aclose`` passes on.
    """

    def __init__(self, inner: Destination, secure: Callable[[], None]) -> None:
        self._inner = inner
        self._secure = secure

    async def announce(self, event: str, payload: JsonValue, place: str | None = None) -> None:
        """Report that the run began, ended or met something. Raises ``DeliveryFailed``.

        ``event`` is the event's name, ``payload`` what webhooks get about it; ``place`` is a key that no other event of
        this name in the run has, None where it occurs only once.
        """
        await asyncio.to_thread(self._secure)
        await self._inner.announce(event, payload, place)

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Take one page of records; the outcome of each page that is settled by now. Raises ``DeliveryFailed``."""
        await asyncio.to_thread(self._secure)
        return await self._inner.deliver(delivery)

    async def flush(self) -> Sequence[Settled]:
        """Finish all pages that were taken; the outcome of each not yet reported. Raises ``DeliveryFailed``."""
        await asyncio.to_thread(self._secure)
        return await self._inner.flush()

    async def forget(self, missing: Missing) -> int:
        """Delete the rows that ``missing`` describes, or mark them as deleted; how many. Raises ``DeliveryFailed``."""
        await asyncio.to_thread(self._secure)
        return await self._inner.forget(missing)

    async def finish(self, *, completed: bool) -> None:
        """End the run: ``completed`` says that it will not be resumed. Raises ``DeliveryFailed``."""
        await asyncio.to_thread(self._secure)
        await self._inner.finish(completed=completed)

    async def aclose(self) -> None:
        """Close files and connections."""
        await self._inner.aclose()
