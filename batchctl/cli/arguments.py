"""``--arg``: ``name=text`` is a string, ``name:=json`` any value, ``a.b=x`` reaches inside."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.errors import UsageError

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject, JsonValue


def parse_argument(text: str) -> JsonObject:
    """``"user.ids:=[1]"`` → ``{"user": {"ids": [1]}}``. Raises ``UsageError``."""
    name, equals, value = text.partition("=")
    is_json = name.endswith(":")
    names = name.removesuffix(":").split(".")
    if not equals or not all(names):
        shown = name.removesuffix(":")
        raise UsageError(f'--arg "{shown}" is not NAME=TEXT or NAME:=JSON', hint="for example --arg user_id=42")
    nested: JsonValue = _json(name, value) if is_json else value
    for part in reversed(names):
        nested = {part: nested}
    return nested  # type: ignore[return-value]  # there is at least one name, so it is an object


def _json(name: str, text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError) as error:
        # The text is not repeated: it may hold a secret.
        where = f" (character {error.pos + 1})" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(
            f'--arg "{name}=…" is not JSON{where}', hint="use NAME=TEXT for a string, or quote it as JSON"
        ) from error
    return value
