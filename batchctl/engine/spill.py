"""Pages that do not stay in memory: a private SQLite database on disk that goes with the process."""

from __future__ import annotations

import json
import struct
import weakref
from typing import TYPE_CHECKING

from batchctl.errors import BatchctlError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from batchctl.engine.lineage import Key
    from batchctl.json_types import JsonValue

_TABLE = "CREATE TABLE page (node INTEGER, place BLOB, records TEXT)"
# Made when the first page is read back: sorting all at once is quicker than with every page.
_INDEX = "CREATE INDEX IF NOT EXISTS page_place ON page (node, place)"
# Records that are in memory together when they are read back.
_PIECE = 5_000
_encode = json.JSONEncoder(separators=(",", ":")).encode


class Spill:
    """Pages of records on disk, by node, in a database that is made for the first page and deleted with the process.

    Nodes are numbers here. The methods raise ``BatchctlError`` where the disk can't be used.
    """

    def __init__(self) -> None:
        self._opened: sqlite3.Connection | None = None

    def add(self, node: int, pages: Iterable[tuple[Key, Sequence[JsonValue]]]) -> None:
        """Write pages of a node (its number) to disk, each with the key that is its place in the order of pages.

        A page of more than 5,000 records is written in pieces.
        """
        rows = (
            (node, struct.pack(f">{len(key) + 1}Q", *key, start), _encode(records[start : start + _PIECE]))
            for key, records in pages
            for start in range(0, len(records), _PIECE)
        )
        self._guarded(lambda: self._database.executemany("INSERT INTO page VALUES (?, ?, ?)", rows))

    def pages(self, node: int) -> Iterator[list[JsonValue]]:
        """The pages of a node (its number) in the order of their keys, one in memory at a time."""
        query = "SELECT records FROM page WHERE node = ? ORDER BY place"
        self._guarded(lambda: self._database.execute(_INDEX))
        rows = self._guarded(lambda: self._database.execute(query, (node,)))
        for (text,) in rows:
            yield json.loads(text)

    @property
    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = _open()
            weakref.finalize(self, self._opened.close)
        return self._opened

    def _guarded(self, work: Callable[[], Any]) -> Any:
        import sqlite3  # noqa: PLC0415 - most runs never spill

        try:
            return work()
        except sqlite3.Error as error:
            raise BatchctlError(f"the records can't be kept on disk: {error}", hint="make room in TMPDIR") from error


def _open() -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - most runs never spill

    # An empty name is a database of its own in the folder for temporary files, deleted when it is closed.
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for statement in ("PRAGMA journal_mode = OFF", "PRAGMA cache_size = -8192", _TABLE):
        database.execute(statement)
    return database
