"""The records of one fixture file, in memory: shared by everyone who reads the file, and never changed."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from typing import TYPE_CHECKING, Protocol

from batchctl.engine.backends.fixture_compare import texts_of
from batchctl.template import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchctl.json_types import JsonValue


class Records(Protocol):
    """The records of one fixture file, to be read only. A record's place is its index in the file, counted from 0.

    ``MemoryRecords`` and ``DatabaseRecords`` are such.
    """

    @property
    def fields(self) -> Mapping[str, int]:
        """How many records have each field, by the field's name."""

    @property
    def objects(self) -> Mapping[str, int]:
        """In how many records each field is an object, or a list that holds objects, by the field's name."""

    def __len__(self) -> int:
        """How many there are."""

    def record(self, place: int) -> JsonValue:
        """The record at a place, which counts from 0 in the order of the file. The caller must not change it."""

    def place_of(self, record_id: str) -> int | None:
        """The place of the first record with this id, compared as text; None where there is none."""

    def places(self, name: str, text: str) -> Sequence[int]:
        """The places of the records whose field ``name`` equals ``text``, in ascending order.

        Where the field is a list, it is enough that one of its items equals the text.
        """


class FieldIndex:
    """An index over one field, called ``name``: for each text, the places of the records in which the field equals it.

    A place is the index of a record in its resource, counted from 0.
    """

    __slots__ = ("_name", "_places")

    def __init__(self, name: str) -> None:
        self._name = name
        self._places: dict[str, list[int]] = {}

    def add(self, place: int, record: JsonValue) -> None:
        """Add the record at index ``place``; this is fastest when ``place`` is larger than all before."""
        if isinstance(record, dict):
            value = record.get(self._name)
            for text in (to_text(value),) if isinstance(value, str | int | float) else texts_of(value):
                places = self._places.setdefault(text, [])
                if not places or places[-1] < place:
                    places.append(place)
                else:
                    insort(places, place)

    def remove(self, place: int, record: JsonValue) -> None:
        """Remove a record that was added at ``place`` with the same content."""
        if isinstance(record, dict):
            for text in texts_of(record.get(self._name)):
                self._places[text].remove(place)

    def places(self, text: str) -> list[int]:
        """The places of the records whose field equals ``text``, in ascending order; the list must not be changed."""
        return self._places.get(text, [])


class MemoryRecords:
    """The records of one fixture file in memory, in the order given; indexes for filters are built when needed.

    A record's place, in the methods, is its index in that order, counted from 0.
    """

    def __init__(self, records: Iterable[JsonValue]) -> None:
        self._records = list(records)
        self._ids: dict[str, int] | None = None
        self._indexes: dict[str, FieldIndex] = {}
        self.fields: Counter[str] = Counter()
        self.objects: Counter[str] = Counter()
        for record in self._records:
            count_fields(record, self.fields, self.objects, 1)

    def __len__(self) -> int:
        return len(self._records)

    def record(self, place: int) -> JsonValue:
        """The record at index ``place``, counted from 0. The caller must not change it."""
        return self._records[place]

    def place_of(self, record_id: str) -> int | None:
        """The place of the first record with this id, compared as text; None where there is none."""
        if self._ids is None:
            ids: dict[str, int] = {}
            for place, record in enumerate(self._records):
                known_id = id_of(record)
                if known_id is not None:
                    ids.setdefault(known_id, place)
            self._ids = ids
        return self._ids.get(record_id)

    def places(self, name: str, text: str) -> Sequence[int]:
        """The places of the records whose field ``name`` equals ``text``, in ascending order.

        Where the field is a list, it is enough that one of its items equals the text.
        """
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = FieldIndex(name)
            for place, record in enumerate(self._records):
                index.add(place, record)
        return index.places(text)


def id_of(record: JsonValue) -> str | None:
    """The ``id`` of a record as text; None for a record without one."""
    if not isinstance(record, dict) or record.get("id") is None:
        return None
    return to_text(record["id"])


def count_fields(record: JsonValue, fields: Counter[str], objects: Counter[str], step: int) -> None:
    """Add ``step`` (1 or -1) to the count in ``fields`` of each field that ``record`` has.

    In ``objects`` it is added for those fields whose value is an object, or a list that holds objects.
    """
    if isinstance(record, dict):
        for name, value in record.items():
            fields[name] += step
            if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict) for item in value)):
                objects[name] += step
