"""The records in the answer to one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer
from batchctl.truto.calls import STANDARD_METHODS

if TYPE_CHECKING:
    from batchctl.engine.backends.base import Reply
    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call


def read_records(call: Call, reply: Reply) -> list[JsonValue]:
    """A list's records, or the one that any other method answers; a Unified custom method wraps its in ``result``.

    Raises ``BadAnswer`` when a list has no ``result`` array.
    """
    body = reply.body
    if call.method == "list":
        records = body.get("result") if isinstance(body, dict) else body
        if not isinstance(records, list):
            raise BadAnswer("the answer to a list has no result array")
        return records
    if call.method not in STANDARD_METHODS and "/" in call.resource and isinstance(body, dict):
        body = body.get("result")
    if body is None:
        return []
    return body if isinstance(body, list) else [body]
