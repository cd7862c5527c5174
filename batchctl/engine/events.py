"""What the engine reports while it works: names and numbers, no formatting.

Every event says when it happened: ``at_s``, seconds since the run began. ``serial`` numbers the calls of a run, from 1:
of several calls that are the same in all that is sent it says which one an event is about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.engine.result import Outcome
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.truto.calls import Call


class ResourceStarted(Struct, frozen=True):
    """Work on resource ``key`` begins. ``at_s`` is seconds since the run began."""

    key: str
    at_s: float = 0.0


class CallStarted(Struct, frozen=True):
    """A call of resource ``key`` is about to be sent; the pages of a list are one call.

    ``serial`` is the number of the call in the run, from 1; ``at_s`` is seconds since the run began. ``expanded`` (only
    with the option ``explain``) says how the call was made, and for which records.
    """

    key: str
    call: Call
    serial: int
    at_s: float = 0.0
    expanded: Expanded | None = None


class PageReceived(Struct, frozen=True):
    """A call of resource ``key`` was answered with page number ``page`` (from 1), which has ``records`` records.

    ``serial`` is the number of the call in the run, ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    serial: int
    page: int
    records: int
    at_s: float = 0.0


class CallRetried(Struct, frozen=True):
    """A call of resource ``key`` failed and is sent again after ``wait_s`` seconds.

    ``attempt`` counts the repetitions of this request: 1 is the first time that it is sent again. ``status`` is the
    HTTP status of the failure, 0 where no answer came; ``at_s`` is seconds since the run began.
    """

    key: str
    call: Call
    attempt: int
    wait_s: float
    status: int
    at_s: float = 0.0

    @property
    def serial(self) -> int:
        """The number of the call in the run, from 1."""
        return self.call.serial


class Throttled(Struct, frozen=True):
    """A call of resource ``key`` waits ``wait_s`` seconds before it is sent, so as to keep a rate limit.

    ``limit`` is the limit in words (``50 calls per 10 s and account``), ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    wait_s: float
    limit: str
    at_s: float = 0.0

    @property
    def serial(self) -> int:
        """The number of the call in the run, from 1."""
        return self.call.serial


class CallSucceeded(Struct, frozen=True):
    """All pages of a call of resource ``key`` have been answered; it brought ``records`` records on ``pages`` pages.

    ``serial`` is the number of the call in the run, ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    serial: int
    records: int
    pages: int
    at_s: float = 0.0


class CallFailed(Struct, frozen=True):
    """A call of resource ``key`` failed with HTTP ``status``, 0 where no usable answer came or it was not sent.

    ``entry`` is its entry in the result's ``errors``; the engine always gives one. ``serial`` is the number of the call
    in the run, ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    serial: int
    status: int
    at_s: float = 0.0
    entry: JsonObject | None = None


class ErrorNoted(Struct, frozen=True):
    """Resource ``key`` has one more error; ``entry`` is that error as it will be in the result's ``errors``.

    ``at_s`` is seconds since the run began.
    """

    key: str
    entry: JsonValue
    at_s: float = 0.0


class Evaluated(Struct, frozen=True):
    """Node ``key``, which has ``debug: true``, evaluated its expression over ``data``, with the result ``value``.

    ``value`` is None where the expression gave nothing. ``at_s`` is seconds since the run began.
    """

    key: str
    data: JsonObject
    value: object
    at_s: float = 0.0


class Delivered(Struct, frozen=True):
    """Destination ``key`` has stored a page of ``records`` records. ``at_s`` is seconds since the run began."""

    key: str
    records: int
    at_s: float = 0.0


class ResourceFinished(Struct, frozen=True):
    """Resource ``key`` has ended, with ``outcome``. ``at_s`` is seconds since the run began."""

    key: str
    outcome: Outcome
    at_s: float = 0.0


Event: TypeAlias = (
    ResourceStarted
    | CallStarted
    | PageReceived
    | CallRetried
    | Throttled
    | CallSucceeded
    | CallFailed
    | ErrorNoted
    | Evaluated
    | Delivered
    | ResourceFinished
)
"""What the engine reports to observers while it works."""


class Observer(Protocol):
    """A function that gets every event of a run, in order, on the event loop; it must be quick and must not raise.

    An event is an object of one of the other classes in this module (``Event`` is their union); tell them apart by
    class.
    """

    def __call__(self, event: Event, /) -> None:
        """Take note of one event."""


def ignore(event: Event, /) -> None:
    """An observer that ignores every event."""


def both(first: Observer, second: Observer) -> Observer:
    """An observer that passes every event on to ``first``, then to ``second``."""

    def observe(event: Event, /) -> None:
        first(event)
        second(event)

    return observe
