"""Whether a run is in progress: a lock that the system lets go of when its process ends, however it ends."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from batchctl.errors import StoreError
from batchctl.store.database import explained, new_file

if TYPE_CHECKING:
    from pathlib import Path


_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)


class Lock:
    """A lock on a file, from ``take``; this process has it until ``release``, or until it ends in any way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def take(cls, path: Path) -> Lock | None:
        """Take the lock on ``path``, a file that is created if need be, without waiting; None when it is held already.

        The file is opened through SQLite only: closing it otherwise would release this process's own lock (POSIX).
        Raises ``StoreError`` for a file that can't be used.
        """
        with explained(path):
            if not path.exists():
                new_file(path)
            connection = sqlite3.connect(path, timeout=0, isolation_level=None)
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except BaseException as error:
                connection.close()
                # Somebody has it; anything else (a full disk, a damaged file) is no answer to that question.
                if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                    return None
                if isinstance(error, sqlite3.DatabaseError) and error.sqlite_errorcode & 0xFF in _DAMAGED:
                    raise StoreError(
                        f"{path} is damaged, so that nobody can tell whether the run is in progress",
                        hint=f"if it is not, delete {path} and try again",
                    ) from error
                raise
            return cls(connection)

    def release(self) -> None:
        """Release the lock; does nothing where it is not held."""
        self._connection.close()


def is_locked(path: Path) -> bool:
    """Whether a process holds the lock on ``path``. False where there is no such file, or it is damaged."""
    if not path.exists():
        return False
    try:
        lock = Lock.take(path)
    except StoreError:
        return False  # a lock that can't be taken is held by nobody
    if lock is None:
        return True
    lock.release()
    return False
