"""What an integrated account can do, as the API tells: ``GET /integrated-account/{id}/capabilities``."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from batchctl.errors import BadAnswer
from batchctl.json_types import NotJson, read_json
from batchctl.truto.charset import decoded
from batchctl.truto.exchange import Exchange
from batchctl.truto.failures import excerpt, refusal
from batchctl.truto.unpacking import Bounds

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.connection import Connection

_BOUNDS = Bounds(most_bytes=64 << 20)


async def fetch_capabilities(connection: Connection, account: str) -> JsonObject:
    """Every resource and method of an account, undocumented ones too: the API hides those unless asked otherwise.

    Raises ``CredentialsError`` or ``Refused`` when the answer is an error, ``BadAnswer`` when it is something else.
    """
    target = f"/integrated-account/{quote(account, safe='')}/capabilities?type=all&has_description=false"
    exchange = Exchange(connection, connections=1)
    try:
        async with exchange.send("GET", target, bounds=_BOUNDS) as incoming:
            data = await incoming.body()
    finally:
        await exchange.aclose()
    body: JsonValue
    try:
        body = read_json(decoded(data, incoming.content_type, connection.host))
    except (NotJson, BadAnswer):
        body = excerpt(data)
    if not incoming.ok:
        raise refusal(incoming.status, body, incoming.request_id)
    if not isinstance(body, dict) or not {"proxy", "unified"} & body.keys():
        raise BadAnswer(f"the answer from {connection.host} tells no capabilities", hint="check --api-url")
    return body
