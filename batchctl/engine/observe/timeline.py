"""Every call of a run with its times, for reports: an observer that remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.events import (
    CallFailed,
    CallRetried,
    CallStarted,
    CallSucceeded,
    PageReceived,
    Throttled,
)
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from batchctl.engine.events import Event
    from batchctl.json_types import JsonObject
    from batchctl.truto.calls import Call

# A report of more calls is of no use to anyone, and would not open.
MAX_CALLS = 100_000


class Retry(Struct, frozen=True):
    """A call was sent again after ``wait_s`` seconds; ``status`` is 0 without an answer.

    ``attempt`` counts from 1, ``at_s`` is seconds since the run began.
    """

    attempt: int
    wait_s: float
    status: int
    at_s: float


class CallTrace(Struct):
    """One call: times in seconds since the run began, ``ended_s`` None while it is open.

    ``status`` is the HTTP status, 0 without an answer, None for one that succeeded or is open; ``error`` is what the
    answer's ``errors`` have of it. ``serial`` is its number in the run, ``key`` its resource; ``throttled_s`` is how
    long it waited for rate limits. ``started_s`` is when it began; ``records`` and ``pages`` are what it brought,
    ``retries`` how it was repeated.
    """

    serial: int
    key: str
    call: Call
    started_s: float
    ended_s: float | None = None
    status: int | None = None
    error: JsonObject | None = None
    records: int = 0
    pages: int = 0
    throttled_s: float = 0.0
    retries: list[Retry] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the call ended without an error."""
        return self.ended_s is not None and self.status is None


class Timeline:
    """Gets the events of a run; ``calls`` are in the order in which they started, ``left_out`` counts the rest."""

    def __init__(self) -> None:
        self.left_out = 0
        self._calls: dict[int, CallTrace] = {}

    @property
    def calls(self) -> list[CallTrace]:
        """The calls that are remembered."""
        return list(self._calls.values())

    def __call__(self, event: Event, /) -> None:
        """Take note of one event."""
        match event:
            case CallStarted(serial=serial):
                self._start(event)
            case PageReceived(serial=serial) if serial in self._calls:
                self._calls[serial].records += event.records
                self._calls[serial].pages = max(self._calls[serial].pages, event.page)
            case CallSucceeded(serial=serial) if serial in self._calls:
                trace = self._calls[serial]
                trace.records, trace.pages = event.records, event.pages
                trace.ended_s = event.at_s
            case CallFailed(serial=serial) if serial in self._calls:
                self._calls[serial].status = event.status
                self._calls[serial].error = event.entry
                self._calls[serial].ended_s = event.at_s
            case CallRetried(serial=serial) if serial in self._calls:
                self._calls[serial].retries.append(Retry(event.attempt, event.wait_s, event.status, event.at_s))
            case Throttled(serial=serial) if serial in self._calls:
                self._calls[serial].throttled_s += event.wait_s
            case _:
                pass

    def _start(self, event: CallStarted) -> None:
        if len(self._calls) >= MAX_CALLS:
            self.left_out += 1
            return
        self._calls[event.serial] = CallTrace(event.serial, event.key, event.call, event.at_s)
