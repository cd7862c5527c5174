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
    """A call on ``key`` is about to be sent; the pages of a list are one call.

    ``expanded`` is how it was made, with the records that it is made for among its bindings, if that was asked for.
    ``serial`` is the number of the call in the run, ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    serial: int
    at_s: float = 0.0
    expanded: Expanded | None = None


class PageReceived(Struct, frozen=True):
    """A call on ``key`` received page number ``page`` (from 1) with ``records`` records.

    ``serial`` is the number of the call in the run, ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    serial: int
    page: int
    records: int
    at_s: float = 0.0


class CallRetried(Struct, frozen=True):
    """A call is sent again after ``wait_s`` seconds; ``attempt`` counts from 1, ``status`` is 0 without an answer.

    ``key`` is its resource, ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    attempt: int
    wait_s: float
    status: int
    at_s: float = 0.0

    @property
    def serial(self) -> int:
        """The number of the call in the run."""
        return self.call.serial


class Throttled(Struct, frozen=True):
    """A call waits ``wait_s`` seconds so as to keep a rate limit, which ``limit`` names.

    ``key`` is its resource, ``at_s`` seconds since the run began.
    """

    key: str
    call: Call
    wait_s: float
    limit: str
    at_s: float = 0.0

    @property
    def serial(self) -> int:
        """The number of the call in the run."""
        return self.call.serial


class CallSucceeded(Struct, frozen=True):
    """All pages of a call on ``key`` have been answered.

    ``serial`` is the number of the call in the run, ``records`` how many it brought, ``at_s`` seconds since the run
    began.
    """

    key: str
    call: Call
    serial: int
    records: int
    pages: int
    at_s: float = 0.0


class CallFailed(Struct, frozen=True):
    """A call on ``key`` failed with HTTP ``status`` (0 when no answer came); ``entry`` is its entry in ``errors``.

    For a call that was not sent there was no ``CallStarted``. ``serial`` is the number of the call in the run, ``at_s``
    seconds since the run began.
    """

    key: str
    call: Call
    serial: int
    status: int
    at_s: float = 0.0
    entry: JsonObject | None = None


class ErrorNoted(Struct, frozen=True):
    """Node ``key`` has one more error; ``entry`` is what ``errors`` has of it.

    ``at_s`` is seconds since the run began.
    """

    key: str
    entry: JsonValue
    at_s: float = 0.0


class Evaluated(Struct, frozen=True):
    """Node ``key``, which has ``debug: true``, made ``value`` (nothing is ``None``) of ``data``.

    ``at_s`` is seconds since the run began.
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
    """Resource ``key`` is done. ``at_s`` is seconds since the run began."""

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


class Observer(Protocol):
    """Gets every event, in order, on the engine's own thread; must be quick and must not raise."""

    def __call__(self, event: Event, /) -> None:
        """Take note of one event."""


def ignore(event: Event, /) -> None:
    """An observer that ignores every event."""


def both(first: Observer, second: Observer) -> Observer:
    """An observer that hands every event to two others."""

    def observe(event: Event, /) -> None:
        first(event)
        second(event)

    return observe
