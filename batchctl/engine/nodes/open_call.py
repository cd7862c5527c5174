"""A call in progress: its place, the records it is made for, and how far it has been followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.paging import Pages

if TYPE_CHECKING:
    from batchctl.engine.lineage import Binding, Key
    from batchctl.engine.nodes.recursion import Recursion
    from batchctl.plan.expansion import Expanded


class OpenCall:
    """A call while its pages are fetched: how many pages and records have come, and the request for the next one.

    ``key`` is its place in the order of the node's calls (compared as tuples are), ``bound`` are the records by node
    that it is made for, ``expanded`` is the call and how it was made. ``recursion`` repeats it for its own records,
    None without one. ``page`` and ``records`` count what has come, 0 at first; ``pages`` has the next request, and
    fails after ``max_pages`` pages.
    """

    __slots__ = ("bound", "expanded", "key", "page", "pages", "records", "recursion", "serial")

    def __init__(
        self, key: Key, bound: Binding, expanded: Expanded, recursion: Recursion | None, max_pages: int
    ) -> None:
        self.key = key
        self.bound = bound
        self.expanded = expanded
        self.recursion = recursion
        self.pages = Pages(expanded.call, max_pages)
        self.serial = 0
        self.page = 0
        self.records = 0

    def begin(self, serial: int) -> None:
        """Set ``serial``, the number that identifies this call in all events."""
        self.serial = serial
        self.pages.begin(serial)
