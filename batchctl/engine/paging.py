"""A list is followed through ``next_cursor`` until it is null; any other call has one answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer, ServiceError

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Reply
    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call


class CallRefused(ServiceError):
    """The backend answered a call with an error status; ``reply`` is that answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"HTTP {reply.status}")
        self.reply = reply


def next_cursor(call: Call, body: JsonValue) -> str | None:
    """Where the next page of a list begins; None behind the last one, and for every other method."""
    if call.method != "list" or not isinstance(body, dict):
        return None
    cursor = body.get("next_cursor")
    return str(cursor) if cursor is not None and cursor != "" else None


class Pages:
    """How far one call has been followed: ``page`` is the request for its next page."""

    __slots__ = ("_call", "_seen", "page")

    def __init__(self, call: Call) -> None:
        self.page = call
        self._call = call
        self._seen: set[str] = set()

    def begin(self, serial: int) -> None:
        """Give the call, and with it all requests for its pages, its number in the run."""
        self._call = self.page = replace(self._call, serial=serial)

    def follow(self, cursor: str) -> None:
        """Go on at ``cursor``. Raises ``BadAnswer`` for one that came before."""
        if cursor in self._seen:
            raise BadAnswer("the list never ends: its next_cursor came a second time")
        self._seen.add(cursor)
        self.page = replace(self._call, query={**self._call.query, "next_cursor": cursor})
