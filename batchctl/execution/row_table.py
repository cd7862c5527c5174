"""The rows of a run and how each ended, on disk: a hundred thousand of them take no more memory than a hundred."""

from __future__ import annotations

import hashlib
import json
import weakref
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from batchctl.errors import BatchctlError
from batchctl.execution.packed import pack, unpack
from batchctl.execution.row_end import Row, RowCalls, RowEnd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from batchctl.execution.row_end import RowState
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Step

_TABLES = """
CREATE TABLE row (
  number INTEGER PRIMARY KEY, account TEXT, args TEXT NOT NULL, occurrence INTEGER NOT NULL, turn INTEGER NOT NULL
);
CREATE INDEX later ON row (turn, number) WHERE turn > 0;
CREATE TABLE seen (digest BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ended (
  number INTEGER PRIMARY KEY, state TEXT NOT NULL, elapsed_s REAL NOT NULL, records INTEGER NOT NULL,
  error TEXT, result TEXT, calls TEXT
);
"""
_TURN = "INSERT INTO seen VALUES (?, ?) ON CONFLICT (digest) DO UPDATE SET count = excluded.count"
_COUNT = "INSERT INTO seen VALUES (?, 1) ON CONFLICT (digest) DO UPDATE SET count = count + 1 RETURNING count - 1"
_END = (
    "SELECT row.number, account, args, elapsed_s, error, result, calls "
    "FROM row LEFT JOIN ended ON row.number = ended.number WHERE row.number "
)
# Rows that are read at once: their arguments are small.
_AT_ONCE = 500


class RowCounts(NamedTuple):
    """How many rows ended in each way, and how many ``records`` they returned in all.

    ``failed`` rows have errors in their result, ``refused`` ones could not be run; ``open`` ones have not ended.
    """

    succeeded: int
    failed: int
    refused: int
    open: int
    records: int

    @property
    def rows(self) -> int:
        """How many rows there are, in whatever state."""
        return self.succeeded + self.failed + self.refused + self.open


class RowTable:
    """All rows of a run, numbered from 1, and how each ended, in a temporary file on disk.

    Iterating gives each as a ``Row``, in the order of the numbers. The methods raise ``BatchctlError`` where the disk
    can't be used.
    """

    def __init__(self) -> None:
        import sqlite3  # noqa: PLC0415 - only who has rows needs it

        # An empty name is a database of its own in the folder for temporary files, deleted when it is closed.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(
            f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8192; {_TABLES}"
        )
        self._count = 0
        self._turns = 1
        # How many rows share something with an earlier one, by the first word of what that is.
        self.again: Counter[str] = Counter()
        weakref.finalize(self, self._database.close)

    def __len__(self) -> int:
        return self._count

    def add(self, account: str | None, args: JsonObject, shared: Iterable[str] = ()) -> Row:
        """Append a row with the next number; None as ``account`` means the definition's own.

        ``shared`` names what no other row may use at the same time (``account 5c3b…``, ``state contacts``). Rows that
        have a name in common are put into different turns, and the turns are run one after the other.
        """
        with _guarded():
            occurrence = self._database.execute(_COUNT, (_digest(json.dumps([account, args])),)).fetchall()[0][0]
            turn = self._turn({name: _digest(f"shared {name}") for name in shared})
            self._count += 1
            found = (self._count, account, json.dumps(args), occurrence, turn)
            self._database.execute("INSERT INTO row VALUES (?, ?, ?, ?, ?)", found)
        return Row(self._count, account, args, occurrence)

    def _turn(self, shared: Mapping[str, bytes]) -> int:
        """The first turn that is later than those of all rows with which a row shares something."""
        turn = 0
        for name, digest in shared.items():
            found = self._database.execute("SELECT count FROM seen WHERE digest = ?", (digest,)).fetchone()
            if found is not None:
                turn = max(turn, found[0] + 1)
                self.again[name.partition(" ")[0]] += 1
        self._database.executemany(_TURN, [(digest, turn) for digest in shared.values()])
        self._turns = max(self._turns, turn + 1)
        return turn

    @property
    def turns(self) -> int:
        """How many turns there are; rows of one turn share nothing, and can run side by side."""
        return self._turns

    def __iter__(self) -> Iterator[Row]:
        return self._rows("")

    def rows_of(self, turn: int) -> Iterator[Row]:
        """The rows of the turn with this index, counted from 0, in the order of their numbers."""
        return self._rows("" if self._turns == 1 else f"turn = {turn} AND")

    def _rows(self, condition: str) -> Iterator[Row]:
        after = 0
        query = (
            f"SELECT number, account, args, occurrence FROM row WHERE {condition} number > ? ORDER BY number LIMIT ?"  # noqa: S608 - a number
        )
        while True:
            with _guarded():
                found = self._database.execute(query, (after, _AT_ONCE)).fetchall()
            for number, account, args, occurrence in found:
                yield Row(number, account, json.loads(args), occurrence)
            if len(found) < _AT_ONCE:
                return
            after = found[-1][0]

    def keep(self, end: RowEnd) -> None:
        """Store how a row ended, with its result; it replaces what was stored for the same row."""
        error = None if end.error is None else json.dumps([str(end.error), end.error.hint])
        result = None if end.result is None else pack(end.result)
        calls = json.dumps(end.calls) if any(end.calls) else None
        self.keep_packed(end.number, end.state, end.elapsed_s, end.records, error=error, result=result, calls=calls)

    def keep_packed(
        self,
        number: int,
        state: RowState,
        elapsed_s: float,
        records: int,
        *,
        error: str | None,
        result: str | None,
        calls: str | None,
    ) -> None:
        """Store how the row ``number`` ended, given as text.

        ``error`` is ``[sentence, hint]`` as JSON, ``result`` is text from ``pack``, ``calls`` is the ``RowCalls`` as
        JSON; None where there is none. ``elapsed_s`` is how many seconds it ran, ``records`` how many it returned.
        """
        found = (number, state, elapsed_s, records, error, result, calls)
        with _guarded():
            self._database.execute("INSERT OR REPLACE INTO ended VALUES (?, ?, ?, ?, ?, ?, ?)", found)

    def counts(self) -> RowCounts:
        """How many rows ended in each way."""
        query = "SELECT state, count(*), sum(records) FROM ended GROUP BY state"
        with _guarded():
            found = {state: (count, records) for state, count, records in self._database.execute(query)}
        by_state = {state: found.get(state, (0, 0))[0] for state in ("succeeded", "failed", "refused")}
        return RowCounts(
            **by_state, open=self._count - sum(by_state.values()), records=sum(each[1] for each in found.values())
        )

    def not_succeeded(self, most: int) -> list[int]:
        """The numbers of the first rows that did not succeed, or have not ended; at most ``most`` of them."""
        query = (
            "SELECT row.number FROM row LEFT JOIN ended ON row.number = ended.number "
            "WHERE state IS NULL OR state <> 'succeeded' ORDER BY row.number LIMIT ?"
        )
        with _guarded():
            return [number for (number,) in self._database.execute(query, (most,))]

    def accounts(self) -> Iterator[tuple[str | None, int]]:
        """Every account among the rows (None: the definition's own), each once, with the number of its rows.

        The order is not certain.
        """
        with _guarded():
            yield from self._database.execute("SELECT account, count(*) FROM row GROUP BY account")

    def end(self, number: int, steps: Mapping[str, Step]) -> RowEnd:
        """How the row ``number`` ended, with neither result nor error where it has not.

        ``steps`` are those of the rows' plan, by key. Raises ``IndexError`` where there is no such row.
        """
        with _guarded():
            found = self._database.execute(f"{_END} = ?", (number,)).fetchone()
        if found is None:
            raise IndexError(f"there is no row {number}")
        return _end_of(found, steps)

    def ends(self, steps: Mapping[str, Step]) -> Iterator[RowEnd]:
        """How each row ended, in the order of their numbers, one in memory at a time.

        ``steps`` are those of the rows' plan, by key.
        """
        for row in range(1, self._count + 1):
            yield self.end(row, steps)


def _end_of(found: tuple[Any, ...], steps: Mapping[str, Step]) -> RowEnd:
    number, account, args, elapsed_s, error, result, calls = found
    return RowEnd(
        number,
        account,
        json.loads(args),
        None if result is None else unpack(result, steps),
        None if error is None else BatchctlError(json.loads(error)[0], hint=json.loads(error)[1]),
        elapsed_s or 0.0,
        RowCalls(*json.loads(calls)) if calls else RowCalls(),
    )


class RowEnds(Sequence[RowEnd]):
    """How each row of ``table`` ended, in the order of the rows; each is read from disk when asked for.

    ``steps`` are those of the rows' plan, by key.
    """

    def __init__(self, table: RowTable, steps: Mapping[str, Step]) -> None:
        self.table = table
        self._steps = steps

    def __len__(self) -> int:
        return len(self.table)

    @overload
    def __getitem__(self, index: int) -> RowEnd: ...

    @overload
    def __getitem__(self, index: slice) -> list[RowEnd]: ...

    def __getitem__(self, index: int | slice) -> RowEnd | list[RowEnd]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        return self.table.end(range(1, len(self) + 1)[index], self._steps)

    def __iter__(self) -> Iterator[RowEnd]:
        return self.table.ends(self._steps)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@contextmanager
def _guarded() -> Iterator[None]:
    import sqlite3  # noqa: PLC0415 - as above

    try:
        yield
    except sqlite3.Error as error:
        raise BatchctlError(f"the rows can't be kept on disk: {error}", hint="make room in TMPDIR") from error
