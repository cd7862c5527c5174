"""A turn that the processes of one machine take, one after the other."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
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
        # The tasks of one loop wait for each other without asking the disk.
        self._own = asyncio.Lock()
        # What is let go at the end of the block: the file, then what this loop has.
        self._held = ExitStack()

    async def __aenter__(self) -> None:
        """Wait for it. Raises ``StoreError`` where the file can't be used."""
        await self._own.acquire()
        self._held.callback(self._own.release)
        try:
            while (lock := Lock.take(self._path)) is None:  # noqa: ASYNC110 - another process has it
                await asyncio.sleep(_AGAIN_S)
        except BaseException:
            self._held.close()
            raise
        self._held.callback(lock.release)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the next one have it."""
        self._held.close()
