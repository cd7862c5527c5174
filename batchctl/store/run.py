"""One recorded run, open for writing by the process that carries it out."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING

from batchctl.store.database import explained, put_facts
from batchctl.store.facts import keyed_hash

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from io import FileIO
    from pathlib import Path

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.store.facts import Status
    from batchctl.store.lock import Lock

DATABASE, LOCK, RESPONSE, ROWS, ROWS_FILE = "run.db", "run.lock", "answer.json", "rows", "rows.ndjson"
_RECORD = "INSERT OR REPLACE INTO call (name, turn, node, status, body) VALUES (?, ?, ?, ?, ?)"
_RECALL = "SELECT status, body FROM call WHERE name = ? AND turn = ?"
_RECORD_ROW = "INSERT OR REPLACE INTO each_row (name, number, status, body) VALUES (?, ?, ?, ?)"
_NOTE = "SELECT note FROM receipt WHERE node = ? AND place = ?"
_RECEIPT = "INSERT INTO receipt (node, place, note) VALUES (?, ?, ?)"
_RECALL_ROW = "SELECT status, body FROM each_row WHERE name = ?"


class RunRecord:
    """Made by ``RunStore.begin`` and ``RunStore.reopen``; ``close`` lets go of it.

    Every method raises ``StoreError`` where the disk does not do what it should.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: Lock, clock: Callable[[], float]) -> None:
        self.id = folder.name
        self.folder = folder
        self._connection = connection
        self._lock = lock
        self._clock = clock
        with explained(folder / DATABASE):
            self._salt = bytes.fromhex(str(self.fact("salt")))

    @property
    def key(self) -> str | None:
        """The run's idempotency key."""
        key = self.fact("key")
        return key if isinstance(key, str) else None

    def is_about(self, content: JsonObject, host: str) -> bool:
        """Whether this batch, sent to this host, is the one that the run began with."""
        return self.fact("content") == self._content_hash(content) and self.fact("host") == host

    def resume(self) -> None:
        """Begin anew with what is missing: of a run that had come to its end, the calls that failed are missing too."""
        if self.fact("status") in ("succeeded", "failed", "ok"):
            with explained(self.folder / DATABASE):
                self._connection.execute("DELETE FROM call WHERE status NOT BETWEEN 200 AND 299")
        self.put(status=None, finished_s=None)

    def call_name(self, call: JsonValue) -> bytes:
        """What stands for a call in the journal; its query and body can't be read from it."""
        return keyed_hash(call, self._salt)

    def record_call(self, name: bytes, occurrence: int, node: str, status: int, body: str) -> None:
        """Keep the answer (JSON text) to the ``occurrence``-th call of this name; it is safe when this returns."""
        with explained(self.folder / DATABASE):
            self._connection.execute(_RECORD, (name, occurrence, node, status, body))

    def recall(self, name: bytes, occurrence: int) -> tuple[int, str] | None:
        """The status and body that were kept for a call, if any."""
        with explained(self.folder / DATABASE):
            row: tuple[int, str] | None = self._connection.execute(_RECALL, (name, occurrence)).fetchone()
            return row

    def announce(self, name: bytes, occurrence: int) -> None:
        """A write is about to be sent: there is nothing to do, since every answer before it is safe already."""

    def record_row(self, name: bytes, number: int, status: Status, body: str) -> None:
        """Keep what a row of ``--each`` brought: its response body as JSON text."""
        with explained(self.folder / DATABASE):
            self._connection.execute(_RECORD_ROW, (name, number, status, body))

    def recall_row(self, name: bytes) -> tuple[str, str] | None:
        """How a row ended, and its response body as JSON text, if it is kept."""
        with explained(self.folder / DATABASE):
            row: tuple[str, str] | None = self._connection.execute(_RECALL_ROW, (name,)).fetchone()
            return row

    def note_of(self, node: str, place: str) -> str | None:
        """What was noted of a delivery of a sync job; None for one that was not made."""
        with explained(self.folder / DATABASE):
            row = self._connection.execute(_NOTE, (node, place)).fetchone()
            return None if row is None else str(row[0])

    def notes(self, node: str) -> Sequence[str]:
        """What was noted of all deliveries of a node, in order."""
        with explained(self.folder / DATABASE):
            query = "SELECT note FROM receipt WHERE node = ? ORDER BY number"
            return [str(note) for (note,) in self._connection.execute(query, (node,))]

    def add(self, node: str, place: str, note: str = "") -> None:
        """Keep that a delivery was made; it is safe when this returns."""
        with explained(self.folder / DATABASE):
            self._connection.execute(_RECEIPT, (node, place, note))

    @property
    def rows_folder(self) -> Path:
        """Where the runs of single rows are while they are in progress."""
        return self.folder / ROWS

    def save_rows(self, lines: Iterable[str]) -> None:
        """Keep the rows of ``--each``, a line of JSON each, so that they can be run once more."""
        write_rows(self.folder / ROWS_FILE, lines)

    @property
    def response_path(self) -> Path:
        """Where the response body as a whole is kept."""
        return self.folder / RESPONSE

    def open_response(self) -> FileIO:
        """An empty, unbuffered file for the response body, readable by its owner alone; the caller closes it."""
        path = self.response_path
        with explained(path):
            return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b", buffering=0)

    def save_response(self, chunks: Iterable[bytes]) -> None:
        """Keep the response body as a whole (JSON, UTF-8)."""
        with explained(self.response_path), io.BufferedWriter(self.open_response()) as file:
            file.writelines(chunks)

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Say how it ended: ``summary`` is counts and names for ``batchctl runs``."""
        self.put(status=status, summary=summary, finished_s=self._clock())

    def close(self) -> None:
        """Let go of it; one that has not finished can be resumed."""
        try:
            with explained(self.folder / DATABASE):
                self._connection.close()
        finally:
            self._lock.release()

    def fact(self, name: str) -> JsonValue:
        """One of the run's facts; None where it has none of this name."""
        with explained(self.folder / DATABASE):
            row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
            return None if row is None else json.loads(row[0])

    def put(self, **facts: JsonValue) -> None:
        """Keep facts under their names."""
        with explained(self.folder / DATABASE):
            put_facts(self._connection, facts)

    def _content_hash(self, content: JsonObject) -> str:
        return keyed_hash(content, self._salt, 32).hex()


def write_rows(path: Path, lines: Iterable[str]) -> None:
    """Write a file whole, readable by its owner alone. Raises ``StoreError``."""
    partial = path.with_suffix(".partial")
    with explained(path):
        handle = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in lines)
        partial.replace(path)
