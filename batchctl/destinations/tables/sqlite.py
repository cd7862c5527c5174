"""``sqlite:PATH``, through Python's own driver."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, ClassVar

from batchctl.destinations.tables.columns import Kind
from batchctl.destinations.tables.database import Database

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchctl.destinations.tables.columns import Column
    from batchctl.json_types import JsonValue

# Seconds to wait for another process that writes.
_PATIENCE_S = 30.0


class SqliteDatabase(Database[sqlite3.Connection]):
    """A SQLite file at ``path``, which is created if need be. The methods raise ``sqlite3.Error`` or ``OSError``.

    ``types`` are the words that columns are declared with in SQLite.
    """

    # The words decide what SQLite turns a value into: with TEXT a JSON number stays the text that it is.
    types: ClassVar[Mapping[Kind, str]] = {
        Kind.NOTHING: "TEXT",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.LONG: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.TEXT: "TEXT",
        Kind.JSON: "TEXT",
    }
    errors = (sqlite3.Error, OSError, UnicodeEncodeError)

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path

    def begin(self) -> None:
        """Begin a transaction as the only writer; opens the file, or creates it, the first time."""
        if self._opened is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._opened = sqlite3.connect(
                self._path, isolation_level=None, timeout=_PATIENCE_S, check_same_thread=False
            )
            self._opened.create_function("truto_bool", 1, _bool_as_json, deterministic=True)
            self._opened.create_function("truto_json", 1, _as_json, deterministic=True)
        self._opened.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Commit the transaction: what it changed is on disk when this returns."""
        self.connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo the transaction, if one has begun."""
        if self._opened is not None and self._opened.in_transaction:
            self._opened.rollback()

    def rows(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[JsonValue, ...]]:
        """Execute one SQL statement with its parameters (``values``, one per ``?``); its rows, empty without any."""
        return self.connection.execute(statement, tuple(values)).fetchall()

    def upsert(self, table: str, columns: Sequence[Column], values: Sequence[Sequence[JsonValue]]) -> None:
        """Insert rows, or update those that have the same key (the first of ``columns``), one by one.

        ``values`` has a sequence for each of ``columns``, each with one value per row. ``table`` is the table's name,
        not quoted.
        """
        names = [self.quoted(column.name) for column in columns]
        changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        statement = (
            f"INSERT INTO {self.quoted(table)} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))}) "
            f"ON CONFLICT ({names[0]}) DO UPDATE SET {changes}"
        )
        self.connection.executemany(statement, zip(*values, strict=True))

    def retype(self, table: str, column: Column, kind: Kind) -> None:
        """Replace ``column`` by one of ``kind`` with the same name and the values converted.

        SQLite can't change the type of a column. ``table`` is the table's name, not quoted.
        """
        if self.types[column.kind] == self.types[kind] and kind is not Kind.JSON:
            return
        target, old, new = self.quoted(table), self.quoted(column.name), '"truto_new"'
        value = old
        if kind is Kind.JSON:
            value = f"{'truto_bool' if column.kind is Kind.BOOLEAN else 'truto_json'}({old})"
        self.rows(f"ALTER TABLE {target} ADD COLUMN {new} {self.types[kind]}")
        self.rows(f"UPDATE {target} SET {new} = {value}")
        self.rows(f"ALTER TABLE {target} DROP COLUMN {old}")
        self.rows(f"ALTER TABLE {target} RENAME COLUMN {new} TO {old}")


def _as_json(value: str | float | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _bool_as_json(value: int | None) -> str | None:
    return None if value is None else json.dumps(bool(value))
