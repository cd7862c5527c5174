"""``duckdb:PATH`` and ``parquet:PATH``, through DuckDB."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, ClassVar

import duckdb

from batchctl.destinations.tables.columns import Kind
from batchctl.destinations.tables.database import Database
from batchctl.destinations.tables.schema import RECEIPTS, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from batchctl.destinations.tables.columns import Column
    from batchctl.json_types import JsonValue

# DuckDB keeps so much in memory at most, and writes the rest to disk. Each of its threads has buffers beside that, and
# one is enough for what arrives page by page: memory does not grow with the number of rows.
_CONFIG = {"memory_limit": "64MB", "threads": "1"}
# Beside the files of ``parquet:PATH``: the rows as they can be found again by ``id``.
STAGE = ".batchctl.duckdb"


class DuckDatabase(Database[duckdb.DuckDBPyConnection]):
    """A DuckDB file at ``path``, which is created if need be. The methods raise ``duckdb.Error`` or ``OSError``.

    ``types`` are DuckDB's names of types.
    """

    types: ClassVar[Mapping[Kind, str]] = {
        Kind.NOTHING: "VARCHAR",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.INTEGER: "BIGINT",
        Kind.LONG: "BIGINT",
        Kind.NUMBER: "DOUBLE",
        Kind.TEXT: "VARCHAR",
        Kind.JSON: "JSON",
    }
    errors = (duckdb.Error, OSError, UnicodeEncodeError)

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._path = path

    def begin(self) -> None:
        """Begin a transaction; opens the file, or creates it, the first time."""
        if self._opened is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if not self._path.exists():
                self._make()
            self._opened = duckdb.connect(str(self._path), config={**_CONFIG})
        self._opened.execute("BEGIN")

    def _make(self) -> None:
        """An empty database, there whole or not at all: DuckDB can't open one that a killed process was making."""
        made = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        duckdb.connect(str(made)).close()
        try:
            os.link(made, self._path)
        except FileExistsError:
            # Another process was faster: it may have rows by now.
            pass
        except OSError:
            # A file system without links.
            if not self._path.exists():
                made.rename(self._path)
        finally:
            made.unlink(missing_ok=True)

    def commit(self) -> None:
        """Commit the transaction: what it changed is on disk when this returns."""
        self.connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo the transaction, if one has begun."""
        if self._opened is not None:
            try:
                self._opened.execute("ROLLBACK")
            except duckdb.Error:
                # It never began, or DuckDB has given up on it: either way nothing of it is there.
                self.close()

    def rows(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[JsonValue, ...]]:
        """Execute one SQL statement with its parameters (``values``, one per ``?``); its rows, empty without any."""
        done = self.connection.execute(statement, list(values))
        return done.fetchall() if done.description else []

    def key_type(self) -> str:
        """The type that the column ``truto_key`` is declared with: text, and no primary key.

        The index of a primary key would need memory as the table grows; old rows are found by a scan instead.
        """
        return self.types[Kind.TEXT]

    def upsert(self, table: str, columns: Sequence[Column], values: Sequence[Sequence[JsonValue]]) -> None:
        """Insert rows, or replace those that have the same key (the first of ``columns``).

        ``values`` has a sequence for each of ``columns``, each with one value per row. ``table`` is the table's name,
        not quoted.
        """
        names = ", ".join(self.quoted(column.name) for column in columns)
        lists = ", ".join(f"unnest(?::{self.types[column.kind]}[])" for column in columns)
        key = self.quoted(columns[0].name)
        target = self.quoted(table)
        connection = self.connection
        connection.execute(f"DELETE FROM {target} WHERE {key} IN (SELECT unnest(?::VARCHAR[]))", [list(values[0])])
        connection.execute(f"INSERT INTO {target} ({names}) SELECT {lists}", [list(each) for each in values])

    def retype(self, table: str, column: Column, kind: Kind) -> None:
        """Change the type of ``column`` to that of ``kind``, and convert the values in it; null stays null.

        ``table`` is the table's name, not quoted.
        """
        if self.types[column.kind] == self.types[kind]:
            return
        name = self.quoted(column.name)
        value = f"CASE WHEN {name} IS NOT NULL THEN to_json({name}) END" if kind is Kind.JSON else name
        self.rows(
            f"ALTER TABLE {self.quoted(table)} ALTER COLUMN {name} TYPE {self.types[kind]} "
            f"USING CAST({value} AS {self.types[kind]})"
        )

    def is_conflict(self, error: Exception) -> bool:
        """Whether ``error`` says that another run of this process changed the same rows."""
        # A commit for which the disk has no room is a TransactionException, too.
        return isinstance(error, duckdb.TransactionException) and "conflict" in str(error).lower()

    def is_lost(self, error: Exception) -> bool:
        """Whether the file can't be written any more, on a disk without room: the next page would fail like this one.

        After such an error DuckDB has to be opened again, which takes long in a large file.
        """
        return isinstance(error, duckdb.Error) and "Could not write file" in str(error)

    def reason(self, error: Exception) -> str:
        """The reason for ``error`` in one line; in plain words where another process has the file open."""
        said = super().reason(error)
        return "another process has it open" if "lock on file" in said else said


class ParquetFolder(DuckDatabase):
    """A folder with one Parquet file per table (``TABLE.parquet``), written at the end of a run.

    Until then, and from run to run, the rows are kept in a DuckDB file in the same folder, where they can be updated.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / STAGE)
        self.title = str(folder)
        self._folder = folder

    def publish(self) -> None:
        """Write the Parquet file of each table, whole or not at all."""
        self.begin()
        try:
            for (name,) in self.rows("SELECT table_name FROM duckdb_tables() WHERE NOT internal"):
                if name not in (SCHEMA, RECEIPTS):
                    self._export(str(name))
        finally:
            self.roll_back()

    def _export(self, name: str) -> None:
        place = self._folder / f"{name}.parquet"
        made = place.with_name(f".{place.name}.{os.getpid()}")
        written = str(made).replace("'", "''")
        try:
            self.rows(f"COPY {self.quoted(name)} TO '{written}' (FORMAT parquet)")
            made.replace(place)
        finally:
            made.unlink(missing_ok=True)
