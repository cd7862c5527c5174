"""One value in few columns of a terminal: what replaces it, and cutting by display width."""

from __future__ import annotations

from itertools import repeat
from math import isfinite
from typing import TYPE_CHECKING

from rich.cells import cell_len

from batchctl.json_types import write_json
from batchctl.plain import clean
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.json_types import JsonValue

_MAX_LENGTH = 240
_ITEMS = 8
# What an object is called, in the order of preference.
_TITLES = ("name", "title", "display_name", "subject", "email", "id", "value")


def width(text: str) -> int:
    """How many columns of a terminal ``text`` takes; a wide character takes two, a combining mark none."""
    return len(text) if text.isascii() else cell_len(text)


def fit(text: str, columns: int) -> str:
    """``text`` in at most ``columns`` columns of a terminal, with an ellipsis where it had to be cut."""
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


def widest(texts: Sequence[str]) -> int:
    """The width of the widest of ``texts``, in columns of a terminal; 0 for none."""
    return max(map(len if "".join(texts).isascii() else width, texts), default=0)


def fitted(texts: Sequence[str], columns: int, *, right: bool = False) -> list[str]:
    """Each of ``texts`` in exactly ``columns`` columns of a terminal, cut or filled with blanks.

    The blanks are at its end, or at its start with ``right``.
    """
    if not "".join(texts).isascii():
        # What counts is how wide a text is, not how long.
        shown = [fit(text, columns) for text in texts]
        blanks = [" " * (columns - width(text)) for text in shown]
        return [f"{blank}{text}" if right else f"{text}{blank}" for text, blank in zip(shown, blanks, strict=True)]
    if max(map(len, texts), default=0) > columns:
        return fitted([*(fit(text, columns) for text in texts), "…"], columns, right=right)[:-1]
    return list(map(str.rjust if right else str.ljust, texts, repeat(columns)))


def shorts(values: Sequence[JsonValue]) -> list[str]:
    """Each of ``values`` on one line that is safe to show, as ``short`` makes it; faster for many of one type."""
    kinds = set(map(type, values))
    if kinds == {int}:
        return list(map(repr, values))
    if kinds == {str} and _is_plain("".join(values)) and max(map(len, values)) <= _MAX_LENGTH:  # type: ignore[arg-type]  # texts
        return list(values)  # type: ignore[arg-type]  # as above
    return list(map(short, values))


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def short(value: JsonValue) -> str:
    """``value`` on one line that is safe to show: ``–`` for null, the name or title of an object, the items of a list.

    An object without those is JSON if it has up to three keys, else their number in braces (``{7}``); a list with
    objects or lists in it is the number of its items (``[12]``). Text is cut to 240 characters.
    """
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
    """A number, true or false as text, with all digits, though JavaScript would round it.

    ``–`` for NaN and infinity.
    """
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
    kinds = set(map(type, value[:_ITEMS]))
    if kinds <= {str, int, float, bool}:
        more = f", … ({len(value)})" if len(value) > _ITEMS else ""
        return clean(", ".join(shorts(value[:_ITEMS])), _MAX_LENGTH) + more
    if len(value) == 1:
        return short(value[0]) if isinstance(value[0], dict) else f"[{short(value[0])}]"
    return f"[{len(value)}]"
