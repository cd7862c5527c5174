"""The bindings of a request: combinations of its parents' records, drawn from pages as they come or are kept."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from batchctl.engine.lineage import Partners, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from batchctl.engine.context import Peer
    from batchctl.engine.flow import Flow
    from batchctl.engine.lineage import Binding, Item, Page

# So many bindings that make no call are looked at before others get their turn.
MAX_EMPTY = 256


class Bindings:
    """The bindings of the request that ``flow`` is about, in order; new pages are taken from ``inbox``.

    A binding has a record of each node that a call is made for, by the node's key. After ``prime``, call ``take`` until
    it returns None, then ``draw``, and ``take`` again if that returns True.
    """

    def __init__(self, flow: Flow, inbox: deque[Page]) -> None:
        self._flow = flow
        self._inbox = inbox
        # Those of one record, further records, and bindings that were drawn early.
        self._drawn: Iterator[Binding] = iter(())
        self._items: Iterator[Item] = iter(())
        self._early: deque[Binding] = deque()
        self._partners: dict[str, Partners] = {}

    def prime(self, nodes: Mapping[str, Peer]) -> None:
        """Take the records of ``nodes`` (by key) that do not come as pages. Called once, before the first binding."""
        self._partners = {node: Partners(nodes[node].items()) for node in self._flow.others}
        driver = self._flow.driver
        if driver is None:
            self._drawn = iter(({},))
        elif driver not in self._flow.streams:
            self._items = nodes[driver].items()

    def take(self) -> Binding | None:
        """The next binding; None where ``draw`` has to find more first."""
        return self._early.popleft() if self._early else next(self._drawn, None)

    def draw(self) -> bool:
        """Go on to the next record, or to the next page in ``inbox``; False where there is neither at the moment.

        After True ``take`` may still return None: after a new page, its first record has to be drawn, too.
        """
        item = next(self._items, None)
        if item is not None and self._flow.driver is not None:
            if self._partners:
                self._drawn = joined(item, self._flow.driver, self._partners)
            else:
                self._drawn = iter(({**item.ancestors, self._flow.driver: item},))
            return True
        if self._inbox:
            self._items = self._inbox.popleft().items()
            return True
        return False

    def early(self, most: int) -> Iterator[Binding]:
        """Up to ``most`` bindings that come next, as far as records are at hand, for a look at them in advance.

        ``take`` returns them all the same.
        """
        yield from tuple(self._early)
        for _ in range(MAX_EMPTY):
            if len(self._early) >= most:
                return
            found = next(self._drawn, None)
            if found is not None:
                self._early.append(found)
                yield found
            elif not self.draw():
                return

    @property
    def has_early(self) -> bool:
        """Whether bindings were drawn early and not taken since."""
        return bool(self._early)
