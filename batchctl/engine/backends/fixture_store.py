"""One resource as a caller sees it: the records of a file, and over them what the caller has changed."""

from __future__ import annotations

import base64
import binascii
from bisect import bisect_left, insort
from collections import Counter
from heapq import merge
from typing import TYPE_CHECKING, Final

from batchctl.engine.backends.base import Reply
from batchctl.engine.backends.fixture_compare import sort_key, texts_of
from batchctl.engine.backends.fixture_query import (
    BadQuery,
    Wanted,
    has_path,
    left_out,
    page_size,
    read_filters,
    read_order,
    shown,
    spelled_out,
    whole_number,
)
from batchctl.engine.backends.fixture_records import FieldIndex, Records, count_fields
from batchctl.template import to_text
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from batchctl.json_types import JsonObject, JsonValue

    Save = Callable[[str, JsonValue], None]

# Stands in ``_changed`` for a record that was deleted.
_GONE: Final = object()
_MAX_ORDERS = 8
_PLAIN = (str, int, float, bool, type(None))


def refused(status: int, message: str) -> Reply:
    """A reply with the error ``status``, whose body is ``{"statusCode": status, "error": …, "message": message}``."""
    return Reply(status, make_envelope(status, message))


def clone(value: JsonValue) -> JsonValue:
    """A deep copy of a JSON value; several times faster than ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {key: item if item.__class__ in _PLAIN else clone(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clone(item) for item in value]
    return value


class Table:
    """The records of one resource as a caller sees them: those of the fixture file, with the caller's own changes.

    ``name`` is the resource's last part (``contacts``). Creating or deleting between two pages skips or repeats
    nothing. ``save`` gets the id and the record (None: deleted) before each write, and may raise to stop it; ``saved``
    are earlier pairs. An unknown id, or None, is answered with 404, a bad query or body with 400, a taken id with 409.
    """

    def __init__(
        self,
        name: str,
        records: Records,
        *,
        save: Save | None = None,
        saved: Iterable[tuple[str, JsonValue]] = (),
    ) -> None:
        self._name = name
        self._records = records
        # What differs from the file, by place; places after its end are new records.
        self._changed: dict[int, object] = {}
        self._places: list[int] = []
        self._ids: dict[str, int | None] = {}
        self._indexes: dict[str, FieldIndex] = {}
        self._fields: Counter[str] = Counter(records.fields)
        self._objects: Counter[str] = Counter(records.objects)
        # Of sorted lists, the order of all matching places; a write forgets them.
        self._orders: dict[str, tuple[list[int], dict[int, int]]] = {}
        self._end = len(records)
        self._created = 0
        self._save: Save | None = None
        for record_id, record in saved:
            self._restore(record_id, record)
        self._save = save

    def page(self, query: JsonObject) -> Reply:
        """Answer ``list``: the page that ``query`` asks for under ``result``, and ``next_cursor`` (null at the end)."""
        try:
            query = spelled_out(query)
            found, before, size, shift = self._found(query)
        except BadQuery as error:
            return refused(400, str(error))
        without = left_out(query)
        return Reply(
            200,
            {
                "result": [self._shown(self._at(place), without) for place in found[:size]],
                "next_cursor": _cursor(found[size] + shift) if len(found) > size else None,
                "prev_cursor": _cursor(before[-1] + shift) if before else None,
                "result_count": len(found[:size]),
                "is_partial_response": False,
            },
        )

    def get(self, record_id: str | None, query: JsonObject | None = None) -> Reply:
        """Answer ``get`` with the record as body; ``query`` can leave fields out of it (``truto_exclude_fields``)."""
        place = self._place_of(record_id or "")
        if place is None:
            return self._unknown(record_id)
        return Reply(200, self._shown(self._at(place), left_out(query)) if query else clone(self._at(place)))

    def create(self, body: JsonValue) -> Reply:
        """Create a record of ``body`` and reply with it (201); without an id it gets a free one: ``contacts-1``."""
        if not isinstance(body, dict):
            return refused(400, f"create on {self._name} needs an object as its body")
        record: JsonObject = dict(body)
        if record.get("id") is None:
            record = {"id": self._fresh_id(), **{key: value for key, value in body.items() if key != "id"}}
        record_id = to_text(record["id"])
        if self._place_of(record_id) is not None:
            return refused(409, f'{self._name} has a record with id "{record_id}" already')
        self._put(record_id, self._end, clone(record))
        return Reply(201, clone(record))

    def update(self, record_id: str | None, body: JsonValue) -> Reply:
        """Merge the fields of ``body`` into the record, which keeps its id, and reply with the whole record (200)."""
        place = self._place_of(record_id or "")
        if place is None or record_id is None:
            return self._unknown(record_id)
        record = self._at(place)
        if not isinstance(body, dict) or not isinstance(record, dict):
            return refused(400, f"update on {self._name} needs an object as its body")
        changed = {**record, **{key: clone(value) for key, value in body.items() if key != "id"}}
        self._put(record_id, place, changed)
        return Reply(200, clone(changed))

    def delete(self, record_id: str | None) -> Reply:
        """Delete the record with this id, and reply with ``{"id": …}`` (200)."""
        place = self._place_of(record_id or "")
        if place is None or record_id is None:
            return self._unknown(record_id)
        record = self._at(place)
        if self._save is not None:
            self._save(record_id, None)
        self._forget(place)
        self._set(place, _GONE)
        self._ids[record_id] = None
        return Reply(200, {"id": record.get("id") if isinstance(record, dict) else None})

    def changes(self) -> list[tuple[str, JsonValue]]:
        """The changes since the file was read, as pairs of an id and the record, which is None where it was deleted."""
        return [(key, None if place is None else self._at(place)) for key, place in self._ids.items()]

    def _restore(self, record_id: str, record: JsonValue) -> None:
        """Bring back a write of an earlier process; the file may have changed since."""
        if record is not None:
            place = self._place_of(record_id)
            self._put(record_id, self._end if place is None else place, record)
        elif self._place_of(record_id) is not None:
            self.delete(record_id)

    def _put(self, record_id: str, place: int, record: JsonValue) -> None:
        if self._save is not None:
            self._save(record_id, record)
        if place == self._end:
            self._end += 1
        else:
            self._forget(place)
        self._set(place, record)
        self._ids[record_id] = place
        count_fields(record, self._fields, self._objects, 1)
        for index in self._indexes.values():
            index.add(place, record)

    def _set(self, place: int, record: object) -> None:
        self._orders.clear()
        if place not in self._changed:
            insort(self._places, place)
        self._changed[place] = record

    def _forget(self, place: int) -> None:
        """Take what is at a place out of the counts and indexes."""
        record = self._at(place)
        count_fields(record, self._fields, self._objects, -1)
        if place in self._changed:
            for index in self._indexes.values():
                index.remove(place, record)

    def _at(self, place: int) -> JsonValue:
        """The record at a place where there is one."""
        changed = self._changed.get(place, self)
        return self._records.record(place) if changed is self else changed  # type: ignore[return-value]  # a record

    def _place_of(self, record_id: str) -> int | None:
        if record_id in self._ids:
            return self._ids[record_id]
        return self._records.place_of(record_id)

    def _matching(self, wanted: Wanted, start: int, *, backwards: bool = False) -> Iterator[int]:
        """The places of the records that match, from ``start`` on, or those before it from the last to the first."""
        chosen, candidates = self._candidates(wanted.exact, start, backwards=backwards)
        exact = [(name, frozenset(texts)) for name, texts in wanted.exact.items() if name != chosen]
        if not exact and not wanted.tests:
            return candidates
        return (place for place in candidates if _fits(self._at(place), exact, wanted))

    def _candidates(
        self, exact: Mapping[str, tuple[str, ...]], start: int, *, backwards: bool
    ) -> tuple[str | None, Iterator[int]]:
        """The filter that fits the fewest records, and the places of those; all where no filter has an index."""
        changed = self._changed
        if not exact:
            places = range(start - 1, -1, -1) if backwards else range(start, self._end)
            if not changed:
                return None, iter(places)
            return None, (place for place in places if changed.get(place) is not _GONE)
        name, base = min(
            ((name, [self._records.places(name, text) for text in texts]) for name, texts in exact.items()),
            key=lambda pair: sum(map(len, pair[1])),
        )
        if not changed and len(base) == 1:
            return name, _slice(base[0], start, backwards=backwards)
        unchanged = [
            (place for place in _slice(places, start, backwards=backwards) if place not in changed) for places in base
        ]
        mine = [_slice(self._index(name).places(text), start, backwards=backwards) for text in exact[name]]
        return name, _unique(merge(*unchanged, *mine, reverse=backwards))

    def _index(self, name: str) -> FieldIndex:
        if name not in self._indexes:
            index = self._indexes[name] = FieldIndex(name)
            for place in self._places:
                if self._changed[place] is not _GONE:
                    index.add(place, self._at(place))
        return self._indexes[name]

    def _found(self, query: JsonObject) -> tuple[list[int], list[int], int, int]:
        """The places of a page and one more, those before it backwards, its size, and how far its cursors are ahead.

        In a sorted list any place may begin a page: 0 too, which stands for no cursor.
        """
        size = page_size(query)
        start = _place(query.get("next_cursor"))
        if start is None or start > self._end:
            raise BadQuery("next_cursor is not one that this list gave")
        wanted = read_filters(query, self._fields, self._objects)
        order = read_order(query, self._fields)
        if order:
            found, before = self._sorted(query, wanted, order, start, size)
        else:
            found = _first(self._matching(wanted, start), size + 1)
            before = _first(self._matching(wanted, start, backwards=True), size) if start else []
        if wanted.paths and not found and not start:
            self._require(wanted)
        return found, before, size, 1 if order else 0

    def _require(self, wanted: Wanted) -> None:
        """An empty list is the answer where records have the nested keys that are asked for, in whatever value."""
        for path in wanted.paths:
            if not any(has_path(self._at(place), path) for place in self._matching(Wanted(), 0)):
                raise BadQuery(f"no record of {self._name} has {shown(path)}")

    def _sorted(
        self, query: JsonObject, wanted: Wanted, order: Sequence[tuple[str, bool]], start: int, size: int
    ) -> tuple[list[int], list[int]]:
        """A page of a sorted list, and the page before it backwards; the cursor is the place it begins with."""
        key = repr([(name, value) for name, value in query.items() if name not in ("limit", "next_cursor")])
        known = self._orders.get(key)
        if known is None:
            places = list(self._matching(wanted, 0))
            for name, downwards in reversed(order):
                keys = {place: sort_key(_field(self._at(place), name)) for place in places}
                places.sort(key=keys.__getitem__, reverse=downwards)
            if len(self._orders) >= _MAX_ORDERS:
                self._orders.clear()
            known = self._orders[key] = places, {place: at for at, place in enumerate(places)}
        places, positions = known
        first = positions.get(start - 1) if start else 0
        if first is None:
            raise BadQuery("the record that next_cursor names is not in the list any more")
        return places[first : first + size + 1], places[max(0, first - size) : first][::-1]

    def _shown(self, record: JsonValue, without: frozenset[str]) -> JsonValue:
        if without and isinstance(record, dict):
            record = {key: value for key, value in record.items() if key not in without}
        return clone(record)

    def _fresh_id(self) -> str:
        while True:
            self._created += 1
            fresh = f"{self._name}-{self._created}"
            if self._place_of(fresh) is None:
                return fresh

    def _unknown(self, record_id: str | None) -> Reply:
        return refused(404, f'{self._name} has no record with id "{record_id or ""}"')


def _fits(record: JsonValue, exact: Sequence[tuple[str, frozenset[str]]], wanted: Wanted) -> bool:
    """Null matches no text, not even an empty one."""
    return (
        isinstance(record, dict)
        and all(not texts.isdisjoint(texts_of(record.get(name))) for name, texts in exact)
        and all(test(record.get(name)) for name, test in wanted.tests)
    )


def _field(record: JsonValue, name: str) -> JsonValue:
    return record.get(name) if isinstance(record, dict) else None


def _slice(places: Sequence[int], start: int, *, backwards: bool) -> Iterator[int]:
    """The places from ``start`` on, or those before it backwards, without a copy."""
    at = bisect_left(places, start)
    return (places[index] for index in (range(at - 1, -1, -1) if backwards else range(at, len(places))))


def _unique(places: Iterable[int]) -> Iterator[int]:
    last = None
    for place in places:
        if place != last:
            yield place
        last = place


def _first(places: Iterator[int], most: int) -> list[int]:
    return [place for _, place in zip(range(most), places, strict=False)]


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
    place = whole_number(plain.removeprefix("place:"))
    # The decoder reads past what it does not know, so only the cursor's own spelling counts.
    return place if place is not None and _cursor(place) == text else None
