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
    """The record of one run on disk, open for writing from ``RunStore.begin`` or ``reopen`` until ``close``.

    In its methods, ``name`` is a call's from ``call_name``, and ``occurrence`` counts the calls of that name in the
    run, from 0. What is stored survives the end of the process. Every method raises ``StoreError`` where the disk can't
    be used. ``id`` is the run's, ``folder`` its own folder, ``connection`` the database there, ``lock`` what keeps
    other processes out. ``clock`` returns Unix time in seconds.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection, lock: Lock, clock: Callable[[], float]) -> None:
        self.id = folder.name
        self.folder = folder
        self._file = folder / DATABASE
        self._connection = connection
        self._lock = lock
        self._clock = clock
        with explained(self._file):
            self._salt = bytes.fromhex(str(self.fact("salt")))

    @property
    def key(self) -> str | None:
        """The run's idempotency key, None without one."""
        key = self.fact("key")
        return key if isinstance(key, str) else None

    def is_about(self, content: JsonObject, host: str) -> bool:
        """Whether the run began with the batch ``content`` (as it is sent) and was sent to ``host``, the API's host."""
        return self.fact("content") == self._content_hash(content) and self.fact("host") == host

    def resume(self) -> None:
        """Prepare the record for resuming the run: what it says of the end is removed.

        In a run that had ended, failed calls are forgotten, so that they are made again; calls that succeeded are
        answered from the journal.
        """
        if self.fact("status") in ("succeeded", "failed", "ok"):
            with explained(self._file):
                self._connection.execute("DELETE FROM call WHERE status NOT BETWEEN 200 AND 299")
        self.put(status=None, finished_s=None)

    def call_name(self, call: JsonValue) -> bytes:
        """A keyed hash that identifies a call in the journal; its query and body can't be read from it.

        ``call`` is a JSON value with all that the call sends: equal values have the same name in this run.
        """
        return keyed_hash(call, self._salt)

    def record_call(self, name: bytes, occurrence: int, node: str, status: int, body: str) -> None:
        """Store the response to a call; it is stored when this returns. An earlier response to this call is replaced.

        ``name`` and ``occurrence`` are the call's, ``node`` is the key of its resource, ``status`` the HTTP status,
        ``body`` the JSON text.
        """
        with explained(self._file):
            self._connection.execute(_RECORD, (name, occurrence, node, status, body))

    def record_calls(self, answers: Sequence[tuple[bytes, int, str, int, str]]) -> None:
        """Store several answers, all or none: they are on disk when this returns.

        Each is what ``record_call`` takes, in that order: name, occurrence, node, status, body.
        """
        if len(answers) == 1:
            self.record_call(*answers[0])
            return
        with explained(self._file), self._connection:
            self._connection.execute("BEGIN")
            self._connection.executemany(_RECORD, answers)

    def recall(self, name: bytes, occurrence: int) -> tuple[int, str] | None:
        """The status and body stored for call number ``occurrence``, from 0, of this name; None where there is none."""
        with explained(self._file):
            row: tuple[int, str] | None = self._connection.execute(_RECALL, (name, occurrence)).fetchone()
            return row

    def announce(self, name: bytes, occurrence: int) -> None:
        """To be called before call ``occurrence``, from 0, of ``name``; does nothing: answers are on disk at once."""

    def record_row(self, name: bytes, number: int, status: Status, body: str) -> None:
        """Store how a row of ``--each`` ended, with the body of its result as JSON text, in place of what was stored.

        ``body`` is kept as it is, for ``recall_row``. ``name`` identifies the row, whatever its number: a hash that
        ``call_name`` makes of the row's account and arguments, and of which it is among equal rows. ``number`` counts
        rows from 1.
        """
        with explained(self._file):
            self._connection.execute(_RECORD_ROW, (name, number, status, body))

    def recall_row(self, name: bytes) -> tuple[str, str] | None:
        """The status and the body that ``record_row`` stored for a row of ``--each``; None where there is none.

        ``name`` is the one that ``record_row`` got, a hash that identifies the row, whatever its number.
        """
        with explained(self._file):
            row: tuple[str, str] | None = self._connection.execute(_RECALL_ROW, (name,)).fetchone()
            return row

    def note_of(self, node: str, place: str) -> str | None:
        """The note in the receipt of a delivery, empty without one; None for a delivery that was not made.

        A delivery is a page of records, or an event, that a destination of a sync job took; ``node`` is the
        destination's name, ``place`` the key of the delivery within the run.
        """
        with explained(self._file):
            row = self._connection.execute(_NOTE, (node, place)).fetchone()
            return None if row is None else str(row[0])

    def notes(self, node: str) -> Sequence[str]:
        """The notes in the receipts of all deliveries of the destination ``node``, in the order of the deliveries."""
        with explained(self._file):
            query = "SELECT note FROM receipt WHERE node = ? ORDER BY number"
            return [str(note) for (note,) in self._connection.execute(query, (node,))]

    def add(self, node: str, place: str, note: str = "") -> None:
        """Store the receipt of a delivery, of a page or an event to a destination; it is stored when this returns.

        ``node`` is the destination's name, ``place`` the key of the delivery in the run, ``note`` what is stored with
        it. Raises ``StoreError`` also for a delivery that has a receipt already.
        """
        with explained(self._file):
            self._connection.execute(_RECEIPT, (node, place, note))

    @property
    def rows_folder(self) -> Path:
        """The folder for the runs of single rows while they are in progress; it need not exist."""
        return self.folder / ROWS

    def save_rows(self, lines: Iterable[str]) -> None:
        """Store the rows of ``--each``, so that they can be run again.

        Each of ``lines`` is a row as JSON, ``{"account": …, "args": …}``.
        """
        write_rows(self.folder / ROWS_FILE, lines)

    @property
    def response_path(self) -> Path:
        """The path of the file for the response to a batch that is sent to Truto: its whole body.

        The file need not exist: ``open_response`` and ``save_response`` create it.
        """
        return self.folder / RESPONSE

    def open_response(self) -> FileIO:
        """The file for the response body, emptied, unbuffered and open for reading and writing; the caller closes it.

        Only its owner can read it; it is created if need be.
        """
        path = self.response_path
        with explained(path):
            return os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b", buffering=0)

    def save_response(self, chunks: Iterable[bytes]) -> None:
        """Store the whole response body (JSON, UTF-8), given in chunks, replacing an earlier one."""
        with explained(self.response_path), io.BufferedWriter(self.open_response()) as file:
            file.writelines(chunks)

    def finish(self, status: Status, summary: JsonObject) -> None:
        """Store how the run ended: ``summary`` is for ``batchctl runs``.

        Of a batch it is ``{"resources": 3, "failed": ["notes"], "records": 120}``, of rows ``{"rows": 9, "failed_rows":
        [2, 5], "records": 120}``, with the numbers of rows that did not succeed.
        """
        self.put(status=status, summary=summary, finished_s=self._clock())

    def close(self) -> None:
        """Close the record; a run that has not finished can be resumed from now on."""
        try:
            with explained(self._file):
                self._connection.close()
        finally:
            self._lock.release()

    def fact(self, name: str) -> JsonValue:
        """The value that ``put`` stored under ``name``; None where there is none."""
        with explained(self._file):
            row = self._connection.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
            return None if row is None else json.loads(row[0])

    def put(self, **facts: JsonValue) -> None:
        """Store values under the names of the keyword arguments, replacing older ones."""
        with explained(self._file):
            put_facts(self._connection, facts)

    def _content_hash(self, content: JsonObject) -> str:
        return keyed_hash(content, self._salt, 32).hex()


def write_rows(path: Path, lines: Iterable[str]) -> None:
    """Write ``lines`` (ASCII, without line breaks) to a file that only its owner can read, replacing it as a whole.

    Raises ``StoreError`` where it can't be written.
    """
    partial = path.with_suffix(".partial")
    with explained(path):
        handle = os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in lines)
        partial.replace(path)
