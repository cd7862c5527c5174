"""How a batch ended: one outcome per resource, the same whoever executed it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.definition.model import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class Work:
    """What a resource took: calls that it expanded to, pages that came back, seconds. None where unknown."""

    calls: int | None = None
    pages: int | None = None
    elapsed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Every call was answered."""

    records: list[JsonValue] = field(default_factory=list)
    work: Work = Work()


@dataclass(frozen=True, slots=True)
class Failed:
    """At least one call failed; ``records`` came from those that did not. ``errors`` are entries of the answer."""

    errors: list[JsonValue]
    records: list[JsonValue] = field(default_factory=list)
    work: Work = Work()


@dataclass(frozen=True, slots=True)
class Skipped:
    """It never ran, because of these resources; ``errors`` is what the answer says of it."""

    because: tuple[str, ...]
    errors: list[JsonValue] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NotReached:
    """The run was interrupted before it, or in the middle of it; ``records`` is what had come."""

    records: list[JsonValue] = field(default_factory=list)
    work: Work = Work()


Outcome: TypeAlias = Succeeded | Failed | Skipped | NotReached


@dataclass(frozen=True, slots=True)
class RunResult:
    """Outcomes in the order of the file, and ``body``, the answer as ``POST /batch-request`` gives it.

    ``request_id`` is the service's, where it gave one; ``elapsed_s`` is wall-clock time in seconds.
    """

    outcomes: Mapping[str, Outcome]
    body: JsonObject
    elapsed_s: float
    request_id: str | None = None
    interrupted: bool = False

    @property
    def failed(self) -> tuple[str, ...]:
        """The resources that have errors."""
        return tuple(key for key, outcome in self.outcomes.items() if isinstance(outcome, Failed | Skipped))

    @property
    def ok(self) -> bool:
        """Whether every resource succeeded."""
        return not self.failed and not self.interrupted
