"""A query object as it stands in a URL: ``{"a": {"b": 1}}`` is ``a[b]=1``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from batchctl.plan.calls import percent_encoded
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.definition.model import JsonObject, JsonValue

# The characters that @truto/replace-placeholders allows between braces.
_PLACEHOLDER = re.compile(r"(\{\{[\w\-./|:?\s]+\}\})", re.ASCII)


def query_pairs(query: JsonObject) -> Iterator[tuple[str, str]]:
    """Flat ``(name, text)`` pairs in order; an empty object or list gives none, null gives empty text."""
    pending: list[tuple[str, JsonValue]] = [(name, value) for name, value in reversed(query.items())]
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending.extend((f"{name}[{key}]", item) for key, item in reversed(value.items()))
        elif isinstance(value, list):
            pending.extend((f"{name}[{index}]", item) for index, item in reversed(list(enumerate(value))))
        else:
            yield name, "" if value is None else to_text(value)


def query_string(query: JsonObject, *, keep_placeholders: bool = False) -> str:
    """``limit=10&updated_at[gt]=2024``: percent-encoded, the brackets of nesting left readable."""
    encode = encode_keeping_placeholders if keep_placeholders else percent_encoded
    return "&".join(f"{quote(name, safe='[]')}={encode(text)}" for name, text in query_pairs(query))


def encode_keeping_placeholders(text: str) -> str:
    """Percent-encode ``text`` for a preview: a placeholder that is not known yet stands as its own text."""
    pieces = _PLACEHOLDER.split(text)
    return "".join(piece if index % 2 else percent_encoded(piece) for index, piece in enumerate(pieces))
