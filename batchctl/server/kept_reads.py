"""Answers to reads, as bytes, for as long as nothing changes: a client that asks again costs no search and no JSON."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.server.answer import Answer

_MAX_BYTES = 32 * 2**20
# What an answer takes besides its body; one larger than this share of all is not kept.
_OVERHEAD, _SHARE = 1024, 8


class KeptRead(Struct, frozen=True):
    """An answer to a read that is cached; it is valid while the data of ``account`` (its id) has this ``revision``.

    ``revision`` is what ``World.revision`` returns, to be compared only; None is not known.
    """

    account: str
    revision: object
    answer: Answer


class KeptReads:
    """A cache of answers to reads, by path and query; the least recently used go when all exceed ``most_bytes``."""

    def __init__(self, most_bytes: int = _MAX_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[str, KeptRead] = OrderedDict()

    def get(self, target: str) -> KeptRead | None:
        """The cached answer for ``target``, path and query of a request; it may be outdated. None without one."""
        known = self._kept.get(target)
        if known is not None:
            self._kept.move_to_end(target)
        return known

    def keep(self, target: str, read: KeptRead) -> None:
        """Cache an answer for ``target``, path and query of a request.

        Not one whose ``revision`` is None, or one that would fill a large part of the cache by itself.
        """
        size = _size(target, read)
        if read.revision is None or size * _SHARE > self._most_bytes:
            return
        old = self._kept.pop(target, None)
        self._bytes += size - (_size(target, old) if old is not None else 0)
        self._kept[target] = read
        while self._bytes > self._most_bytes:
            name, oldest = self._kept.popitem(last=False)
            self._bytes -= _size(name, oldest)


def _size(target: str, read: KeptRead) -> int:
    return len(target) + len(read.answer.body) + _OVERHEAD
