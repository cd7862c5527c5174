"""One value in few columns of a terminal: what replaces it, and cutting by display width."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from rich.cells import cell_len

from batchctl.json_types import write_json
from batchctl.plain import clean
from batchctl.template import to_text

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue

_MAX_LENGTH = 240
_ITEMS = 8
# What an object is called, in the order of preference.
_TITLES = ("name", "title", "display_name", "subject", "email", "id", "value")


def width(text: str) -> int:
    """Columns that ``text`` takes in a terminal; a wide character takes two, a combining mark none."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, columns: int) -> str:
    """``text`` in at most ``columns``, with an ellipsis where it had to be cut."""
    if width(text) <= columns:
        return text
    if columns <= 1:
        return "…"[:columns]
    if text.isascii():
        return text[: columns - 1].rstrip() + "…"
    kept = text[: columns - 1]
    while width(kept) > columns - 1:
        kept = kept[:-1]
    # A mark that modifies the next character would modify the ellipsis.
    return kept.rstrip(" \u200d") + "…"


def short(value: JsonValue) -> str:
    """A value on one harmless line: ``–`` for null, the name of an object, the items of a simple list."""
    match value:
        case None:
            return "–"
        case str():
            return clean(value, _MAX_LENGTH)
        case dict():
            return _object(value)
        case list():
            return _list(value)
        case _:
            return number(value)


def number(value: bool | float) -> str:
    """A number with all of its digits, though JavaScript would round it; ``–`` for one that JSON can't carry."""
    if isinstance(value, int):
        return write_json(value)
    return to_text(value) if isfinite(value) else "–"


def _object(value: dict[str, JsonValue]) -> str:
    for key in _TITLES:
        title = value.get(key)
        if isinstance(title, str) and title:
            return clean(title, _MAX_LENGTH)
        if isinstance(title, int) and not isinstance(title, bool):
            return str(title)
    return clean(write_json(value), _MAX_LENGTH) if len(value) <= 3 else f"{{{len(value)}}}"


def _list(value: list[JsonValue]) -> str:
    if not value:
        return "[]"
    if all(isinstance(item, str | int | float) for item in value[:_ITEMS]):
        more = f", … ({len(value)})" if len(value) > _ITEMS else ""
        return clean(", ".join(map(short, value[:_ITEMS])), _MAX_LENGTH) + more
    if len(value) == 1:
        return short(value[0]) if isinstance(value[0], dict) else f"[{short(value[0])}]"
    return f"[{len(value)}]"
