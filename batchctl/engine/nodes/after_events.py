"""What comes after an event of a sync job: nothing of it is done where the event does not come true."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.engine.context import Context
    from batchctl.engine.flow import Flow
    from batchctl.plan.planner import Step


class AfterEvents:
    """The part of a node that knows whether it has nothing to do, since an ``event`` node before it did not come true.

    An event of a sync job is the start, the success or the failure of its run. ``_awaited`` and ``_streams`` are the
    keys of those nodes that it waits for, or gets pages from, and that have not finished.
    """

    step: Step
    flow: Flow
    context: Context
    _awaited: set[str]
    _streams: set[str]

    @cached_property
    def is_due(self) -> bool:
        """Whether all ``event`` nodes that it depends on have come true, and one of the other parents, if any, is due.

        A node that is not due makes no calls and has no records. Ask it only once the node has finished, as all that it
        waits for has then; the answer does not change.
        """
        return self._may_follow(frozenset(self.step.parents))

    @property
    def _has_no_part(self) -> bool:
        """Whether it does nothing, since an event before it did not come true; False while that is not known."""
        is_open = self._awaited or (self.flow.gathers and self._streams)
        return not is_open and self._is_barred

    @cached_property
    def _is_barred(self) -> bool:
        known = self.flow.waits.union(self.flow.streams) if self.flow.gathers else self.flow.waits
        return not self._may_follow(known.intersection(self.step.parents))

    def _may_follow(self, parents: frozenset[str]) -> bool:
        """Whether ``parents``, which have finished, let it do something: all events, and one of the other nodes."""
        nodes, definitions = self.context.nodes, self.context.plan.graph.nodes
        events = {key for key in parents if definitions[key].kind == "event"}
        others = parents - events
        return events <= self.context.fired and (not others or any(nodes[key].is_due for key in others))
