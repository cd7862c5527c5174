"""What sync jobs remember from run to run: values by ``state_key`` and key, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Protocol

from batchctl.store.database import closed_on_error, explained

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batchctl.json_types import JsonObject, JsonValue

_TABLE = """
CREATE TABLE IF NOT EXISTS state (
  space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (space, key)
) WITHOUT ROWID
"""
_PUT = "INSERT OR REPLACE INTO state VALUES (?, ?, ?)"
_DELETE = "DELETE FROM state WHERE space = ? AND key = ?"
# Which runs on other machines have written their changes: a resumed one brings them again.
_CHANGED = "CREATE TABLE IF NOT EXISTS changed (space TEXT NOT NULL, run TEXT NOT NULL, UNIQUE (space, run))"
_FORGET = (
    "DELETE FROM changed WHERE space = ? AND rowid NOT IN "
    "(SELECT rowid FROM changed WHERE space = ? ORDER BY rowid DESC LIMIT 50)"
)


class State(Protocol):
    """The state of one sync job: the JSON values by key that its runs keep for the next run.

    A run reads and changes it for the job's nodes about states, such as ``update_state``. ``SyncState`` keeps it in a
    file, ``CarriedState`` is a copy for another process. Every method raises ``StoreError`` where the state can't be
    used.
    """

    def get(self, key: str) -> JsonValue:
        """The value of ``key``; None where there is none."""

    def put(self, key: str, value: JsonValue) -> None:
        """Store ``value`` under ``key``."""

    def delete(self, key: str) -> None:
        """Delete the value of ``key``, if there is one."""

    def close(self) -> None:
        """Close the state; it is not used again."""


class CarriedState:
    """A copy of a sync job's state for a run in another process, with the changes that the run makes.

    ``values`` are the values by key at the beginning. ``changes`` has for each changed key ``[value]``, or an empty
    list where it was deleted; they are to be written to the original at the end.
    """

    def __init__(self, values: JsonObject) -> None:
        self._values = dict(values)
        # A list with the new value; an empty one for a key that was removed.
        self.changes: dict[str, list[JsonValue]] = {}

    def get(self, key: str) -> JsonValue:
        """The value of ``key``; None where there is none."""
        return self._values.get(key)

    def put(self, key: str, value: JsonValue) -> None:
        """Set the value of ``key`` here, and note the change."""
        self._values[key] = value
        self.changes[key] = [value]

    def delete(self, key: str) -> None:
        """Delete the value of ``key`` here, and note the change."""
        self._values.pop(key, None)
        self.changes[key] = []

    def close(self) -> None:
        """Does nothing: no file is open."""


class SyncState:
    """The state of one sync job in a SQLite file: the JSON values under one ``space``, the job's ``state_key``.

    Each change is on disk when the call returns. The constructor, which creates the file ``path`` if need be, and the
    methods raise ``StoreError``.
    """

    def __init__(self, path: Path, space: str) -> None:
        self._path = path
        self._space = space
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
            with closed_on_error(self._connection):
                self._connection.execute(_TABLE)

    def get(self, key: str) -> JsonValue:
        """The value of ``key``; None where there is none."""
        query = "SELECT value FROM state WHERE space = ? AND key = ?"
        with explained(self._path):
            row = self._connection.execute(query, (self._space, key)).fetchone()
            value: JsonValue = json.loads(row[0]) if row else None
        return value

    def put(self, key: str, value: JsonValue) -> None:
        """Store ``value`` (JSON) under ``key``."""
        with explained(self._path):
            self._connection.execute(_PUT, (self._space, key, json.dumps(value)))

    def delete(self, key: str) -> None:
        """Delete the value of ``key``, if there is one."""
        with explained(self._path):
            self._connection.execute(_DELETE, (self._space, key))

    def values(self) -> JsonObject:
        """All values of this state by key."""
        with explained(self._path):
            found = self._connection.execute("SELECT key, value FROM state WHERE space = ?", (self._space,)).fetchall()
            return {key: json.loads(value) for key, value in found}

    def change(self, changes: Mapping[str, list[JsonValue]], run: str) -> None:
        """Write the ``changes`` of a ``CarriedState``, all or none; for each key ``[value]``, or empty to delete it.

        ``run`` names the run that made them: changes of a run whose changes were written before are ignored.
        """
        with explained(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(_CHANGED)
            taken = self._connection.execute("INSERT OR IGNORE INTO changed VALUES (?, ?)", (self._space, run))
            if not taken.rowcount:
                return
            self._connection.execute(_FORGET, (self._space, self._space))
            self._connection.executemany(
                _PUT, [(self._space, key, json.dumps(value[0])) for key, value in changes.items() if value]
            )
            self._connection.executemany(_DELETE, [(self._space, key) for key, value in changes.items() if not value])

    def close(self) -> None:
        """Close the file; the state is not used again."""
        self._connection.close()
