"""One run's SQLite file: opened for its owner alone, every failure a ``StoreError``."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from batchctl.errors import StoreError
from batchctl.files import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from batchctl.json_types import JsonValue

_VERSION = 3
# Version 1 had no rows, version 2 no receipts: they are added when a file is opened.
_OLDER = (1, 2)
# Seconds to wait for another process that is writing.
_PATIENCE_S = 10.0
_TABLES = """
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE call (name BLOB NOT NULL, turn INTEGER NOT NULL, node TEXT NOT NULL, status INTEGER NOT NULL, body TEXT);
CREATE UNIQUE INDEX call_name ON call (name, turn);
"""
_ROWS = """
CREATE TABLE IF NOT EXISTS each_row (
  name BLOB PRIMARY KEY, number INTEGER NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS receipt (
  number INTEGER PRIMARY KEY, node TEXT NOT NULL, place TEXT NOT NULL, note TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS receipt_place ON receipt (node, place);
"""


def create(path: Path, *, durable: bool = True) -> sqlite3.Connection:
    """Create the database file of a run at ``path``, where there must be none, and open it.

    Writes survive the end of the process. Without ``durable`` they are faster, but a power cut may damage the file.
    Raises ``StoreError`` where it can't be created.
    """
    with explained(path):
        new_file(path)
        connection = _connected(path, durable=durable)
        with closed_on_error(connection):
            connection.executescript(f"{_TABLES}{_ROWS}PRAGMA user_version = {_VERSION};")
        return connection


def reopen(path: Path, *, durable: bool = True) -> sqlite3.Connection:
    """Open a database file that ``create`` made. Raises ``StoreError`` if it is missing, damaged or of another version.

    Without ``durable`` writes are faster, but a power cut may damage the file.
    """
    if not path.is_file():
        raise StoreError(f"{path} is missing")
    with explained(path):
        connection = _connected(path, durable=durable)
        with closed_on_error(connection):
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found in _OLDER:
                connection.executescript(f"{_ROWS}PRAGMA user_version = {_VERSION};")
            elif found != _VERSION:
                raise StoreError(f"{path} was written by another version of batchctl")
        return connection


def put_facts(connection: sqlite3.Connection, facts: Mapping[str, JsonValue]) -> None:
    """Store the values in ``facts`` under their names, all or none, replacing older ones. Raises ``sqlite3.Error``.

    ``connection`` is from ``create`` or ``reopen``.
    """
    rows = [(name, json.dumps(value)) for name, value in facts.items()]
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        connection.executemany("INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)", rows)


def new_file(path: Path) -> None:
    """Create an empty file that only its owner can read and write. Raises ``FileExistsError`` when there is one."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """A context in which errors of SQLite and the system become ``StoreError``, with a sentence about ``path``."""
    try:
        yield
    except (sqlite3.Error, OSError, ValueError) as error:
        raise StoreError(f"can't use {path}: {reason_of(error)}") from error


@contextmanager
def closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    """A context that closes ``connection`` on an error: one to a damaged file is not left open."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def _connected(path: Path, *, durable: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
    with closed_on_error(connection):
        if not durable:
            connection.execute("PRAGMA synchronous = OFF")
        # With a write-ahead log a killed process loses no committed row, and nothing waits for the disk.
        connection.execute("PRAGMA journal_mode = WAL")
        if durable:
            connection.execute("PRAGMA synchronous = NORMAL")
        # A checkpoint waits for the disk: rather few and large ones (32 MiB).
        connection.execute("PRAGMA wal_autocheckpoint = 8192")
    return connection
