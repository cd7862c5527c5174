"""A list is followed through ``next_cursor`` until it is null; any other call has one answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer, ServiceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from batchctl.definition.model import JsonValue
    from batchctl.engine.backends.base import Backend, Reply
    from batchctl.plan.calls import Call


class CallRefused(ServiceError):
    """The backend answered a call with an error status; ``reply`` is that answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(f"HTTP {reply.status}")
        self.reply = reply


async def pages(backend: Backend, call: Call) -> AsyncIterator[Reply]:
    """The answers to one call, page by page.

    Raises ``CallRefused`` for an error status, ``BadAnswer`` for a cursor that comes a second time, and what
    the backend raises when there is no answer.
    """
    seen: set[str] = set()
    page = call
    while True:
        reply = await backend.send(page)
        if not reply.ok:
            raise CallRefused(reply)
        yield reply
        cursor = _next_cursor(reply.body) if call.method == "list" else None
        if cursor is None:
            return
        if cursor in seen:
            raise BadAnswer("the list never ends: its next_cursor came a second time")
        seen.add(cursor)
        page = replace(call, query={**call.query, "next_cursor": cursor})


def _next_cursor(body: JsonValue) -> str | None:
    cursor = body.get("next_cursor") if isinstance(body, dict) else None
    return str(cursor) if cursor is not None and cursor != "" else None
