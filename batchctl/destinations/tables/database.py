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

    Whatever its methods raise is one of ``errors``; ``reason`` says it in words, without what is secret.
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
        """Begin a transaction."""

    @abstractmethod
    def commit(self) -> None:
        """Everything since ``begin`` is there for good when this returns."""

    @abstractmethod
    def roll_back(self) -> None:
        """Nothing since ``begin`` has happened; never raises."""

    @abstractmethod
    def rows(self, statement: str, values: Sequence[JsonValue] = ()) -> list[tuple[JsonValue, ...]]:
        """Execute one statement; what it answers."""

    @abstractmethod
    def upsert(self, table: str, columns: Sequence[Column], values: Sequence[Sequence[JsonValue]]) -> None:
        """Insert or update rows by ``truto_key``, the first column; ``values`` has a sequence per column."""

    @abstractmethod
    def retype(self, table: str, column: Column, kind: Kind) -> None:
        """Turn a column into another kind, with what is in it."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection; never raises."""

    def publish(self) -> None:  # noqa: B027 - most have nothing more to do
        """Write the files that show what is in it, where it is not itself what is wanted."""

    def lock_schema(self) -> None:  # noqa: B027 - most have one writer at a time anyway
        """Wait until no other process changes tables, until the transaction ends."""

    def key_type(self) -> str:
        """The type of ``truto_key``."""
        return f"{self.types[Kind.TEXT]} PRIMARY KEY"

    def quoted(self, name: str) -> str:
        """A name as it is written in a statement."""
        return '"' + name.replace('"', '""') + '"'

    def is_conflict(self, error: Exception) -> bool:  # noqa: ARG002 - most have none
        """Whether another writer was in the way, so that trying again may do."""
        return False

    def is_lost(self, error: Exception) -> bool:  # noqa: ARG002 - a file does not go away
        """Whether the connection is gone, so that trying the next page is in vain."""
        return False

    def reason(self, error: Exception) -> str:
        """Why it failed, in one line."""
        if isinstance(error, UnicodeEncodeError) or "surrogate" in str(error):
            return "a text holds half a character (a lone surrogate), which it can't store"
        said = str(error).strip().splitlines()
        return said[0] if said else type(error).__name__
