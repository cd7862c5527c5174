"""The records of one resource, in memory, and the answers about them."""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from batchctl.engine.backends.base import Reply
from batchctl.template import to_text
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchctl.json_types import JsonObject, JsonValue

_PAGE_SIZE = 50
# The query keys that steer the service; ``truto_…`` too.
_NO_FILTERS = frozenset({"limit", "next_cursor", "integrated_account_id"})
_WHOLE = re.compile(r"[0-9]{1,18}", re.ASCII)


def refusal(status: int, message: str) -> Reply:
    """An error answer."""
    return Reply(status, make_envelope(status, message))


def clone(value: JsonValue) -> JsonValue:
    """A copy that shares nothing; several times faster than ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {key: clone(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone(item) for item in value]
    return value


class Table:
    """The records of one resource; ``name`` is its last segment.

    A record keeps its place for life and a cursor names a place, so following a list takes one pass in all,
    and creating or deleting between two pages makes it skip or repeat nothing.
    """

    def __init__(self, name: str, records: Iterable[JsonValue]) -> None:
        self._name = name
        self._records: dict[int, JsonValue] = {}
        self._places: dict[str, int] = {}
        self._fields: Counter[str] = Counter()
        # Per field that a list was filtered by: the places of each value, in order. A change makes them anew.
        self._index: dict[str, dict[str, list[int]]] = {}
        self._end = 0
        self._created = 0
        for record in records:
            self._add(record)

    def page(self, query: JsonObject) -> Reply:
        """``list``: the records from the cursor on that match every filter, ``limit`` at most."""
        size = _whole_number(query.get("limit"), _PAGE_SIZE)
        if not size:
            return refusal(400, "limit must be a whole number above 0")
        start = _place(query.get("next_cursor"))
        if start is None or start > self._end:
            return refusal(400, "next_cursor is not one that this list gave")
        wanted = self._filters(query)
        places = self._candidates(wanted)
        at = bisect_left(places, start)
        found = self._search(places[at:], wanted, size + 1)
        before = self._search(places[:at][::-1] if start else (), wanted, size)
        return Reply(
            200,
            {
                "result": [clone(self._records[place]) for place in found[:size]],
                "next_cursor": _cursor(found[size]) if len(found) > size else None,
                "prev_cursor": _cursor(before[-1]) if before else None,
                "result_count": len(found[:size]),
                "is_partial_response": False,
            },
        )

    def get(self, record_id: str | None) -> Reply:
        """One record."""
        place = self._places.get(record_id or "")
        return self._unknown(record_id) if place is None else Reply(200, clone(self._records[place]))

    def create(self, body: JsonValue) -> Reply:
        """A new record; one without an id gets ``contacts-1``, the next free number."""
        if not isinstance(body, dict):
            return refusal(400, f"create on {self._name} needs an object as its body")
        record: JsonObject = dict(body)
        if record.get("id") is None:
            record = {"id": self._fresh_id(), **{key: value for key, value in body.items() if key != "id"}}
        record_id = to_text(record["id"])
        if record_id in self._places:
            return refusal(409, f'{self._name} has a record with id "{record_id}" already')
        self._add(clone(record))
        return Reply(201, clone(record))

    def update(self, record_id: str | None, body: JsonValue) -> Reply:
        """The fields of ``body`` over those of the record, which keeps its id."""
        place = self._places.get(record_id or "")
        if place is None:
            return self._unknown(record_id)
        record = self._records[place]
        if not isinstance(body, dict) or not isinstance(record, dict):
            return refusal(400, f"update on {self._name} needs an object as its body")
        changed = {**record, **{key: clone(value) for key, value in body.items() if key != "id"}}
        self._index.clear()
        self._records[place] = changed
        self._fields.update(changed.keys() - record.keys())
        return Reply(200, clone(changed))

    def delete(self, record_id: str | None) -> Reply:
        """Take a record out; the answer is its id."""
        place = self._places.pop(record_id or "", None)
        if place is None:
            return self._unknown(record_id)
        self._index.clear()
        record = self._records.pop(place)
        gone = record if isinstance(record, dict) else {}
        self._fields.subtract(gone.keys())
        return Reply(200, {"id": gone.get("id")})

    def _add(self, record: JsonValue) -> None:
        self._index.clear()
        self._records[self._end] = record
        if isinstance(record, dict):
            self._fields.update(record.keys())
            if record.get("id") is not None:
                # Of two records with one id the first is the one that get finds.
                self._places.setdefault(to_text(record["id"]), self._end)
        self._end += 1

    def _filters(self, query: JsonObject) -> dict[str, str]:
        """Every query key that is a field of any record, with its value as text."""
        return {
            key: to_text(value)
            for key, value in query.items()
            if self._fields[key] > 0 and key not in _NO_FILTERS and not key.startswith("truto_")
        }

    def _candidates(self, wanted: Mapping[str, str]) -> Sequence[int]:
        """The places of the records that may match: those of the filter that fits the fewest."""
        if not wanted:
            return range(self._end)
        return min((self._places_of(name).get(text, []) for name, text in wanted.items()), key=len)

    def _places_of(self, name: str) -> dict[str, list[int]]:
        if name not in self._index:
            places: dict[str, list[int]] = {}
            for place, record in self._records.items():
                if isinstance(record, dict) and record.get(name) is not None:
                    places.setdefault(to_text(record[name]), []).append(place)
            self._index[name] = places
        return self._index[name]

    def _search(self, places: Sequence[int], wanted: Mapping[str, str], most: int) -> list[int]:
        found: list[int] = []
        for place in places:
            if place in self._records and _fits(self._records[place], wanted):
                found.append(place)
                if len(found) == most:
                    break
        return found

    def _fresh_id(self) -> str:
        while True:
            self._created += 1
            fresh = f"{self._name}-{self._created}"
            if fresh not in self._places:
                return fresh

    def _unknown(self, record_id: str | None) -> Reply:
        return refusal(404, f'{self._name} has no record with id "{record_id or ""}"')


def _fits(record: JsonValue, wanted: Mapping[str, str]) -> bool:
    """Null matches no text, not even an empty one."""
    if not wanted:
        return True
    return isinstance(record, dict) and all(
        record.get(name) is not None and to_text(record[name]) == text for name, text in wanted.items()
    )


def _whole_number(value: JsonValue, default: int) -> int | None:
    if value is None:
        return default
    text = to_text(value)
    return int(text) if _WHOLE.fullmatch(text) else None


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"place:{place}".encode()).decode().rstrip("=")


def _place(cursor: JsonValue) -> int | None:
    """The place in a cursor, 0 for none, None for one that this module did not make."""
    if cursor is None or cursor == "":
        return 0
    text = to_text(cursor)
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    place = _whole_number(plain.removeprefix("place:"), 0)
    # The decoder reads past what it does not know, so only the cursor's own spelling counts.
    return place if place is not None and _cursor(place) == text else None
