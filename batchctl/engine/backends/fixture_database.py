"""The records of a large fixture file, in an SQLite file that is built once and read from then on.

Memory holds some blocks of records and nothing that grows with their number, except the places of a filter's matches.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
import weakref
from array import array
from collections import Counter, OrderedDict
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from batchctl.engine.backends.fixture_compare import texts_of
from batchctl.engine.backends.fixture_records import count_fields, id_of
from batchctl.engine.backends.fixture_stream import stream_records
from batchctl.errors import FixtureError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.json_types import JsonValue

# A file above this size is not kept in memory.
BIG_BYTES = 8 * 2**20
_VERSION = 1
_BLOCK = 256
_MAX_BLOCKS = 16
_MAX_MATCHES = 16
_MAX_RECORDS_PER_STEP = 10_000
_SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE records (place INTEGER PRIMARY KEY, id TEXT, record TEXT NOT NULL);
CREATE TABLE indexed (field TEXT PRIMARY KEY);
CREATE TABLE texts (field TEXT NOT NULL, text TEXT NOT NULL, place INTEGER NOT NULL);
"""


def open_database(source: Path, cache: Path | None) -> DatabaseRecords:
    """The records of the fixture file ``source``, from an SQLite file that is built where there is none up to date.

    That file is kept in the folder ``cache``, or only while this process runs where ``cache`` is None. Raises
    ``FixtureError`` for a ``source`` that can't be read, or where there is no room for the database.
    """
    found = source.stat()
    stamp = json.dumps([_VERSION, found.st_size, found.st_mtime_ns])
    try:
        if cache is None:
            return DatabaseRecords(_built(source, Path(tempfile.mkdtemp(prefix="batchctl-")), stamp), keep=False)
        cache.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(str(source.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        path = cache / f"{name}.sqlite"
        if _stamp_of(path) != stamp:
            _built(source, cache, stamp).replace(path)
        return DatabaseRecords(path)
    except (OSError, sqlite3.Error) as error:
        raise FixtureError(f"can't index {source}: {error}") from error


def _stamp_of(path: Path) -> str | None:
    """Which state of the file a database was built from; None for no database, or a broken one."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(path)) as database:
            row = database.execute("SELECT value FROM facts WHERE key = 'stamp'").fetchone()
    except sqlite3.Error:
        return None
    return row[0] if row else None


def _built(source: Path, folder: Path, stamp: str) -> Path:
    handle, name = tempfile.mkstemp(".part", dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        _fill(path, source, stamp)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _fill(path: Path, source: Path, stamp: str) -> None:
    fields: Counter[str] = Counter()
    objects: Counter[str] = Counter()

    def rows() -> Iterator[tuple[int, str | None, str]]:
        for place, record in enumerate(stream_records(source)):
            count_fields(record, fields, objects, 1)
            yield place, id_of(record), json.dumps(record)

    database = sqlite3.connect(path, isolation_level=None)
    try:
        # The file is made anew where anything goes wrong.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_SCHEMA)
        database.execute("BEGIN")
        database.executemany("INSERT INTO records VALUES (?, ?, ?)", rows())
        database.execute("CREATE INDEX ids ON records (id, place)")
        facts = {"stamp": stamp, "fields": json.dumps(fields), "objects": json.dumps(objects)}
        database.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        database.execute("COMMIT")
    finally:
        database.close()


class DatabaseRecords:
    """The records of one fixture file, read from the SQLite file at ``path`` that ``open_database`` built.

    It has the methods of ``Records``. With ``keep=False`` the SQLite file is deleted at the end of the process. The
    methods raise ``sqlite3.Error`` where it can't be read any more.
    """

    def __init__(self, path: Path, *, keep: bool = True) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.execute("PRAGMA synchronous = OFF")
        if not keep and os.name == "posix":
            # What is open stays readable; no file remains, however the process ends.
            path.unlink()
            path.parent.rmdir()
        self.fields: Counter[str] = Counter(json.loads(self._fact("fields")))
        self.objects: Counter[str] = Counter(json.loads(self._fact("objects")))
        self._size: int = self._database.execute("SELECT count(*) FROM records").fetchone()[0]
        self._blocks: OrderedDict[int, list[JsonValue]] = OrderedDict()
        self._matches: OrderedDict[tuple[str, str], array[int]] = OrderedDict()

    def __len__(self) -> int:
        return self._size

    def record(self, place: int) -> JsonValue:
        """The record at index ``place``, counted from 0 in the order of the file. The caller must not change it."""
        number = place // _BLOCK
        block = self._blocks.get(number)
        if block is None:
            first = number * _BLOCK
            rows = self._database.execute(
                "SELECT record FROM records WHERE place >= ? AND place < ? ORDER BY place", (first, first + _BLOCK)
            )
            block = self._blocks[number] = _parsed(text for (text,) in rows)
            if len(self._blocks) > _MAX_BLOCKS:
                self._blocks.popitem(last=False)
        return block[place - number * _BLOCK]

    def place_of(self, record_id: str) -> int | None:
        """The index of the first record with this id, compared as text; None where there is none."""
        row = self._database.execute(
            "SELECT place FROM records WHERE id = ? ORDER BY place LIMIT 1", (record_id,)
        ).fetchone()
        return None if row is None else row[0]

    def places(self, name: str, text: str) -> Sequence[int]:
        """The indexes of the records whose field ``name`` equals ``text``, in ascending order.

        Where the field is a list, it is enough that one of its items equals the text.
        """
        key = (name, text)
        found = self._matches.get(key)
        if found is None:
            self._require_index(name)
            rows = self._database.execute(
                "SELECT place FROM texts WHERE field = ? AND text = ? ORDER BY place", (name, text)
            )
            found = self._matches[key] = array("q", (place for (place,) in rows))
            if len(self._matches) > _MAX_MATCHES:
                self._matches.popitem(last=False)
        return found

    def _require_index(self, name: str) -> None:
        """Index a field when it is first filtered by; the database keeps the index."""
        if self._database.execute("SELECT 1 FROM indexed WHERE field = ?", (name,)).fetchone():
            return
        self._database.execute("BEGIN IMMEDIATE")
        entries = ((name, text, place) for place, record in self._all() for text in _texts(record, name))
        while step := list(islice(entries, _MAX_RECORDS_PER_STEP)):
            self._database.executemany("INSERT INTO texts VALUES (?, ?, ?)", step)
        self._database.execute("CREATE INDEX IF NOT EXISTS by_text ON texts (field, text, place)")
        self._database.execute("INSERT OR IGNORE INTO indexed VALUES (?)", (name,))
        self._database.execute("COMMIT")

    def _all(self) -> Iterator[tuple[int, JsonValue]]:
        for place, text in self._database.execute("SELECT place, record FROM records ORDER BY place"):
            yield place, json.loads(text)

    def _fact(self, key: str) -> str:
        row = self._database.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return str(row[0])


def _parsed(texts: Iterable[str]) -> list[JsonValue]:
    """Records by their JSON; read as one text, so that they share the names of their fields."""
    found: list[JsonValue] = json.loads(f"[{','.join(texts)}]")
    return found


def _texts(record: JsonValue, name: str) -> frozenset[str]:
    return texts_of(record.get(name)) if isinstance(record, dict) else frozenset()
