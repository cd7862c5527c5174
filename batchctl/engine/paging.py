"""A list is followed through ``next_cursor`` until it is null; any other call has one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import BadAnswer
from batchctl.structs import replace
from batchctl.truto.cursors import cursor_in

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue
    from batchctl.truto.calls import Call


def next_cursor(call: Call, body: JsonValue) -> str | None:
    """The cursor of a list's next page, from ``body``, the answer to ``call``; None after the last page.

    It is also None for every method but ``list``. Raises ``BadAnswer`` for a cursor that is no text.
    """
    return cursor_in(body) if call.method == "list" and isinstance(body, dict) else None


class Pages:
    """The pages of one call, one after the other: ``page`` is the request for the next one, at first ``call`` itself.

    ``follow`` moves on to another page; ``most`` is the largest number of pages allowed.
    """

    __slots__ = ("_call", "_most", "_seen", "page")

    def __init__(self, call: Call, most: int) -> None:
        self.page = call
        self._most = most
        self._call = call
        self._seen: set[str] | None = None

    def begin(self, serial: int) -> None:
        """Set ``serial``, the number of the call in the run; all requests for its pages have it."""
        self._call = self.page = self._call.numbered(serial)

    def follow(self, cursor: str) -> None:
        """Make ``page`` the request for the page at ``cursor``.

        Raises ``BadAnswer`` for a cursor that came before, and beyond the largest number of pages.
        """
        if self._seen is None:
            self._seen = set()
        if cursor in self._seen:
            raise BadAnswer("the list never ends: its next_cursor came a second time")
        if len(self._seen) + 1 >= self._most:
            raise BadAnswer(f"the list does not end after {self._most:,} pages", hint="--max-pages allows more")
        self._seen.add(cursor)
        self.page = replace(self._call, query={**self._call.query, "next_cursor": cursor})
