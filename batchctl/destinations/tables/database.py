"""What a database has to do for the tables of a sync job. Each engine's own words are in a module of its own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from batchctl.destinations.tables.columns import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.destinations.tables.columns import Column
    from batchctl.json_types import JsonValue


class Database(ABC):
    """One connection, opened when it is first needed. ``lock`` keeps it to one thread at a time.

    Whatever its methods raise is one of ``errors``; ``reason`` says it in words, without what is secret. A subclass
    supplies ``types`` (the database's type for each kind of column), ``errors``, and its dialect of SQL.
    """

    types: ClassVar[Mapping[Kind, str]]
    errors: tuple[type[Exception], ...]
    # How a value that is passed beside the statement is written in it.
    mark = "?"
    max_name_bytes = 200

    def __init__(self, title: str) -> None:
        self.title = title
        self.lock = threading.Lock()

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction; connects where there is no connection yet."""

    @abstractmethod
    def commit(self) -> None:
        """Commit the transaction: what it changed is stored for good when this returns."""

    @abstractmethod
    def roll_back(self) -> None:
        """Undo everything since ``begin``; never raises."""

    @abstractmethod
    def rows(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[JsonValue, ...]]:
        """Execute one statement with its parameters; the rows that it returns.

        ``values`` are the parameters, in the order of the marks in ``statement``.
        """

    @abstractmethod
    def upsert(self, table: str, columns: Sequence[Column], values: Sequence[Sequence[JsonValue]]) -> None:
        """Insert or update rows by ``truto_key``, the first column; ``values`` has a sequence per column.

        ``table`` is the table's name, not quoted.
        """

    @abstractmethod
    def retype(self, table: str, column: Column, kind: Kind) -> None:
        """Change the type of a column to that of ``kind``, converting the values in it.

        ``table`` is the table's name, not quoted.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connection; never raises."""

    def publish(self) -> None:  # noqa: B027 - most have nothing more to do
        """Write the files that users read, for a database that is only a working copy (Parquet); else nothing."""

    def lock_schema(self) -> None:  # noqa: B027 - most have one writer at a time anyway
        """Keep other processes from changing tables until the transaction ends; does nothing here."""

    def key_type(self) -> str:
        """The SQL type of the column ``truto_key``."""
        return f"{self.types[Kind.TEXT]} PRIMARY KEY"

    def quoted(self, name: str) -> str:
        """A name quoted as an identifier in SQL."""
        return '"' + name.replace('"', '""') + '"'

    def is_conflict(self, error: Exception) -> bool:  # noqa: ARG002 - most have none
        """Whether ``error`` is a conflict with another writer, after which a second try may succeed."""
        return False

    def is_lost(self, error: Exception) -> bool:  # noqa: ARG002 - a file does not go away
        """Whether the connection is gone after ``error``, so that trying the next page is useless."""
        return False

    def reason(self, error: Exception) -> str:
        """The reason for ``error`` in one line, for people."""
        if isinstance(error, UnicodeEncodeError) or "surrogate" in str(error):
            return "a text holds half a character (a lone surrogate), which it can't store"
        said = str(error).strip().splitlines()
        return said[0] if said else type(error).__name__
