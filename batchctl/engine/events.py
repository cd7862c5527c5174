"""What the engine tells while it works: names and numbers, no formatting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from batchctl.engine.result import Outcome
    from batchctl.plan.calls import Call


@dataclass(frozen=True, slots=True)
class ResourceStarted:
    """Work on resource ``key`` begins."""

    key: str


@dataclass(frozen=True, slots=True)
class PageReceived:
    """A call on ``key`` brought ``records`` more records."""

    key: str
    call: Call
    records: int


@dataclass(frozen=True, slots=True)
class CallFailed:
    """A call on ``key`` failed with HTTP ``status`` (0 when no answer came)."""

    key: str
    call: Call
    status: int


@dataclass(frozen=True, slots=True)
class ResourceFinished:
    """Resource ``key`` is done."""

    key: str
    outcome: Outcome


Event: TypeAlias = ResourceStarted | PageReceived | CallFailed | ResourceFinished


class Observer(Protocol):
    """Gets every event, in order, on the engine's own thread; must be quick and must not raise."""

    def __call__(self, event: Event, /) -> None:
        """Take note of one event."""


def ignore(event: Event, /) -> None:
    """The observer that looks away."""
