"""Records that stay in the file of the response: read back a block at a time, as often as somebody looks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from batchctl.json_text import on_one_line, values_of

if TYPE_CHECKING:
    from batchctl.json_types import JsonValue


class Source(Protocol):
    """A file with the text of a response in UTF-8, as ``read_batch`` takes it; ``service.kept.ResponseFile`` is one.

    ``read`` gives its bytes, with marks in place of secrets where it ``is_sealed``; ``opened`` puts the secrets back in
    a text made of these.
    """

    @property
    def is_sealed(self) -> bool:
        """Whether secrets in the file are replaced by marks, so that text from it must pass ``opened``."""

    def opened(self, text: str, /) -> str:
        """A JSON text from the file with its secrets in place of their marks.

        Raises ``UnknownSecret`` for a mark whose secret is not known.
        """

    def read(self, offset: int, size: int, /) -> bytes:
        """``size`` bytes from byte ``offset`` on; fewer only at the end. Raises ``OSError`` where it can't be read."""


class Block(NamedTuple):
    """Records that follow one another in the file of a response: how many, and where.

    They are ``size`` bytes from ``offset`` on, with the commas between them.
    """

    offset: int
    size: int
    records: int


class StoredRecords(Collection["JsonValue"]):
    """The records of one resource in a stored response, in order; they are read from ``file`` when iterated.

    Iterating raises ``UnknownSecret`` for a mark whose secret is not known, ``OSError`` where the file can't be read.
    Their places are added, block by block, when the response is read for the first time.
    """

    def __init__(self, file: Source) -> None:
        self._file = file
        self._blocks: list[Block] = []
        self._count = 0

    def add(self, block: Block) -> None:
        """Add the next block of records; the records themselves stay in the file."""
        self._blocks.append(block)
        self._count += block.records

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[JsonValue]:
        for text in self._texts():
            yield from values_of(text)

    def arrays(self) -> Iterator[bytes]:
        """The records as JSON arrays in UTF-8, one per block, each on one line, with their secrets.

        Values are as the service wrote them. Raises ``UnknownSecret`` for a mark whose secret is not known. Raises
        ``OSError`` where the file can't be read.
        """
        return map(on_one_line, self._texts())

    def _texts(self) -> Iterator[bytes]:
        for block in self._blocks:
            # The records of a block were read when it was added, so that what it holds is JSON.
            text = b"[%b]" % self._file.read(block.offset, block.size)
            yield self._file.opened(text.decode()).encode() if self._file.is_sealed else text

    def __contains__(self, value: object) -> bool:
        return any(record == value for record in self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Collection) or len(other) != len(self):
            return NotImplemented
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # what is equal to a list has no hash
