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
    """One repetition of a call, which was sent again after ``wait_s`` seconds.

    ``attempt`` counts the repetitions of one request: 1 is the first time that it was sent again; each page of a list
    is a request. ``status`` is the HTTP status of the failure before it, 0 where no answer came; ``at_s`` is when it
    failed, in seconds since the run began.
    """

    attempt: int
    wait_s: float
    status: int
    at_s: float


class CallTrace(Struct):
    """What happened to one call of a run: when it was sent, what it brought or how it failed, and how it was repeated.

    ``serial`` is its number in the run, from 1, ``key`` its resource. ``started_s`` and ``ended_s`` (None while it is
    open) are seconds since the run began. ``status`` is the HTTP status of a failure (0: no usable answer came, or it
    was not sent), None for a call that succeeded or is open; ``error`` is its entry in ``errors``. ``throttled_s`` is
    how many seconds it waited for rate limits; ``records`` and ``pages`` are how many it brought.
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
    """The calls of a run with their times, for reports; call it with each event of the run, as an observer.

    It remembers 100,000 calls, and counts the others in ``left_out``.
    """

    def __init__(self) -> None:
        self.left_out = 0
        self._calls: dict[int, CallTrace] = {}

    @property
    def calls(self) -> list[CallTrace]:
        """The calls that are remembered, in the order in which they started."""
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
