"""A spool: once all that was made for a branch is there, it hands the records of the branch on as one page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.failures import step_failure
from batchctl.engine.nodes.base import NodeRun
from batchctl.engine.records import Chained
from batchctl.errors import ExpressionError

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Awaitable, Collection

    from batchctl.engine.lineage import Page
    from batchctl.engine.nodes.gathering import Gathered
    from batchctl.json_types import JsonValue


class SpoolRun(NodeRun):
    """A spool while the run executes: it collects its parents' records, and passes them on when they are complete.

    They are passed on as one page per branch, which is all that was made for the same records of the nodes before.
    """

    _groups: deque[Gathered] | None = None
    _opened = False
    _under_way = False

    def receive(self, page: Page) -> None:
        """Keep a page until its branch is complete; drop it where no node reads the branch."""
        if self._is_taken:
            self.inbox.append(page)

    def work(self) -> Awaitable[None] | None:
        """Passing on the records of the next branch, once all parents have finished; None when nothing is to do now."""
        if self._streams or self._under_way:
            return None
        if self._groups is None:
            self._groups = self.gather()
        if not self._groups:
            return None
        self._under_way = True
        return self._close(self._groups.popleft())

    def is_idle(self) -> bool:
        """Whether every branch has been passed on."""
        return self._groups is not None and not self._groups and not self._under_way

    async def _close(self, group: Gathered) -> None:
        try:
            if await self.may_run_apart(self.scope(group.bound, None, group.account)):
                self._opened = True
                await self.emit(group.page(self.key))
        except ExpressionError as error:
            self.fail(group.key, step_failure(error, self.step, group.bound))
        self._under_way = False
        self.context.scheduler.ready(self)
        self.settle()

    @property
    def _is_taken(self) -> bool:
        return bool(self.readers or self.annotators or self.kept is not None or self.step.node.run_if is not None)

    @property
    def records(self) -> Collection[JsonValue]:
        """Its parents' records, in the order of ``depends_on``; with ``run_if`` only those that it let through."""
        if self.step.node.run_if is not None:
            return self._records
        return Chained([self.context.nodes[source].records for source in self.flow.streams] if self._opened else [])

    @property
    def count(self) -> int:
        """How many records there are."""
        if self.step.node.run_if is not None:
            return self._records.count
        return sum(self.context.nodes[source].count for source in self.flow.streams) if self._opened else 0
