"""The calls of the embedded engine to Truto's API: held back for rate limits, sent, repeated where that is safe."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from batchctl.engine.backends.http import HttpBackend
from batchctl.engine.backends.retrying import RetryingBackend
from batchctl.engine.backends.throttled import ThrottledBackend
from batchctl.truto.retry import RetryLoop

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.backends.gate import Gate
    from batchctl.engine.events import Observer
    from batchctl.truto.backoff import Backoff
    from batchctl.truto.connection import Connection
    from batchctl.truto.unpacking import Bounds


def api_backend(
    connection: Connection,
    account: str,
    gate: Gate | None,
    observer: Observer,
    *,
    concurrency: int,
    backoff: Backoff,
    bounds: Bounds,
) -> Backend:
    """A backend for the calls of ``account`` (its id) over ``connection``, ``concurrency`` of them at once.

    Calls wait at ``gate`` (None: they are not held back), and are sent again as ``backoff`` says; ``bounds`` limit
    their answers. ``observer`` gets the events of both.
    """
    began_s = time.monotonic()
    http = HttpBackend(connection, account, connections=concurrency, bounds=bounds)
    sending: Backend = ThrottledBackend(http, gate, observer, began_s=began_s) if gate is not None else http
    return RetryingBackend(sending, RetryLoop(backoff), observer, began_s=began_s)
