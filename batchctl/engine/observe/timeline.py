"""Every call of a run with its times, for reports: an observer that remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchctl.engine.events import (
    CallFailed,
    CallRetried,
    CallStarted,
    CallSucceeded,
    PageReceived,
    Throttled,
)

if TYPE_CHECKING:
    from batchctl.engine.events import Event
    from batchctl.truto.calls import Call

# A report of more calls is of no use to anyone, and would not open.
MOST_CALLS = 100_000


@dataclass(frozen=True, slots=True)
class Retry:
    """A call was sent again after ``wait_s`` seconds; ``status`` is 0 without an answer."""

    attempt: int
    wait_s: float
    status: int
    at_s: float


@dataclass(slots=True)
class CallTrace:
    """One call: times in seconds since the run began, ``ended_s`` None while it is open.

    ``status`` is the HTTP status, 0 without an answer, None for one that succeeded or is open.
    """

    serial: int
    key: str
    call: Call
    started_s: float
    ended_s: float | None = None
    status: int | None = None
    records: int = 0
    pages: int = 0
    throttled_s: float = 0.0
    retries: list[Retry] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether it was answered to its end."""
        return self.ended_s is not None and self.status is None


class Timeline:
    """Gets the events of a run; ``calls`` are in the order in which they started, ``left_out`` counts the rest."""

    def __init__(self) -> None:
        self.left_out = 0
        self._calls: dict[int, CallTrace] = {}
        # The open calls by what tells their pages apart from those of others.
        self._open: dict[tuple[str, str], list[CallTrace]] = {}

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
                self._end(trace, event.at_s)
            case CallFailed(serial=serial) if serial in self._calls:
                self._calls[serial].status = event.status
                self._end(self._calls[serial], event.at_s)
            case CallRetried():
                found = self._find(event.key, event.call)
                if found is not None:
                    found.retries.append(Retry(event.attempt, event.wait_s, event.status, event.at_s))
            case Throttled():
                found = self._find(event.key, event.call)
                if found is not None:
                    found.throttled_s += event.wait_s
            case _:
                pass

    def _start(self, event: CallStarted) -> None:
        if len(self._calls) >= MOST_CALLS:
            self.left_out += 1
            return
        trace = CallTrace(event.serial, event.key, event.call, event.at_s)
        self._calls[event.serial] = trace
        self._open.setdefault(_likeness(event.key, event.call), []).append(trace)

    def _end(self, trace: CallTrace, at_s: float) -> None:
        trace.ended_s = at_s
        self._open[_likeness(trace.key, trace.call)].remove(trace)

    def _find(self, key: str, call: Call) -> CallTrace | None:
        """The open call that ``call`` is, or is a later page of."""
        traces = self._open.get(_likeness(key, call))
        return traces[-1] if traces else None


def _likeness(key: str, call: Call) -> tuple[str, str]:
    query = {name: value for name, value in call.query.items() if name != "next_cursor"}
    return key, f"{call.method} {call.path} {query} {call.body}"
