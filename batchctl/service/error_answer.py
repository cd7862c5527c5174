"""An answer with an error status, before it is decided whether the request is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.truto.backoff import asked_wait_s
from batchctl.truto.failures import error_body, refusal

if TYPE_CHECKING:
    from batchctl.truto.exchange import Incoming


class ErrorAnswer(Exception):
    """An answer with an error ``status``; ``error`` is what to raise where the request is not sent again.

    ``after_s`` is how many seconds the answer asks to wait, None where it does not say. ``data`` is its body, ``host``
    is for messages, ``now_s`` the current Unix time in seconds.
    """

    def __init__(self, incoming: Incoming, data: bytes, host: str, now_s: float) -> None:
        super().__init__()
        body = error_body(data, incoming.content_type, host)
        self.error = refusal(incoming.status, body, incoming.request_id)
        self.status = incoming.status
        self.after_s = asked_wait_s(incoming.headers, now_s)
