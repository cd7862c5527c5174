"""What an integrated account can do, as the API says: ``/integrated-account/{id}/capabilities`` and ``…/tools``."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer, Refused
from batchctl.service.platform import PlatformClient
from batchctl.truto.addresses import record_path

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.truto.connection import Connection


async def fetch_capabilities(connection: Connection, account: str) -> JsonObject:
    """What an integrated account offers, as JSON from the API: all its resources and methods, undocumented ones too.

    ``proxy`` and ``unified`` list the resources, each with ``resource`` and ``methods``, a unified one also with
    ``model``. ``account`` is its id. ``tools`` has, for each method, ``resource``, ``method`` and the keys that it
    requires (``required``, or that of ``query_schema`` and ``body_schema``); there is none where the account has no
    tools. Raises ``CredentialsError`` or ``Refused`` when a response is an error, ``BadAnswer`` when it has another
    form, ``Unanswered`` without one, and ``UsageError`` for a proxy that can't be used.
    """
    place = record_path("integrated-account", account)
    client = PlatformClient(connection, single=True)
    try:
        body = await client.value(f"{place}/capabilities?type=all&has_description=false")
        if not isinstance(body, dict) or not {"proxy", "unified"} & body.keys():
            raise BadAnswer(f"the answer from {connection.host} holds no capabilities", hint="check --api-url")
        try:
            tools = await client.value(f"{place}/tools")
        except Refused as error:
            # An account without tools has capabilities all the same; which keys its methods require is not known.
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return body
    finally:
        await client.aclose()
    return {**body, "tools": _required(tools)}


def _required(tools: JsonValue) -> JsonValue:
    """The tools, of their schemas only what is required: descriptions would make a snapshot of several MiB."""
    kept: list[JsonValue] = []
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, dict):
            one: JsonObject = {key: tool[key] for key in ("resource", "method", "required") if key in tool}
            for part in ("query_schema", "body_schema"):
                schema = tool.get(part)
                if isinstance(schema, dict) and schema.get("required"):
                    one[part] = {"required": schema["required"]}
            kept.append(one)
    return kept
