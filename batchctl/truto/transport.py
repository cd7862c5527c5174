"""What carries a request and its answer: the two ways, pooled and single, look the same from the exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from batchctl.errors import BadAnswer, ConnectionFailed, TimedOut
from batchctl.truto.failures import reason

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from batchctl.truto.connection import Connection

# How much of a body is handed on at once, in bytes.
CHUNK = 1 << 16
# A provider's headers, passed on by Truto, may be longer than the 8 KiB that clients of HTTP expect.
MAX_HEADER = 1 << 16


class Response(Protocol):
    """An answer of which the head is here. ``headers`` have names in lower case."""

    status: int
    headers: Mapping[str, str]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes, still packed."""


class Transport(Protocol):
    """Makes requests, none of them twice, and follows no redirects."""

    def request(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[Response]:
        """One request to ``url``, which is encoded already; ``headers`` beside the connection's own.

        The answer can be read inside the block. What goes wrong there, too, is raised as ``ServiceError``.
        """

    async def aclose(self) -> None:
        """Close what is open."""


def no_connection_in_time(connection: Connection) -> TimedOut:
    """Nobody could be reached within the time for it."""
    said = f"no connection to {connection.host} within {connection.timeouts.connect_s:g} s"
    return TimedOut(said, hint="--connect-timeout gives it longer", sent=False)


def nothing_in_time(connection: Connection) -> TimedOut:
    """Silence, once the request was sent."""
    return TimedOut(
        f"nothing came from {connection.host} for {connection.timeouts.silence_s:g} s",
        hint="what was asked for may still be in progress; give it longer with --timeout",
    )


def not_whole_in_time(connection: Connection) -> TimedOut:
    """The whole took too long."""
    said = f"no whole answer from {connection.host} within {connection.timeouts.call_s or 0:g} s"
    return TimedOut(said, hint="--call-timeout gives it longer")


def no_connection(connection: Connection, error: Exception) -> ConnectionFailed:
    """Nobody could be reached."""
    said = f"can't connect to {connection.host}: {reason(error)}"
    return ConnectionFailed(said, hint="check --api-url and the network", sent=False)


def no_answer(connection: Connection) -> ConnectionFailed:
    """The other side ended the connection before its answer."""
    return ConnectionFailed(f"{connection.host} closed the connection without an answer")


def half_an_answer(connection: Connection) -> ConnectionFailed:
    """The other side ended the connection within its answer."""
    return ConnectionFailed(f"{connection.host} closed the connection in the middle of its answer")


def not_http(connection: Connection, why: str) -> BadAnswer:
    """What came can't be read as HTTP."""
    said = f"the answer from {connection.host} is not HTTP: {reason(ValueError(why))}"
    return BadAnswer(said, hint="check --api-url")
