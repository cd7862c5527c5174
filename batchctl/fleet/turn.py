"""A turn that the processes of one machine take, one after the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.store.lock import Lock

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_AGAIN_S = 0.02


class Turn:
    """A lock that the processes of one machine take in turn: ``async with`` waits for it and holds it in the block.

    It is a lock on the file ``path``, which is released when the process ends, too. ``async with`` raises
    ``StoreError`` where the file can't be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: Lock | None = None
        # The tasks of one loop wait for each other without asking the disk.
        self._own = asyncio.Lock()

    async def __aenter__(self) -> None:
        """Wait for it. Raises ``StoreError`` where the file can't be used."""
        await self._own.acquire()
        try:
            while (lock := Lock.take(self._path)) is None:  # noqa: ASYNC110 - another process has it
                await asyncio.sleep(_AGAIN_S)
        except BaseException:
            self._own.release()
            raise
        self._lock = lock

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the next one have it."""
        if self._lock is not None:
            self._lock.release()
        self._own.release()
