"""``serve --state FILE``: what callers changed, in an SQLite file that outlives the process.

A write is committed before it is answered, so a process that is killed loses nothing that it acknowledged.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from contextvars import ContextVar
from typing import TYPE_CHECKING

from batchctl.errors import FixtureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from batchctl.engine.backends.fixture_store import Save
    from batchctl.json_types import JsonValue

_SCHEMA = """
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY, root TEXT NOT NULL, resource TEXT NOT NULL, id TEXT NOT NULL, record TEXT,
    UNIQUE (root, resource, id)
);
CREATE TABLE IF NOT EXISTS kept_answers (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, body_hash BLOB NOT NULL, status INTEGER,
    headers TEXT, body BLOB
);
"""
_PUT = """
INSERT INTO changes (root, resource, id, record) VALUES (?, ?, ?, ?)
ON CONFLICT (root, resource, id) DO UPDATE SET record = excluded.record
"""
_CLAIM = "INSERT OR IGNORE INTO kept_answers (name, body_hash) VALUES (?, ?)"
_ANSWER = """
INSERT INTO kept_answers (name, body_hash, status, headers, body) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (name) DO UPDATE SET status = excluded.status, headers = excluded.headers, body = excluded.body
"""
# The name and the digest of the body of the request in progress, where it has a key.
_claimed: ContextVar[tuple[str, bytes] | None] = ContextVar("claimed", default=None)


class State:
    """What callers of ``serve`` have changed in the fixtures, stored in the SQLite file at ``path``.

    It has the answers to requests with an idempotency key, too. The file is locked while it is open. The constructor
    raises ``FixtureError`` where it can't be used, or another process has it open; ``saved`` and ``answers`` raise
    ``sqlite3.Error`` where it can't be read any more.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self.database = sqlite3.connect(path, isolation_level=None, timeout=1)
            # Also where what follows fails.
            weakref.finalize(self, self.database.close)
            # One writer, whose commits reach the system before they are acknowledged.
            self.database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self.database.execute("PRAGMA journal_mode = WAL")
            self.database.execute("PRAGMA synchronous = NORMAL")
            self.database.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise FixtureError(f"can't use the state file {path}: {_reason(error)}") from error

    def saved(self, root: str, resource: str) -> list[tuple[str, JsonValue]]:
        """The stored changes of ``resource``, oldest first: pairs of an id and the record, None for a deleted one.

        ``root`` is the account's folder inside the fixtures (``accounts/ID``), empty for the fixtures themselves, or
        ``platform`` for Truto's own resources. ``resource`` is ``crm/contacts``, or there ``sync-job``.
        """
        rows = self.database.execute(
            "SELECT id, record FROM changes WHERE root = ? AND resource = ? ORDER BY number", (root, resource)
        )
        return [(record_id, None if record is None else json.loads(record)) for record_id, record in rows]

    def saver(self, root: str, resource: str) -> Save:
        """A function that stores one change of ``resource``; it takes the id and the record, None for a deleted one.

        It raises ``FixtureError`` where the file can't be written. ``root`` is the account's folder inside the fixtures
        (``accounts/ID``), empty for the fixtures themselves.
        """

        def save(record_id: str, record: JsonValue) -> None:
            text = None if record is None else json.dumps(record)
            claimed = _claimed.get()
            if claimed is None:
                self._write((_PUT, (root, resource, record_id, text)))
            else:
                self._write((_CLAIM, claimed), (_PUT, (root, resource, record_id, text)))

        return save

    def answers(self) -> Iterator[tuple[str, bytes, int | None, str, bytes]]:
        """The answers stored for requests with an idempotency key, oldest first.

        Each is a tuple: the name that identifies the request, the digest of its body, then status, headers (the text
        that ``put_answer`` got) and body of the answer. The status is None where the request made changes, but the
        process ended before it was answered.
        """
        columns = "name, body_hash, status, headers, body"
        yield from self.database.execute(f"SELECT {columns} FROM kept_answers ORDER BY number")  # noqa: S608 - constant

    def claim(self, name: str, content: bytes) -> None:
        """Note which request makes the changes that follow, so that the same request does not make them twice.

        ``name`` identifies the request (by its idempotency key), ``content`` is a digest of its body. The note is
        stored together with the first change that the current asyncio task, or one that it starts, makes after this.
        """
        _claimed.set((name, content))

    def put_answer(self, name: str, content: bytes, answer: tuple[int, str, bytes]) -> None:
        """Store the answer (status, headers as text, body) to the request that ``name`` identifies.

        The caller writes the headers as a text of any form. ``content`` is the digest of the request's body. An earlier
        answer under this name is replaced. Raises ``FixtureError`` where the file can't be written.
        """
        self._write((_ANSWER, (name, content, *answer)))

    def drop_answer(self, name: str) -> None:
        """Delete the answer stored under ``name``. Raises ``FixtureError`` where the file can't be written."""
        self._write(("DELETE FROM kept_answers WHERE name = ?", (name,)))

    def _write(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        # All of them or none.
        try:
            with self.database:
                self.database.execute("BEGIN")
                for sql, values in statements:
                    self.database.execute(sql, values)
        except (sqlite3.Error, UnicodeEncodeError) as error:
            raise FixtureError(f"can't keep a change in {self._path}: {_reason(error)}") from error

    def close(self) -> None:
        """Close the file."""
        self.database.close()


def _reason(error: Exception) -> str:
    text = str(error)
    return "another process has it open" if "locked" in text else text
