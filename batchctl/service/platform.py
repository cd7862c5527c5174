"""Truto's own resources over HTTP: one request, one JSON answer. Reads are repeated where that can help."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer, Unanswered
from batchctl.json_types import NotJson, read_json
from batchctl.service.error_answer import ErrorAnswer
from batchctl.truto.addresses import record_path, whole_query
from batchctl.truto.backoff import RETRYABLE, Backoff
from batchctl.truto.charset import decoded
from batchctl.truto.cursors import cursor_in
from batchctl.truto.exchange import Exchange
from batchctl.truto.failures import excerpt
from batchctl.truto.retry import Again, RetryLoop
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.connection import Connection

_BOUNDS = Bounds(most_bytes=64 << 20)
# More pages than anybody has: a cursor that never ends must not keep a command for ever.
_MAX_PAGES = 10_000
_ONCE = RetryLoop(Backoff(0))


class PlatformClient:
    """Reads and writes Truto's own resources, such as ``/sync-job``, over HTTP; close it with ``aclose``.

    ``loop`` repeats requests where that is safe (by default none); ``tell`` gets, before each wait, the number of the
    retry (from 1), the seconds, and why. ``single`` is for few requests: it imports less, and each has a connection of
    its own. In the methods ``resource`` is the resource's name (``sync-job``), ``record_id`` a record's id. All of them
    raise ``CredentialsError`` or ``Refused`` for a response that is an error, ``Unanswered`` without one,
    ``BadAnswer`` for what is not the JSON that it should be. The constructor raises ``UsageError`` for a proxy that
    can't be used.
    """

    def __init__(
        self,
        connection: Connection,
        loop: RetryLoop = _ONCE,
        tell: Callable[[int, float, str], None] = lambda *_: None,
        *,
        single: bool = False,
    ) -> None:
        self._host = connection.host
        self._exchange = Exchange(connection, connections=1, single=single)
        self._loop = loop
        self._tell = tell

    async def value(self, target: str) -> JsonValue:
        """What the API answers to ``GET``: any JSON. ``target`` is the path with its query, encoded."""
        return await self._asked("GET", target)

    async def record(self, resource: str, record_id: str) -> JsonObject:
        """One record (``GET /RESOURCE/ID``)."""
        return self._object(await self._asked("GET", record_path(resource, record_id)))

    async def page(self, resource: str, query: Mapping[str, str]) -> JsonObject:
        """One page of a list (``GET /RESOURCE``): an object with ``result``, the records, and ``next_cursor``.

        That is null or missing on the last page; else it is a parameter of the next. ``query`` are the parameters by
        name.
        """
        body = self._object(await self._asked("GET", f"/{resource}?{whole_query(query)}"))
        if not isinstance(body.get("result"), list):
            raise BadAnswer(f"the answer from {self._host} is not a list of {resource}", hint="check --api-url")
        return body

    async def records(self, resource: str, query: Mapping[str, str]) -> list[JsonValue]:
        """All records of a list (``GET /RESOURCE``), at most 1,000 pages of 100; else as ``each``."""
        return [record async for record in self.each(resource, query, most_pages=1_000)]

    async def each(
        self, resource: str, query: Mapping[str, str], *, most_pages: int = _MAX_PAGES
    ) -> AsyncIterator[JsonValue]:
        """The records of a list (``GET /RESOURCE``), page after page.

        ``query`` are the parameters by name. Raises ``BadAnswer`` for a list that does not end: one whose next page is
        the page that was just read, or that goes on after ``most_pages`` pages of 100 records.
        """
        asked = {**query, "limit": "100"}
        count = 0
        for _ in range(most_pages):
            page = await self.page(resource, asked)
            records, cursor = page["result"], cursor_in(page)
            for record in records if isinstance(records, list) else ():
                count += 1
                yield record
            if cursor is None:
                return
            if cursor == asked.get("next_cursor"):
                raise BadAnswer(f"the list of {resource} from {self._host} names the page as next that was just read")
            asked = {**asked, "next_cursor": cursor}
        raise BadAnswer(f"the list of {resource} from {self._host} continues after {count:,} records")

    async def create(self, resource: str, body: JsonObject) -> JsonObject:
        """Create a record (``POST /RESOURCE``) from ``body``; the new record.

        It is only sent again where the first request certainly did nothing.
        """
        return self._object(await self._asked("POST", f"/{resource}", body))

    async def update(self, resource: str, record_id: str, body: JsonObject) -> JsonObject:
        """Set the fields in ``body`` of a record (``PATCH /RESOURCE/ID``); the record as it is afterwards."""
        return self._object(await self._asked("PATCH", record_path(resource, record_id), body))

    async def delete(self, resource: str, record_id: str) -> None:
        """Delete a record (``DELETE /RESOURCE/ID``)."""
        await self._asked("DELETE", record_path(resource, record_id))

    async def aclose(self) -> None:
        """Close the connection."""
        await self._exchange.aclose()

    async def _asked(self, method: str, target: str, body: JsonObject | None = None) -> JsonValue:
        content = None if body is None else json.dumps(body, ensure_ascii=True, allow_nan=False).encode()

        def again(outcome: object) -> Again | None:
            match outcome:
                case ErrorAnswer(status=status) if status == 429 or (method == "GET" and status in RETRYABLE):
                    return Again(status, outcome.after_s, str(outcome.error))
                case Unanswered() if method == "GET" or not outcome.sent:
                    return Again(why=str(outcome))
            return None

        try:
            answer, _ = await self._loop.run(
                lambda: self._attempt(method, target, content),
                again,
                lambda number, wait_s, why: self._tell(number, wait_s, why.why),
            )
        except ErrorAnswer as refused:
            raise refused.error from None
        return answer

    async def _attempt(self, method: str, target: str, content: bytes | None) -> JsonValue:
        headers = {"Content-Type": "application/json"} if content is not None else None
        async with self._exchange.send(method, target, bounds=_BOUNDS, content=content, headers=headers) as incoming:
            data = await incoming.body()
        if not incoming.ok:
            raise ErrorAnswer(incoming, data, self._host, self._loop.now())
        try:
            return read_json(decoded(data, incoming.content_type, self._host)) if data.strip() else None
        except (NotJson, BadAnswer):
            message = f"the answer from {self._host} is not JSON: {excerpt(data, incoming.content_type)}"
            raise BadAnswer(message, hint="check --api-url") from None

    def _object(self, body: JsonValue) -> JsonObject:
        if not isinstance(body, dict):
            raise BadAnswer(f"the answer from {self._host} is not an object", hint="check --api-url")
        return body
