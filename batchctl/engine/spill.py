"""Pages that do not stay in memory: a private SQLite database on disk that goes with the process."""

from __future__ import annotations

import json
import marshal
import struct
import weakref
from functools import cache
from threading import RLock
from typing import TYPE_CHECKING

from batchctl.errors import BatchctlError
from batchctl.json_types import FileData, with_files, without_files

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from batchctl.engine.lineage import Key
    from batchctl.json_types import JsonValue

_TABLE = "CREATE TABLE page (node INTEGER, place BLOB, records BLOB)"
# Made when the first page is read back: sorting all at once is quicker than with every page.
_INDEX = "CREATE INDEX IF NOT EXISTS page_place ON page (node, place)"
# Records that are in memory together when they are read back.
_PIECE = 5_000


@cache
def _packer(numbers: int) -> Callable[..., bytes]:
    """Packs so many numbers so that the bytes sort as the numbers do."""
    return struct.Struct(f">{numbers}Q").pack


def _packed(records: Sequence[JsonValue]) -> bytes:
    try:
        return marshal.dumps(records)  # type: ignore[arg-type]  # JSON is
    except ValueError:
        # A class derived from one of JSON's.
        plain: list[JsonValue] = json.loads(json.dumps(without_files(list(records))))
        return marshal.dumps(plain)


class Spill:
    """Pages of records on disk, by node, in a database that is made for the first page and deleted with the process.

    Each node has a number of the caller's choice. ``add`` pages of it, as often as needed and in any order, then read
    them with ``pages``; several threads may read. ``lock`` is held while the database is at work. The methods raise
    ``BatchctlError`` where the disk can't be used.
    """

    def __init__(self) -> None:
        self.lock = RLock()
        self._opened: sqlite3.Connection | None = None

    def add(self, node: int, pages: Iterable[tuple[Key, Sequence[JsonValue]]]) -> None:
        """Write pages of a node (its number) to disk, each with the key that is its place in the order of pages.

        A page of more than 5,000 records is written in pieces.
        """
        rows = (
            (node, _packer(len(key) + 1)(*key, start), _packed(records[start : start + _PIECE]))
            for key, records in pages
            for start in range(0, len(records), _PIECE)
        )
        self._guarded(lambda: self._write(rows))

    def pages(self, node: int) -> Iterator[list[JsonValue]]:
        """The pages of a node (its number) in the order of their keys, one in memory at a time."""
        query = "SELECT records FROM page WHERE node = ? ORDER BY place"
        self._guarded(lambda: self._database.execute(_INDEX))
        rows = self._guarded(lambda: self._database.execute(query, (node,)))
        for (data,) in rows:
            # Exact for whatever JSON holds and several times faster than JSON; only this process wrote it.
            records: list[JsonValue] = marshal.loads(data)  # noqa: S302 - our own data
            yield list(map(with_files, records)) if FileData.any_made else records

    def _write(self, rows: Iterable[tuple[int, bytes, bytes]]) -> None:
        database = self._database
        # As a transaction for each row it takes twice as long.
        database.execute("BEGIN")
        database.executemany("INSERT INTO page VALUES (?, ?, ?)", rows)
        database.execute("COMMIT")

    @property
    def _database(self) -> sqlite3.Connection:
        if self._opened is None:
            self._opened = _open()
            weakref.finalize(self, self._opened.close)
        return self._opened

    def _guarded(self, work: Callable[[], Any]) -> Any:
        import sqlite3  # noqa: PLC0415 - most runs never spill

        try:
            with self.lock:
                return work()
        except sqlite3.Error as error:
            raise BatchctlError(f"the records can't be kept on disk: {error}", hint="make room in TMPDIR") from error


def _open() -> sqlite3.Connection:
    import sqlite3  # noqa: PLC0415 - most runs never spill

    # An empty name is a database of its own in the folder for temporary files, deleted when it is closed.
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    # 2 MiB of cache: pages are written once and read once, in order.
    for statement in ("PRAGMA journal_mode = OFF", "PRAGMA cache_size = -2048", _TABLE):
        database.execute(statement)
    return database
