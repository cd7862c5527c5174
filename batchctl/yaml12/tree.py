"""Plain data, and beside it the place in the text of every key and value."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import DataPath, JsonValue

# The number of a spot, for each key of a mapping or each item of a list.
Places: TypeAlias = "dict[str, int] | list[int]"


class NodeSpan(NamedTuple):
    """Where in the text a value and its key are written: offsets in code points, ends exclusive.

    What has no key, as an item of a list, has the value's offsets as those of the key. ``style`` is how a scalar is
    quoted (its quote, ``|`` or ``>``, empty for a plain one, ``*`` for an alias), ``{`` or ``[`` for containers.
    """

    key_start: int
    key_end: int
    start: int
    end: int
    style: str  # "", "'", '"', "|" or ">" for scalars, "{" or "[" for containers


_WIDTH = len(NodeSpan._fields)


class Tree:
    """The data of a document (``root``), and where in the text each of its values is written.

    Each value has a number, in the order of the text, under which its place is found; 0 is the root, and ``size`` is
    how many there are. Containers are plain dicts and lists, so that they can be sent without conversion; their places
    are found by identity, which is valid as long as the tree exists.
    """

    __slots__ = ("_kept", "_places", "_spots", "root", "size")

    def __init__(self) -> None:
        self.root: JsonValue = None
        self.size = 0
        self._spots = array("q")
        self._places: dict[int, Places] = {}
        self._kept: list[object] = []

    def add_spot(self, key_start: int, key_end: int, start: int, end: int, style: str) -> int:
        """Add the place of one more value, and return the value's number.

        The parameters are offsets of its key and of itself (for what has no key, its own twice), ends exclusive, and
        ``style``: a quote, ``|`` or ``>``, empty for a plain scalar; ``{`` for any mapping, ``[`` for any list,
        in blocks too; ``*`` for an alias.
        """
        self._spots.extend((key_start, key_end, start, end, ord(style) if style else 0))
        self.size += 1
        return self.size - 1

    def set_end(self, number: int, end: int) -> None:
        """Set the end offset of the value with this number, which is known once all that is in it has been read."""
        self._spots[number * _WIDTH + 3] = end

    def add_container(self, container: dict[str, JsonValue] | list[JsonValue], places: Places) -> None:
        """Add a dict or list, with the numbers of its members: by key in a dict, by index in a list."""
        self._places[id(container)] = places
        self._kept.append(container)

    def adopt(self, other: Tree, shift: int) -> int:
        """Take over all places of another tree, whose text begins at offset ``shift`` of this tree's text.

        A value with the number N in the other tree has N plus the result here.
        """
        base = self.size
        offsets = array("q", other._spots)
        for column in range(_WIDTH - 1):
            offsets[column::_WIDTH] = array("q", (offset + shift for offset in offsets[column::_WIDTH]))
        self._spots.extend(offsets)
        self.size += other.size
        for container in other._kept:
            places = other._places[id(container)]
            moved: Places = (
                {key: number + base for key, number in places.items()}
                if isinstance(places, dict)
                else [number + base for number in places]
            )
            self._places[id(container)] = moved
        self._kept += other._kept
        return base

    def place(self, container: JsonValue, step: str | int) -> int:
        """The number of a member of one of this tree's dicts or lists; ``step`` is its key or index.

        Raises ``KeyError`` or ``IndexError`` where there is none.
        """
        return self._places[id(container)][step]  # type: ignore[index]  # keys lead into mappings, numbers into lists

    def spot(self, number: int) -> NodeSpan:
        """The place of the value with this number; 0 is the root's."""
        *offsets, style = self._spots[number * _WIDTH : (number + 1) * _WIDTH]
        key_start, key_end, start, end = offsets
        return NodeSpan(key_start, key_end, start, end, chr(style) if style else "")

    def spots(self) -> Iterator[NodeSpan]:
        """The places of all values, in the order of their numbers: a container comes before its contents."""
        return map(self.spot, range(self.size))

    def key_starts(self) -> array[int]:
        """The offset at which each value's key starts in the text, in the order of the values' numbers.

        What has no key (an item of a list, the root) has the offset of the value itself.
        """
        return self._spots[0::_WIDTH]

    def find(self, path: DataPath) -> tuple[NodeSpan, JsonValue, int]:
        """The place and the value at ``path``, and the number of steps of the path that exist.

        Where not all of them do, place and value are those of the last one that does.
        """
        value, number = self.root, 0
        for depth, step in enumerate(path):
            below = self._step(value, step)
            if below is None:
                return self.spot(number), value, depth
            number, value = below
        return self.spot(number), value, len(path)

    def _step(self, value: JsonValue, step: str | int) -> tuple[int, JsonValue] | None:
        if isinstance(value, dict) and isinstance(step, str) and step in value:
            return self.place(value, step), value[step]
        if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            return self.place(value, step), value[step]
        return None
