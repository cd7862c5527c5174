"""What sync jobs remember from run to run: values by ``state_key`` and key, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from batchctl.errors import StoreError
from batchctl.files import reason_of

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.json_types import JsonValue

_TABLE = """
CREATE TABLE IF NOT EXISTS state (
  space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (space, key)
) WITHOUT ROWID
"""


class SyncState:
    """The values of one ``space``. Each change is on disk when the call returns. Raises ``StoreError``."""

    def __init__(self, path: Path, space: str) -> None:
        self._path = path
        self._space = space
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"the state {path} can't be opened: {reason_of(error)}") from error
        try:
            self._connection.execute(_TABLE)
        except sqlite3.Error as error:
            self._connection.close()
            raise StoreError(f"the state {path} can't be used: {error}") from error

    def get(self, key: str) -> JsonValue:
        """A value; None where there is none."""
        query = "SELECT value FROM state WHERE space = ? AND key = ?"
        row = self._run(query, (self._space, key))
        value: JsonValue = json.loads(row[0]) if row else None
        return value

    def put(self, key: str, value: JsonValue) -> None:
        """Keep ``value`` (JSON) under ``key``, for good when this returns. Raises ``StoreError``."""
        self._run("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", (self._space, key, json.dumps(value)))

    def delete(self, key: str) -> None:
        """Remove what is kept under ``key``; nothing happens where there is nothing. Raises ``StoreError``."""
        self._run("DELETE FROM state WHERE space = ? AND key = ?", (self._space, key))

    def close(self) -> None:
        """Close the file; the state is not used again."""
        self._connection.close()

    def _run(self, query: str, values: tuple[str, ...]) -> tuple[str, ...] | None:
        try:
            row: tuple[str, ...] | None = self._connection.execute(query, values).fetchone()
        except sqlite3.Error as error:
            raise StoreError(f"the state {self._path} can't be used: {error}") from error
        return row
