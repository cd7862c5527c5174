"""Rows under way, by a clock of the test's own: what is counted, how fast it goes, what others see of it."""

from __future__ import annotations

import pytest

from batchctl.engine.events import (
    CallFailed,
    CallRetried,
    CallStarted,
    CallSucceeded,
    PageReceived,
    ResourceStarted,
    Throttled,
)
from batchctl.engine.result import RunResult
from batchctl.errors import ServiceError
from batchctl.execution.row_end import Row, RowEnd
from batchctl.execution.row_progress import RowsProgress
from batchctl.truto.calls import Call

CALL = Call("crm/contacts", "list")


class Clock:
    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        return self.at_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


def row(number: int) -> Row:
    return Row(number, None, {})


def end(number: int, *, ok: bool = True) -> RowEnd:
    result = RunResult({}, 0.0)
    return RowEnd(number, None, {}, result) if ok else RowEnd(number, None, {}, None, ServiceError("no"))


def test_rows_are_counted_by_how_they_ended(clock: Clock) -> None:
    progress = RowsProgress(5, clock)
    for number in (1, 2, 3):
        progress.started(row(number))
    assert (progress.waiting, len(progress.running)) == (2, 3)
    progress.ended(1, end(1), reused=True)
    progress.ended(2, end(2, ok=False))
    progress.ended(3, None)
    assert (progress.succeeded, progress.failed, progress.reused, progress.done) == (1, 1, 1, 2)
    assert (progress.waiting, progress.running) == (3, {})


def test_the_rate_needs_a_few_rows_and_some_time(clock: Clock) -> None:
    progress = RowsProgress(10, clock)
    for number in (1, 2):
        progress.ended(number, end(number))
    assert (progress.rate(), progress.left_s()) == (None, None)
    progress.ended(3, end(3))
    assert progress.rate() is None
    clock.at_s += 6
    assert progress.rate() == 0.5
    assert progress.left_s() == 14.0


def test_rows_of_an_earlier_run_are_no_measure(clock: Clock) -> None:
    progress = RowsProgress(10, clock)
    clock.at_s += 10
    for number in range(1, 6):
        progress.ended(number, end(number), reused=True)
    assert progress.rate() is None


def test_the_rate_is_that_of_the_last_rows(clock: Clock) -> None:
    progress = RowsProgress(1_000, clock)
    clock.at_s += 1_000
    for number in range(1, 301):
        clock.at_s += 0.5
        progress.ended(number, end(number))
    rate = progress.rate()
    assert rate is not None
    assert 1.9 < rate < 2.1


def test_events_tell_where_a_row_is_and_what_holds_it(clock: Clock) -> None:
    progress = RowsProgress(1, clock)
    progress.started(row(1))
    observe, shown = progress.observer(1), progress.running[1]
    observe(ResourceStarted("contacts"))
    observe(CallStarted("contacts", CALL, 1))
    observe(CallRetried("contacts", CALL, 1, 4.0, 429))
    assert (shown.at, shown.held_until_s, shown.held_by) == ("contacts", 4.0, "429 answered")
    observe(CallRetried("contacts", CALL, 2, 5.0, 0))
    assert shown.held_by == "no answer"
    observe(Throttled("contacts", CALL, 6.0, "all calls"))
    assert (shown.held_until_s, shown.held_by) == (6.0, "limit of all calls")
    observe(PageReceived("contacts", CALL, 1, 1, 20))
    assert (shown.records, shown.held_until_s) == (20, 0.0)
    observe(CallSucceeded("contacts", CALL, 1, 20, 1))
    observe(CallStarted("notes", CALL, 2))
    observe(CallFailed("notes", CALL, 2, 403))
    assert (shown.calls, shown.done, shown.failed, shown.at) == (2, 2, 1, "notes")
    progress.ended(1, end(1))
    # An event that comes late changes nothing.
    observe(CallStarted("notes", CALL, 3))
    assert progress.running == {}


def test_another_process_sees_the_same_rows_by_its_own_clock(clock: Clock) -> None:
    there = RowsProgress(3, clock)
    there.started(row(1))
    there.started(row(2))
    observe = there.observer(1)
    observe(CallStarted("contacts", CALL, 1))
    observe(Throttled("contacts", CALL, 6.0, "all calls"))
    other = Clock()
    other.at_s = 5_000.0
    here = RowsProgress(3, other)
    other.at_s += 50
    here.take({1: row(1), 3: row(3)}, there.news())
    # Row 2 has ended in the meantime, as far as is known here.
    assert list(here.running) == [1]
    shown = here.running[1]
    assert (shown.at, shown.calls, shown.held_by, shown.held_until_s) == ("contacts", 1, "limit of all calls", 56.0)
    observe(CallSucceeded("contacts", CALL, 1, 2, 1))
    here.take({1: row(1)}, there.news())
    assert (here.running[1] is shown, shown.done) == (True, 1)
