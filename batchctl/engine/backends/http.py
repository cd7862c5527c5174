"""Truto's ``/unified`` and ``/proxy`` routes over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.engine.backends.base import Reply
from batchctl.errors import BadAnswer
from batchctl.json_types import FileData, NotJson, read_json
from batchctl.truto.addresses import require_address
from batchctl.truto.calls import STANDARD_METHODS
from batchctl.truto.charset import decoded
from batchctl.truto.exchange import Exchange
from batchctl.truto.failures import error_body, excerpt
from batchctl.truto.query_string import query_string
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call
    from batchctl.truto.connection import Connection
    from batchctl.truto.exchange import Incoming


class HttpBackend:
    """Sends calls to the API for one integrated account (its id), over at most ``connections`` connections.

    The connections stay open until ``aclose``. ``bounds`` limit the size of answers (None: the default of ``Bounds``).
    Raises ``UsageError`` where the proxy or the certificates that the environment names can't be used.
    """

    def __init__(
        self, connection: Connection, account: str, *, connections: int = 10, bounds: Bounds | None = None
    ) -> None:
        self._host = connection.host
        self._exchange = Exchange(connection, connections=connections)
        self._account = query_string({"integrated_account_id": account})
        self._bounds = bounds or Bounds()

    async def send(self, call: Call) -> Reply:
        """The answer to one call, an error included; its body is None for a 2xx without content.

        It is a ``FileData`` where the call asks for a stream, and for a custom method that answers with a file.

        Raises ``NotSent`` for a call that would reach another address, ``TimedOut`` and ``ConnectionFailed`` where no
        answer came, ``Refused`` for a redirect, and ``BadAnswer`` for an answer that is not JSON or too large.
        """
        target, content, headers = self._request(call)
        async with self._exchange.send(
            call.http_method, target, bounds=self._bounds, content=content, headers=headers
        ) as incoming:
            data = await incoming.body()
        if incoming.ok:
            is_file = bool(data) and _brings_file(call, incoming.content_type)
            found = FileData(data, "stream", incoming.content_type) if is_file else self._read(data, incoming)
            return Reply(incoming.status, found, incoming.headers)
        body = error_body(data, incoming.content_type, self._host)
        return Reply(incoming.status, body, incoming.headers)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._exchange.aclose()

    def _request(self, call: Call) -> tuple[str, bytes | None, Mapping[str, str] | None]:
        """What goes over the wire: the path with its query, the body, the headers of this call alone."""
        require_address(call)
        query = query_string(call.query)
        target = f"{call.path}?{self._account}{'&' if query else ''}{query}"
        headers: dict[str, str] = {}
        if call.idempotency_key is not None:
            headers["Idempotency-Key"] = call.idempotency_key
        if call.body is None:
            return target, None, headers or None
        headers["Content-Type"] = "application/json"
        return target, json.dumps(call.body, ensure_ascii=True).encode(), headers

    def _read(self, data: bytes, incoming: Incoming) -> JsonValue:
        if not data or data.isspace():
            return None
        try:
            return read_json(decoded(data, incoming.content_type, self._host))
        except NotJson as error:
            shown = excerpt(data, incoming.content_type)
            raise BadAnswer(f"the answer from {self._host} is not JSON: {error}: {shown}") from None


def _brings_file(call: Call, content_type: str) -> bool:
    """Whether a 2xx with this ``Content-Type`` is a file and no JSON.

    A page in HTML or a plain text in its place is what a broken gateway answers; only a stream may be one.
    """
    if call.query.get("truto_response_format") == "stream":
        return True
    media = content_type.partition(";")[0].strip().lower()
    if call.method in STANDARD_METHODS or not media:
        return False
    return not media.endswith(("/json", "+json")) and media not in ("text/html", "text/plain")
