"""The whole contract between the engine and whatever answers its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call


class Reply(Struct, frozen=True):
    """What came back: the HTTP status, the decoded JSON body, the headers (names in lower case).

    A backend that sends again or waits says how often and how long in ``retries`` and ``throttled_s``.
    ``answered_by`` is ``fixtures`` for a folder of records.
    """

    status: int
    body: JsonValue
    headers: Mapping[str, str] = field(default_factory=dict)
    retries: int = 0
    throttled_s: float = 0.0
    answered_by: str = "service"

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return 200 <= self.status < 300


class Backend(Protocol):
    """Answers calls.

    A failure with an HTTP answer is returned as a ``Reply``; without one ``ServiceError`` is raised. An implementation
    supplies ``send`` (one call, one answer) and ``aclose``.
    """

    async def send(self, call: Call) -> Reply:
        """The answer to one call, as Truto's ``/unified`` and ``/proxy`` routes would give it."""

    async def aclose(self) -> None:
        """Close connections and files."""
