"""What a database has to do for the tables of a sync job. Each engine's own words are in a module of its own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from batchctl.destinations.tables.columns import Kind
from batchctl.files import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.destinations.tables.columns import Column
    from batchctl.json_types import JsonValue


class _Closable(Protocol):
    def close(self) -> object: ...


C = TypeVar("C", bound=_Closable)


class Database(ABC, Generic[C]):
    """One database that tables are written to, and its one connection, opened when it is first needed.

    A subclass supplies ``types`` (the database's type for each kind of column), ``errors`` (what its methods may
    raise), and its dialect of SQL. ``mark`` is how a parameter is written in a statement, ``max_name_bytes`` the
    longest name of a table or column, in UTF-8. ``title`` names the database in messages; ``lock`` is held while the
    connection is used, so that only one thread uses it.
    """

    types: ClassVar[Mapping[Kind, str]]
    errors: tuple[type[Exception], ...]
    # How a value that is passed beside the statement is written in it.
    mark = "?"
    max_name_bytes = 200

    def __init__(self, title: str) -> None:
        self.title = title
        self.lock = threading.Lock()
        self._opened: C | None = None

    @property
    def connection(self) -> C:
        """The open connection; there is one from ``begin`` on."""
        assert self._opened is not None  # noqa: S101 - for types: nothing is written before begin
        return self._opened

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
        """Execute one SQL statement with its parameters; the rows that it returns, none for one that returns no rows.

        ``values`` are the parameters, in the order of the marks (``mark``) in ``statement``.
        """

    @abstractmethod
    def upsert(self, table: str, columns: Sequence[Column], values: Sequence[Sequence[JsonValue]]) -> None:
        """Insert rows, or update those that have the same key: ``columns[0]`` is ``truto_key``.

        ``values`` has a sequence for each of ``columns``, each with one value per row. ``table`` is the table's name,
        not quoted.
        """

    @abstractmethod
    def retype(self, table: str, column: Column, kind: Kind) -> None:
        """Change the type of ``column`` to that of ``kind``, and convert the values in it.

        ``table`` is the table's name, not quoted.
        """

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def publish(self) -> None:
        """Write the files that users read, where the database is only a working copy of them (Parquet).

        For any other database it does nothing.
        """

    def lock_schema(self) -> None:
        """Keep other processes from changing tables until the transaction ends.

        Here it does nothing: most databases have one writer at a time anyway.
        """

    def key_type(self) -> str:
        """The type and constraints that the column ``truto_key`` is declared with, such as ``TEXT PRIMARY KEY``."""
        return f"{self.types[Kind.TEXT]} PRIMARY KEY"

    def quoted(self, name: str) -> str:
        """``name`` as a quoted identifier in SQL."""
        return '"' + name.replace('"', '""') + '"'

    def is_conflict(self, error: Exception) -> bool:  # noqa: ARG002 - most have none
        """Whether ``error`` is a conflict with another writer, after which the transaction is worth a second try.

        Always False here: a subclass whose database has several writers says so.
        """
        return False

    def is_lost(self, error: Exception) -> bool:  # noqa: ARG002 - a file does not go away
        """Whether the connection is gone after ``error``, so that trying the next page is useless.

        Always False here, as for a file.
        """
        return False

    def reason(self, error: Exception) -> str:
        """The reason for ``error`` in one line, for people."""
        if isinstance(error, UnicodeEncodeError) or "surrogate" in str(error):
            return "a text holds half a character (a lone surrogate), which it can't store"
        if isinstance(error, OSError) and error.strerror:
            return reason_of(error)
        said = str(error).strip().splitlines()
        return said[0] if said else type(error).__name__
