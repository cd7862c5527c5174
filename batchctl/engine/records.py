"""The records of one node, put in order as they come; beyond a bound they go to disk."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, TypeAlias

from batchctl.engine.spill import Spill

if TYPE_CHECKING:
    from collections.abc import Sequence

    from batchctl.engine.lineage import Key
    from batchctl.json_types import JsonValue

_Pages: TypeAlias = "list[tuple[Key, Sequence[JsonValue]]]"
# How many records a person is shown of a node that is not in the answer.
FIRST_FEW = 50
# How many records go to disk together.
_BATCH = 1_000


class Records(Collection["JsonValue"]):
    """The records of one node, in the order of its calls whatever the order in which they come.

    Once there are more than ``keep`` they go to disk, into ``spill``; ``node`` is the number by which they are found
    there. With ``first_few`` only the first 50 are kept. ``count`` counts all that came.
    """

    def __init__(self, spill: Spill, node: int, *, keep: int, first_few: bool = False) -> None:
        self.count = 0
        self._spill = spill
        self._node = node
        self._keep = keep
        self._first_few = first_few
        self._pages: _Pages = []
        self._held = 0
        self._spilled = False

    def add(self, key: Key, records: Sequence[JsonValue]) -> None:
        """Add a page of records; ``key``, unique among the node's pages, is its place in their order.

        Raises ``BatchctlError`` where the disk can't be used.
        """
        if not records:
            return
        self.count += len(records)
        if self._first_few:
            records = records[:FIRST_FEW]
        self._held += len(records)
        if not self._pages or self._pages[-1][0] < key:
            self._pages.append((key, records))
        else:
            insort(self._pages, (key, records), key=lambda page: page[0])
        if self._first_few:
            self._drop_late()
        elif self._held > (_BATCH if self._spilled else self._keep):
            self._spill_all()

    def __len__(self) -> int:
        return min(self.count, FIRST_FEW) if self._first_few else self.count

    def __iter__(self) -> Iterator[JsonValue]:
        if self._first_few:
            yield from [record for _key, records in self._pages for record in records][:FIRST_FEW]
        elif self._spilled:
            self._spill_all()
            for page in self._spill.pages(self._node):
                yield from page
        else:
            for _key, records in self._pages:
                yield from records

    def __contains__(self, value: object) -> bool:
        return any(record == value for record in self)

    def __getstate__(self) -> dict[str, object]:
        """What a copy has, or another process: the records themselves, those on disk included."""
        held = list(self)
        state = {**self.__dict__, "_pages": [((), held)], "_held": len(held), "_spilled": False}
        del state["_spill"]
        return state

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state, _spill=Spill())

    def _drop_late(self) -> None:
        while self._pages and self._held - len(self._pages[-1][1]) >= FIRST_FEW:
            self._held -= len(self._pages.pop()[1])

    def _spill_all(self) -> None:
        # Whoever reads the result may do so in several threads.
        with self._spill.lock:
            if self._pages:
                self._spill.add(self._node, self._pages)
                self._pages.clear()
                self._held = 0
            self._spilled = True


class Chained(Collection["JsonValue"]):
    """The records of several nodes as one collection, in the order of ``parts``."""

    def __init__(self, parts: Sequence[Collection[JsonValue]]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[JsonValue]:
        for part in self._parts:
            yield from part

    def __contains__(self, value: object) -> bool:
        return any(value in part for part in self._parts)
