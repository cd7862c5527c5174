"""``sqlite:PATH``: a table per resource, a row per record, inserted or updated by ``id``.

Each row has the record as JSON beside a column for each of its plain fields, so that nothing is lost where a field
changes its type, and names that differ in upper and lower case alone stay apart in ``record``.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING

from batchctl.destinations.folder import marks_of, table_name
from batchctl.errors import DeliveryFailed
from batchctl.files import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from batchctl.destinations.base import SyncRun
    from batchctl.engine.outlets import Delivery
    from batchctl.json_types import JsonObject, JsonValue

# A column of our own for what tells records apart; the record as it came; where it comes from.
_FIXED = (
    "truto_key",
    "record",
    "truto_sync_job_id",
    "truto_integrated_account_id",
    "truto_sync_job_run_id",
    "truto_synced_at",
)
_MAX_INTEGER = 2**63 - 1
MAX_COLUMNS = 500


class SqliteDestination:
    """Writes into the database at ``path``, a page in one transaction."""

    def __init__(self, path: Path, run: SyncRun, now: Callable[[], str]) -> None:
        self._path = path
        self._run = run
        self._now = now
        self._opened: sqlite3.Connection | None = None
        self._columns: dict[str, set[str]] = {}

    async def announce(self, event: str, payload: JsonValue) -> None:
        """A table needs no such event."""

    async def deliver(self, delivery: Delivery) -> None:
        """Insert or update the records of a page, all or none."""
        table = table_name(delivery.resource)
        try:
            database = self._database()
            database.execute("BEGIN IMMEDIATE")
            with database:
                self._prepare(database, table, delivery)
                for record in delivery.records:
                    self._put(database, table, record)
        except (sqlite3.Error, OSError) as error:
            raise DeliveryFailed(f"{self._path} can't be written: {reason_of(error)}") from error

    async def aclose(self) -> None:
        """Close the database."""
        if self._opened is not None:
            self._opened.close()

    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._opened = sqlite3.connect(self._path, isolation_level=None, timeout=10)
        return self._opened

    def _prepare(self, database: sqlite3.Connection, table: str, delivery: Delivery) -> None:
        """Make the table, and a column for each field that is new in it."""
        name = _quoted(table)
        if table not in self._columns:
            fixed = ", ".join(f"{_quoted(column)} TEXT" for column in _FIXED[1:])
            database.execute(f"CREATE TABLE IF NOT EXISTS {name} (truto_key TEXT PRIMARY KEY, {fixed})")
            self._columns[table] = {row[1].lower() for row in database.execute(f"PRAGMA table_info({name})")}
        known = self._columns[table]
        for record in delivery.records:
            for field in record if isinstance(record, dict) else ():
                if field.lower() not in known and len(known) < MAX_COLUMNS and "\0" not in field:
                    database.execute(f"ALTER TABLE {name} ADD COLUMN {_quoted(field)}")
                    known.add(field.lower())

    def _put(self, database: sqlite3.Connection, table: str, record: JsonValue) -> None:
        text = json.dumps(record, ensure_ascii=False)
        row: dict[str, JsonValue] = {"truto_key": _key(record, text), "record": text}
        row |= marks_of(self._run, self._now())
        taken = {column.lower() for column in row}
        for field, value in record.items() if isinstance(record, dict) else ():
            if field.lower() in self._columns[table] and field.lower() not in taken:
                taken.add(field.lower())
                row[field] = _stored(value)
        columns = ", ".join(map(_quoted, row))
        marks = ", ".join("?" * len(row))
        database.execute(f"INSERT OR REPLACE INTO {_quoted(table)} ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608 - names are quoted


def _key(record: JsonValue, text: str) -> str:
    """The ``id``, or for a record without one, what is in it."""
    name: JsonObject | JsonValue = record.get("id") if isinstance(record, dict) else None
    if isinstance(name, str | int | float):
        return f"{type(name).__name__}:{name}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _stored(value: JsonValue) -> JsonValue:
    if isinstance(value, dict | list) or (isinstance(value, int) and abs(value) > _MAX_INTEGER):
        return json.dumps(value, ensure_ascii=False)
    return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
