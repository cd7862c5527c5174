"""The records that an expression sees as lists, read when asked for: of two at one place the nearer alone is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.json_types import JsonValue


class Lists(Mapping[str, "list[JsonValue]"]):
    """The lists of records that an expression can read, by node: first those ``ready``, then those of ``others``.

    Where the records of two nodes are read at one address (``resources.crm.contacts``), an expression reads those of
    the node that comes first. ``read`` is called with the key of one of ``others`` each time its list is asked for. Any
    other key raises ``KeyError``.
    """

    def __init__(
        self,
        ready: Mapping[str, list[JsonValue]],
        others: Sequence[str],
        read: Callable[[str], list[JsonValue]],
    ) -> None:
        self._ready = ready
        self._others = [key for key in others if key not in ready]
        self._read = read

    def __getitem__(self, key: str) -> list[JsonValue]:
        if key in self._ready:
            return self._ready[key]
        if key not in self._others:
            raise KeyError(key)
        return self._read(key)

    def __iter__(self) -> Iterator[str]:
        yield from self._ready
        yield from self._others

    def __len__(self) -> int:
        return len(self._ready) + len(self._others)
