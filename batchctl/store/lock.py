"""Whether a run is under way: a lock that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from batchctl.store.database import explained, new_file

if TYPE_CHECKING:
    from pathlib import Path


class Lock:
    """Held from here until ``release``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def take(cls, path: Path) -> Lock | None:
        """The lock on ``path``, or None when somebody has it. Raises ``StoreError``.

        An existing file is opened by SQLite alone: closing it otherwise would let go of this process's own lock.
        """
        with explained(path):
            if not path.exists():
                new_file(path)
            connection = sqlite3.connect(path, timeout=0, isolation_level=None)
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                connection.close()
                return None
            except BaseException:
                connection.close()
                raise
            return cls(connection)

    def release(self) -> None:
        """Let others have it."""
        self._connection.close()


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock on ``path``."""
    if not path.exists():
        return False
    lock = Lock.take(path)
    if lock is None:
        return True
    lock.release()
    return False
