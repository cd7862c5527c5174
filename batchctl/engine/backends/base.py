"""The whole contract between the engine and whatever answers its calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.structs import Public, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call


class Reply(Public, frozen=True):
    """The answer to one call: HTTP status, decoded JSON body (None for an empty one), headers (names in lower case).

    ``retries`` is how often the call was sent again before this answer came, and ``throttled_s`` how many seconds it
    waited for rate limits. ``answered_by`` is ``service``, or ``fixtures`` for errors that come from a folder of
    records.
    """

    status: int
    body: JsonValue
    headers: Mapping[str, str] = field(default_factory=dict)
    retries: int = 0
    throttled_s: float = 0.0
    answered_by: str = "service"

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status < 300


class Backend(Protocol):
    """Answers the calls of a run: the service over HTTP, a folder of fixtures, or a wrapper around another backend.

    A failure with an HTTP answer is returned as a ``Reply``; without one ``ServiceError`` is raised. An implementation
    supplies ``send`` (one call, one answer) and ``aclose``.
    """

    async def send(self, call: Call) -> Reply:
        """The answer to one call, as Truto's ``/unified`` and ``/proxy`` routes would give it.

        An answer with an error status is returned, too. Raises ``ServiceError`` where no usable answer came.
        """

    async def aclose(self) -> None:
        """Close connections and files; no call may be sent after that."""


def immediate_answers(backend: Backend) -> Callable[[Call], Reply | None]:
    """The method ``immediate`` of a backend, which one with its answers on this machine may have beside ``send``.

    It returns what ``send`` would, where that neither waits nor can be an answer after which the call is sent again;
    None where ``send`` has to be asked. For other backends it is a function that returns None.
    """
    return getattr(backend, "immediate", _nothing_immediate)


def _nothing_immediate(_call: Call) -> None:
    return None
