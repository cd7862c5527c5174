"""A table in PostgreSQL as a store."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from batchctl.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLE = "CREATE TABLE IF NOT EXISTS batchctl_fleet (name text PRIMARY KEY, data bytea NOT NULL)"
_READ = "SELECT data FROM batchctl_fleet WHERE name = %s"
_WRITE = "INSERT INTO batchctl_fleet VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET data = excluded.data"
_CREATE = "INSERT INTO batchctl_fleet VALUES (%s, %s) ON CONFLICT (name) DO NOTHING"
_NAMES = "SELECT name FROM batchctl_fleet WHERE starts_with(name, %s) ORDER BY name"
_LOCK_ID = 7_240_133_051


class PostgresStore:
    """A store for workers in a PostgreSQL database: the table ``batchctl_fleet``, which is created when it is opened.

    ``url`` is ``postgresql://…``. The constructor and the methods raise ``StoreError``; the constructor raises
    ``UsageError`` where psycopg is missing.
    """

    is_near = False

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise UsageError("--store postgresql:// needs psycopg", hint="pip install 'psycopg[binary]'") from error
        self._errors = psycopg.Error
        self._lock = Lock()
        with self._explained():
            self._connection: Any = psycopg.connect(url, autocommit=True, connect_timeout=10)
            with self._connection.transaction():
                # Two that make the same table at once get in each other's way.
                self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK_ID,))
                self._connection.execute(_TABLE)

    def read(self, name: str) -> bytes | None:
        """The content stored under ``name``; None where there is none."""
        with self._lock, self._explained():
            row = self._connection.execute(_READ, (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def write(self, name: str, data: bytes) -> None:
        """Store ``data`` under ``name``, replacing what was there; it is committed when this returns."""
        with self._lock, self._explained():
            self._connection.execute(_WRITE, (name, data))

    def create(self, name: str, data: bytes) -> bool:
        """Store ``data`` under a name that is free; False where it is taken, which the primary key decides."""
        with self._lock, self._explained():
            return bool(self._connection.execute(_CREATE, (name, data)).rowcount)

    def names(self, prefix: str) -> Iterator[str]:
        """The names that begin with ``prefix``, in no certain order."""
        with self._lock, self._explained():
            rows = self._connection.execute(_NAMES, (prefix,)).fetchall()
        yield from (name for (name,) in rows)

    def close(self) -> None:
        """Close the connection."""
        with self._explained():
            self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except self._errors as error:
            # The message may repeat the URL, which may hold a password; its first line does not.
            reason = str(error).strip().partition("\n")[0][:200]
            raise StoreError(f"can't use the store in PostgreSQL: {reason}") from None
