"""``postgresql://…``, through psycopg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import psycopg
from psycopg.conninfo import conninfo_to_dict

from batchctl.destinations.tables.columns import Kind
from batchctl.destinations.tables.database import Database
from batchctl.destinations.tables.schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.destinations.tables.columns import Column
    from batchctl.json_types import JsonValue

_CONNECT_S = 10
_STAGED = "truto_staged"
# The last: a column has become one of JSON since its kind was read.
_CONFLICTS = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.InvalidTextRepresentation,
)


class PostgresDatabase(Database[psycopg.Connection[tuple[Any, ...]]]):
    """A PostgreSQL database at ``url``, as libpq reads it: ``postgresql://user:password@host:5432/name?options=…``.

    The methods raise ``psycopg.Error`` or ``OSError``. ``types`` are PostgreSQL's names of types.
    """

    types: ClassVar[Mapping[Kind, str]] = {
        Kind.NOTHING: "text",
        Kind.BOOLEAN: "boolean",
        Kind.INTEGER: "bigint",
        Kind.LONG: "bigint",
        Kind.NUMBER: "double precision",
        Kind.TEXT: "text",
        Kind.JSON: "jsonb",
    }
    errors = (psycopg.Error, OSError, UnicodeEncodeError)
    mark = "%s"
    max_name_bytes = 63

    def __init__(self, url: str) -> None:
        """Raises ``ValueError`` for a URL that libpq can't read."""
        try:
            self._wanted: dict[str, Any] = {"connect_timeout": _CONNECT_S, **conninfo_to_dict(url)}
        except psycopg.ProgrammingError:
            # Its words may have the password in them.
            raise ValueError("libpq can't read it") from None
        super().__init__(f"PostgreSQL {self._wanted.get('host') or 'here'}/{self._wanted.get('dbname') or ''}")

    def begin(self) -> None:
        """Begin a transaction; connects where there is no connection."""
        if self._opened is None:
            self._opened = psycopg.connect(**self._wanted, autocommit=True, application_name="batchctl")
            self._opened.execute("SET client_encoding TO 'UTF8'")
        self._opened.execute("BEGIN")

    def commit(self) -> None:
        """Commit the transaction: what it changed is on the server's disk when this returns."""
        self.connection.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo the transaction; a broken connection is closed, and the next ``begin`` makes a new one."""
        if self._opened is None:
            return
        try:
            self._opened.execute("ROLLBACK")
        except psycopg.Error:
            self.close()

    def rows(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[JsonValue, ...]]:
        """Execute one SQL statement with its parameters (``values``, one per ``%s``); its rows, empty without any."""
        done = self.connection.execute(statement.encode(), tuple(values))
        return done.fetchall() if done.description else []

    def lock_schema(self) -> None:
        """Take an advisory lock until the transaction ends, so that runs change tables one after the other."""
        self.rows("SELECT pg_advisory_xact_lock(hashtext(%s))", (SCHEMA,))

    def quoted(self, name: str) -> str:
        """``name`` as a quoted identifier; ``%`` in it is doubled, since psycopg takes a single one for a parameter."""
        return super().quoted(name).replace("%", "%%")

    def upsert(self, table: str, columns: Sequence[Column], values: Sequence[Sequence[JsonValue]]) -> None:
        """Insert rows, or update those that have the same key (the first of ``columns``), by a COPY and one merge.

        ``values`` has a sequence for each of ``columns``, each with one value per row. ``table`` is the table's name,
        not quoted. Rows are merged in the order of their keys, so that two runs don't block each other for good (a
        deadlock).
        """
        target = self.quoted(table)
        names = [self.quoted(column.name) for column in columns]
        listed = ", ".join(names)
        changes = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
        self.rows(f"CREATE TEMP TABLE {_STAGED} (LIKE {target}) ON COMMIT DROP")
        copy_in = f"COPY {_STAGED} ({listed}) FROM STDIN".replace("%%", "%")
        with self.connection.cursor() as cursor, cursor.copy(copy_in.encode()) as copy:
            for row in zip(*values, strict=True):
                copy.write_row(row)
        self.rows(
            f"INSERT INTO {target} ({listed}) SELECT {listed} FROM {_STAGED} ORDER BY {names[0]} "
            f"ON CONFLICT ({names[0]}) DO UPDATE SET {changes}"
        )
        self.rows(f"DROP TABLE {_STAGED}")

    def retype(self, table: str, column: Column, kind: Kind) -> None:
        """Change the type of ``column`` to that of ``kind``; PostgreSQL converts the values that are there.

        ``table`` is the table's name, not quoted.
        """
        if self.types[column.kind] == self.types[kind]:
            return
        name = self.quoted(column.name)
        value = f"to_jsonb({name})" if kind is Kind.JSON else f"{name}::{self.types[kind]}"
        self.rows(f"ALTER TABLE {self.quoted(table)} ALTER COLUMN {name} TYPE {self.types[kind]} USING {value}")

    def is_conflict(self, error: Exception) -> bool:
        """Whether ``error`` is a deadlock of two runs, or says that another run changed the table meanwhile."""
        return isinstance(error, _CONFLICTS)

    def is_lost(self, error: Exception) -> bool:
        """Whether ``error`` means that there was no connection, or that it is gone."""
        return isinstance(error, psycopg.OperationalError) and (self._opened is None or self._opened.closed)

    def reason(self, error: Exception) -> str:
        """The reason for ``error`` in one line, without psycopg's prefix ``connection failed:``."""
        said = super().reason(error)
        return said.removeprefix("connection failed: ")
