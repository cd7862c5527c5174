"""A spool: it makes nothing of its own; it is done when all its parents are, and then stands for their records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.failures import step_failure
from batchctl.engine.lineage import Item
from batchctl.engine.nodes.base import NodeRun
from batchctl.engine.records import Chained
from batchctl.errors import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Collection, Iterator

    from batchctl.engine.context import Peer
    from batchctl.json_types import JsonValue


class SpoolRun(NodeRun):
    """A spool at work."""

    _passes: bool | None = None

    def work(self) -> Awaitable[None] | None:
        """Nothing but ``run_if``, once."""
        if self._passes is None:
            try:
                self._passes = self.may_run(self.scope({}, None))
                self._answered = 1
            except ExpressionError as error:
                self._passes = False
                self.fail((), step_failure(error, self.step, {}))
        return None

    def is_idle(self) -> bool:
        """Always: it does not work."""
        return True

    @property
    def records(self) -> Collection[JsonValue]:
        """Those of its parents, in the order of ``depends_on``."""
        return Chained([node.records for node in self._sources])

    @property
    def count(self) -> int:
        """How many records its parents brought."""
        return sum(node.count for node in self._sources)

    def items(self) -> Iterator[Item]:
        """The records of its parents, each bound to itself."""
        for number, node in enumerate(self._sources):
            for item in node.items():
                yield Item((number, *item.key), item.record, {**item.ancestors, self.step.parents[number]: item})

    @property
    def _sources(self) -> list[Peer]:
        return [self.context.nodes[parent] for parent in self.step.parents] if self._passes else []
