"""``serve --state FILE``: what callers changed, in an SQLite file that outlives the process.

A write is committed before it is answered, so a process that is killed loses nothing that it acknowledged.
"""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from batchctl.errors import FixtureError

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.engine.backends.fixture_store import Save
    from batchctl.json_types import JsonValue

_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY, root TEXT NOT NULL, resource TEXT NOT NULL, id TEXT NOT NULL, record TEXT,
    UNIQUE (root, resource, id)
);
CREATE TABLE IF NOT EXISTS answers (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body_hash TEXT NOT NULL, status INTEGER NOT NULL,
    headers TEXT NOT NULL, body BLOB NOT NULL
);
"""
_PUT = """
INSERT INTO changes (root, resource, id, record) VALUES (?, ?, ?, ?)
ON CONFLICT (root, resource, id) DO UPDATE SET record = excluded.record
"""


class State:
    """The changes in one file, which one process holds at a time. Raises ``FixtureError`` for one it can't use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.database = sqlite3.connect(path, isolation_level=None, timeout=1)
            # One writer, whose commits reach the system before they are acknowledged.
            self.database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.database.execute("PRAGMA journal_mode = WAL")
            self.database.execute("PRAGMA synchronous = NORMAL")
            self.database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise FixtureError(f"can't use the state file {path}: {_reason(error)}") from error

    def saved(self, root: str, resource: str) -> list[tuple[str, JsonValue]]:
        """What was changed in a resource, oldest first: ids with their records, None for one that was deleted."""
        rows = self.database.execute(
            "SELECT id, record FROM changes WHERE root = ? AND resource = ? ORDER BY number", (root, resource)
        )
        return [(record_id, None if record is None else json.loads(record)) for record_id, record in rows]

    def saver(self, root: str, resource: str) -> Save:
        """Keeps one change of a resource. Raises ``FixtureError`` where it can't be written."""

        def save(record_id: str, record: JsonValue) -> None:
            text = None if record is None else json.dumps(record)
            try:
                self.database.execute(_PUT, (root, resource, record_id, text))
            except (sqlite3.Error, UnicodeEncodeError) as error:
                raise FixtureError(f"can't keep a change in {self._path}: {_reason(error)}") from error

        return save

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()


def _reason(error: Exception) -> str:
    text = str(error)
    return "another process has it open" if "locked" in text else text
