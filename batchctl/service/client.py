"""One ``POST /batch-request``: sent again where that is safe, its answer streamed to disk and read from there."""

from __future__ import annotations

import asyncio
import json
import random
import time
from typing import TYPE_CHECKING, Any

from batchctl.errors import BadAnswer, ConnectionFailed, TimedOut, Unanswered
from batchctl.service.error_answer import ErrorAnswer
from batchctl.service.reading import read_batch
from batchctl.structs import Struct, field
from batchctl.truto.backoff import RATE_LIMIT_WAIT_S, RETRYABLE, Backoff
from batchctl.truto.charset import Utf8
from batchctl.truto.envelope import read_envelope
from batchctl.truto.exchange import Exchange
from batchctl.truto.failures import excerpt, with_request
from batchctl.truto.retry import Again, RetryLoop
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from batchctl.engine.backends.gate import Gate
    from batchctl.json_types import JsonObject
    from batchctl.service.kept import Kept
    from batchctl.service.reading import Reading
    from batchctl.truto.connection import Connection
    from batchctl.truto.exchange import Incoming

# More of an error's body than this is not read.
_MAX_ERROR_BYTES = 1 << 20
# A whole batch may bring much more than one call.
BATCH_BOUNDS = Bounds(most_bytes=64 << 30)
# However long an answer asks for, other batches wait no longer than a retry does.
LONGEST_WAIT_S = 60.0


class BatchAnswer(Struct, frozen=True):
    """The complete response to a batch: its body, with records still on disk, and the service's id of the request.

    ``body`` has ``result`` and ``errors`` as the service sent them, each by resource; a list of records in ``result``
    is read from the disk whenever it is iterated. ``request_id`` is None where the response has none.
    """

    body: Mapping[str, object]
    request_id: str | None = None


def _quiet(_attempt: int, _wait_s: float, _why: str) -> None:
    """Nobody hears of retries."""


class Retries(Struct, frozen=True):
    """When a batch that failed is sent again, and how long to wait before.

    ``repeatable`` says that a second execution does no harm: the batch only reads, or has an idempotency key. What
    failed before a byte was sent is sent again in any case. ``tell`` gets, before each wait, the number of the retry
    (from 1), the seconds, and why. ``sleep`` waits for seconds, ``random`` returns a number from 0 to 1, ``now`` Unix
    time in seconds.
    """

    backoff: Backoff = field(default_factory=Backoff)
    repeatable: bool = False
    tell: Callable[[int, float, str], None] = _quiet
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = field(default=random.random)
    now: Callable[[], float] = time.time

    def judge(self, outcome: object) -> Again | None:
        """The reason to send the batch again after ``outcome``, what an attempt returned or an exception from it.

        None where it must not be sent again: after a result, and after an error that a second attempt may make worse.
        """
        match outcome:
            case ErrorAnswer() if self.repeatable and outcome.status in RETRYABLE:
                return Again(outcome.status, outcome.after_s, str(outcome.error))
            # While a batch that gave no sign in time may still be running, it is not sent a second time.
            case Unanswered() if not outcome.sent or (self.repeatable and isinstance(outcome, ConnectionFailed)):
                return Again(502 if outcome.sent else 0, why=str(outcome))
        return None


async def submit(
    payload: JsonObject,
    connection: Connection,
    keep: Kept,
    *,
    retries: Retries | None = None,
    bounds: Bounds = BATCH_BOUNDS,
    gate: Gate | None = None,
) -> BatchAnswer:
    """Send a batch to Truto, wait for the response, and return it.

    ``payload`` is the body of ``POST /batch-request``. The response's bytes go to ``keep`` before anything reads them,
    so that they are on disk whatever happens next. ``retries`` says when it is sent again (None: the defaults of
    ``Retries``), ``bounds`` how large the response may be. Other batches of the account may share the ``gate``, which
    enforces rate limits. Proxies and certificates come from the environment (``UsageError`` for those that can't be
    used).

    Raises ``ConnectionFailed``, ``TimedOut``, ``CredentialsError``, ``Refused``, or ``BadAnswer``, whose ``salvaged``
    has the records of a response that was cut off.
    """
    asked = retries or Retries()
    content = json.dumps(payload, ensure_ascii=True, allow_nan=False).encode()
    exchange = Exchange(connection, single=True)
    loop = RetryLoop(asked.backoff, asked.sleep, asked.random, asked.now)
    try:
        answer, _ = await loop.run(
            lambda: _passed(gate, _attempt(exchange, content, connection.host, keep, bounds, asked.now)),
            asked.judge,
            lambda attempt, wait_s, why: asked.tell(attempt, wait_s, why.why),
        )
    except ErrorAnswer as refused:
        raise refused.error from None
    finally:
        await exchange.aclose()
    return answer


async def _passed(gate: Gate | None, attempt: Coroutine[Any, Any, BatchAnswer]) -> BatchAnswer:
    """The attempt once the gate lets it through; after a 429 it holds back the others as long as that asks for."""
    if gate is None:
        return await attempt
    try:
        await gate.enter(_unheard)
    except BaseException:
        attempt.close()
        raise
    try:
        return await attempt
    except ErrorAnswer as refused:
        if refused.status == 429:
            gate.hold(min(RATE_LIMIT_WAIT_S if refused.after_s is None else refused.after_s, LONGEST_WAIT_S))
        raise


def _unheard(_wait_s: float, _limit: str, /) -> None:
    """Nobody hears of waits."""


async def _attempt(
    exchange: Exchange, content: bytes, host: str, keep: Kept, bounds: Bounds, now: Callable[[], float]
) -> BatchAnswer:
    keep.restart()
    headers = {"Content-Type": "application/json"}
    request_id = None
    try:
        async with exchange.send("POST", "/batch-request", bounds=bounds, content=content, headers=headers) as incoming:
            request_id = incoming.request_id
            if not incoming.ok:
                raise ErrorAnswer(incoming, await incoming.body(_MAX_ERROR_BYTES), host, now())
            text = Utf8(incoming.content_type, host)
            async for piece in incoming.pieces():
                for part in text.feed(piece):
                    keep.write(part)
            for part in text.end():
                keep.write(part)
    except (ConnectionFailed, TimedOut):
        if keep.size:
            raise _cut_off(keep.size, read_batch(keep.reader()).body, host, request_id) from None
        raise
    return _read(keep, host, incoming)


def _read(keep: Kept, host: str, incoming: Incoming) -> BatchAnswer:
    found, request_id = read_batch(keep.reader()), incoming.request_id
    if found.fault is not None or (found.body is None and not found.is_whole):
        shown = excerpt(keep.reader().read(0, 1000)) or "it is empty"
        why = f": {found.fault}" if found.fault else ""
        message = with_request(f"the answer from {host} is not JSON{why}: {shown}", request_id)
        raise BadAnswer(message, hint="check --api-url", salvaged=found.body)
    if not found.is_whole:
        raise _cut_off(keep.size, found.body, host, request_id)
    if found.body is None or not is_batch_answer(found.body):
        raise BadAnswer(with_request(_other(found, keep, host, incoming.status), request_id), hint="check --api-url")
    return BatchAnswer(found.body, request_id)


def is_batch_answer(body: Mapping[str, object]) -> bool:
    """Whether a JSON object is a response of ``POST /batch-request``: it has ``result`` or ``errors``, or is empty."""
    return not body or body.get("result") is not None or body.get("errors") is not None


def _other(found: Reading, keep: Kept, host: str, status: int) -> str:
    """What an answer that is JSON says, though it is none to a batch."""
    shown = excerpt(keep.reader().read(0, 1000)) or "it is empty"
    if found.body is None:
        return f"the answer from {host} is not an object: {shown}" if keep.size else f"the answer from {host} is empty"
    if {"error", "message", "statusCode"} & found.body.keys():
        said = read_envelope(dict(found.body), status=status)  # type: ignore[arg-type]  # without records it is plain data
        title = f"{said.status} {said.error}".strip() if said.status != status else ""
        words = ": ".join(part for part in (title, said.message) if part) or shown
        return f"{host} answered {status}, but with an error instead of a result: {words}"
    return f"{host} answered {status}, but with neither result nor errors: {shown}"


def _cut_off(size: int, salvaged: Mapping[str, object] | None, host: str, request_id: str | None) -> BadAnswer:
    message = with_request(f"the answer from {host} ended after {size:,} bytes", request_id)
    return BadAnswer(message, hint="the batch itself may have run to its end", salvaged=salvaged)
