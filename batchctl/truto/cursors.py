"""Where a list goes on: Truto's answers name the next page in ``next_cursor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer
from batchctl.javascript.values import to_text

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject


def cursor_in(body: JsonObject) -> str | None:
    """The cursor of the next page that ``body``, the answer to a list, names; None on the last page.

    ``null``, ``false``, an empty text or no ``next_cursor`` end a list; a number is given as its text. Raises
    ``BadAnswer`` for a cursor of any other type.
    """
    cursor = body.get("next_cursor")
    if cursor is None or cursor is False or cursor == "":
        return None
    if isinstance(cursor, bool) or not isinstance(cursor, str | int | float):
        kind = "true" if cursor is True else "an array" if isinstance(cursor, list) else "an object"
        raise BadAnswer(f"the list can't be followed: its next_cursor is {kind}, not a text")
    return to_text(cursor)
