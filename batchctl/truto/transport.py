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
    """A response whose status and headers have been received, as ``Transport.request`` gives it.

    Names of ``headers`` are in lower case; ``status`` is the HTTP status.
    """

    status: int
    headers: Mapping[str, str]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body in chunks as it is received, not yet unpacked.

        Where it breaks off, the context of ``Transport.request`` raises ``ServiceError``.
        """


class Transport(Protocol):
    """What ``Exchange`` sends requests with: each is sent once, and no redirect is followed.

    ``PooledTransport`` keeps connections open, ``SingleTransport`` makes one for each request.
    """

    def request(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> AbstractAsyncContextManager[Response]:
        """Send one request: a context in which the response can be read.

        ``method`` is HTTP's, ``url`` is encoded, ``content`` is the body, None for none; ``headers`` are added to the
        connection's own. Every failure, also of reading, is raised as ``ServiceError``.
        """

    async def aclose(self) -> None:
        """Close open connections."""


def no_connection_in_time(connection: Connection) -> TimedOut:
    """The error when no connection could be made within ``connect_s``."""
    said = f"no connection to {connection.host} within {connection.timeouts.connect_s:g} s"
    return TimedOut(said, hint="--connect-timeout gives it longer", sent=False)


def nothing_in_time(connection: Connection) -> TimedOut:
    """The error when nothing was received for ``silence_s`` after the request was sent."""
    return TimedOut(
        f"nothing came from {connection.host} for {connection.timeouts.silence_s:g} s",
        hint="what was asked for may still be in progress; give it longer with --timeout",
    )


def not_whole_in_time(connection: Connection) -> TimedOut:
    """The error when the whole answer took longer than ``call_s``."""
    said = f"no whole answer from {connection.host} within {connection.timeouts.call_s or 0:g} s"
    return TimedOut(said, hint="--call-timeout gives it longer")


def no_connection(connection: Connection, error: Exception) -> ConnectionFailed:
    """The error when no connection could be made, because of ``error``."""
    said = f"can't connect to {connection.host}: {reason(error)}"
    return ConnectionFailed(said, hint="check --api-url and the network", sent=False)


def no_answer(connection: Connection) -> ConnectionFailed:
    """The error when the connection was closed before an answer."""
    return ConnectionFailed(f"{connection.host} closed the connection without an answer")


def half_an_answer(connection: Connection) -> ConnectionFailed:
    """The error when the connection was closed within an answer."""
    return ConnectionFailed(f"{connection.host} closed the connection in the middle of its answer")


def not_http(connection: Connection, why: str) -> BadAnswer:
    """The error for an answer that is not HTTP; ``why`` is the reason."""
    said = f"the answer from {connection.host} is not HTTP: {reason(ValueError(why))}"
    return BadAnswer(said, hint="check --api-url")
