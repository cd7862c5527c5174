"""The rows of a run under way: how many are done, which one is where, how fast it goes."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any

from batchctl.engine.events import CallFailed, CallRetried, CallStarted, CallSucceeded, PageReceived, Throttled
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from batchctl.engine.events import Event, Observer
    from batchctl.execution.row_end import Row, RowEnd
    from batchctl.json_types import JsonValue

# The rate is that of the last so many rows.
_RECENT = 200
# An estimate from fewer rows or seconds would jump about.
_ROWS_TO_JUDGE = 3
_SECONDS_TO_JUDGE = 1.0


class RowProgress(Struct):
    """How far one row in progress is; times are in seconds since the run began.

    ``started_s`` is when it began, ``at`` the key of the resource that was called last. ``calls`` have begun, of which
    ``done`` have ended, and ``failed`` of these with an error; ``records`` is how many came. ``held_until_s`` is the
    end of the latest wait for a rate limit or before a retry (past or 0 when no call waits), ``held_by`` its reason in
    words.
    """

    row: Row
    started_s: float
    at: str = ""
    calls: int = 0
    done: int = 0
    failed: int = 0
    records: int = 0
    held_until_s: float = 0.0
    held_by: str = ""


class RowsProgress:
    """How far a run of ``total`` rows is: counts of rows, and those in progress (``running``).

    ``succeeded`` and ``failed`` count rows that ended (one that could not run has failed), ``reused`` those of them
    that were not run again. ``running`` has the ``RowProgress`` of each row in progress, by its number. ``clock``
    returns seconds; all times are seconds since the run began.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.succeeded = 0
        self.failed = 0
        self.reused = 0
        self.running: dict[int, RowProgress] = {}
        self._clock = clock
        self._began_s = clock()
        self._ended: deque[float] = deque(maxlen=_RECENT)

    @property
    def done(self) -> int:
        """How many rows have ended, in whatever way."""
        return self.succeeded + self.failed

    @property
    def waiting(self) -> int:
        """How many rows have not begun."""
        return max(0, self.total - self.done - len(self.running))

    def now_s(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._began_s

    def started(self, row: Row) -> None:
        """Note that ``row`` has begun."""
        self.running[row.number] = RowProgress(row, self.now_s())

    def ended(self, number: int, end: RowEnd | None, *, reused: bool = False) -> None:
        """Note that the row with this ``number`` has ended, as ``end`` says; None means that it was cut short.

        ``reused`` means that it succeeded before the run was resumed, and was not run again.
        """
        self.running.pop(number, None)
        if end is None:
            return
        self.succeeded += end.ok
        self.failed += not end.ok
        self.reused += reused
        if not reused:
            self._ended.append(self.now_s())

    def news(self) -> list[list[JsonValue]]:
        """The rows in progress as JSON, to be sent to another process, where ``take`` reads it.

        Each is a list: ``[number, at, calls, done, failed, records, seconds to wait from now, held_by]``, with the
        words of ``RowProgress``. The seconds are 0 or less where no call waits.
        """
        now_s = self.now_s()
        return [
            [number, each.at, each.calls, each.done, each.failed, each.records, each.held_until_s - now_s, each.held_by]
            for number, each in self.running.items()
        ]

    def take(self, rows: Mapping[int, Row], news: Iterable[Sequence[Any]]) -> None:
        """Bring the rows in progress up to date with ``news``, the result of ``RowsProgress.news`` in another process.

        ``rows`` are the rows that it runs, by number; news of other rows are ignored.
        """
        now_s = self.now_s()
        for number, at, calls, done, failed, records, held_s, held_by in news:
            if number not in rows:
                continue
            row = self.running.setdefault(number, RowProgress(rows[number], now_s))
            row.at, row.calls, row.done, row.failed, row.records = at, calls, done, failed, records
            row.held_until_s, row.held_by = now_s + held_s, held_by

    def rate(self) -> float | None:
        """How many rows end per second, judged by the last 200.

        None while fewer than three have been run to their end, or in the first second.
        """
        if len(self._ended) < _ROWS_TO_JUDGE:
            return None
        began_s = self._ended[0] if len(self._ended) == _RECENT else 0.0
        spent_s = self.now_s() - began_s
        return len(self._ended) / spent_s if spent_s >= _SECONDS_TO_JUDGE else None

    def left_s(self) -> float | None:
        """About how many seconds the remaining rows need; None where ``rate`` is."""
        rate = self.rate()
        return (self.total - self.done) / rate if rate else None

    def observer(self, number: int) -> Observer:
        """An observer that counts the events of the run of one row, which has this ``number``."""

        def observe(event: Event, /) -> None:
            row = self.running.get(number)
            if row is not None:
                _fold(row, event, self.now_s())

        return observe


def _fold(row: RowProgress, event: Event, now_s: float) -> None:
    match event:
        case CallStarted(key=key):
            row.at, row.calls = key, row.calls + 1
        case PageReceived(records=records):
            row.records += records
            row.held_until_s = 0.0
        case CallSucceeded():
            row.done += 1
        case CallFailed():
            row.done += 1
            row.failed += 1
        case CallRetried(key=key, wait_s=wait_s, status=status):
            row.at, row.held_until_s = key, now_s + wait_s
            row.held_by = f"{status} answered" if status else "no answer"
        case Throttled(key=key, wait_s=wait_s, limit=limit):
            row.at, row.held_until_s, row.held_by = key, now_s + wait_s, f"limit of {limit}"
        case _:
            pass
