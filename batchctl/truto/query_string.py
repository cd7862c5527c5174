"""A query object as it is in a URL: ``{"a": {"b": 1}, "c": [1, 2]}`` is ``a[b]=1&c[]=1&c[]=2``.

Arrays are written as Truto documents them (its reference, "Querying"): ``foo[]=a&foo[]=b``, and ``foo[][bar]=x`` for
objects in arrays. Its Python SDK sends the same; its TypeScript SDK sends indexes instead (``foo[0]=a``).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from batchctl.patterns import lazy_regex
from batchctl.template import to_text
from batchctl.truto.calls import percent_encoded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from batchctl.json_types import JsonObject, JsonValue


# The characters that @truto/replace-placeholders allows between braces.
_PLACEHOLDER = lazy_regex(r"(\{\{[\w\-./|:?\s]+\}\})", re.ASCII)


def query_pairs(query: JsonObject) -> Iterator[tuple[str, str]]:
    """``(name, text)`` pairs of a nested query, in order, not yet encoded.

    Names have brackets as Truto has them (its reference, "Querying"): ``a[b]`` for an object, ``a[]`` for a list. An
    empty object or list gives no pair, null gives empty text; booleans are ``true`` and ``false``, numbers as
    JavaScript writes them.
    """
    for name, value in query.items():
        if isinstance(value, str):
            yield name, value
        else:
            yield from _pairs(name, value)


def _pairs(start: str, first: JsonValue) -> Iterator[tuple[str, str]]:
    pending: list[tuple[str, JsonValue]] = [(start, first)]
    while pending:
        name, value = pending.pop()
        if isinstance(value, dict):
            pending.extend((f"{name}[{key}]", item) for key, item in reversed(value.items()))
        elif isinstance(value, list):
            pending.extend((f"{name}[]", item) for item in reversed(value))
        else:
            yield name, "" if value is None else to_text(value)


def query_string(query: JsonObject, encode: Callable[[str], str] = percent_encoded) -> str:
    """The query of a URL: ``limit=10&updated_at[gt]=2024``, percent-encoded except for the brackets of nesting.

    Lists are written as ``name[]=1&name[]=2`` (Truto's reference, "Querying"), null as empty text, booleans as ``true``
    and ``false``, numbers as JavaScript writes them. ``encode`` encodes the values.
    """
    return "&".join([f"{_name(name)}={encode(text)}" for name, text in query_pairs(query)])


@lru_cache(maxsize=1024)
def _name(name: str) -> str:
    return quote(name, safe="[]", errors="surrogatepass")


def encode_keeping(texts: Iterable[str]) -> Callable[[str], str]:
    """A function that percent-encodes a text except for ``texts`` in it: placeholders without a value yet."""
    kept = sorted({*texts}, key=len, reverse=True)
    if not kept:
        return percent_encoded
    pattern = re.compile(f"({'|'.join(map(re.escape, kept))})")
    return lambda text: _encoded_between(pattern, text)


def encode_keeping_placeholders(text: str) -> str:
    """``text`` of a definition percent-encoded, with every placeholder left as it is written."""
    return _encoded_between(_PLACEHOLDER, text)


def _encoded_between(pattern: re.Pattern[str], text: str) -> str:
    pieces = pattern.split(text)
    return "".join(piece if index % 2 else percent_encoded(piece) for index, piece in enumerate(pieces))
