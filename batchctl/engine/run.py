"""What all nodes of one run share: the plan, the backend, the scheduler, the clock, and one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from batchctl.definition.model import AddContext, Request, Spool, Transform
from batchctl.engine.events import ignore
from batchctl.engine.flow import make_flows
from batchctl.engine.nodes.request import RequestRun
from batchctl.engine.nodes.spool import SpoolRun
from batchctl.engine.nodes.transform import AddContextRun, TransformRun
from batchctl.engine.records import Records
from batchctl.engine.scheduler import Scheduler
from batchctl.engine.spill import Spill

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.definition.model import Resource
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Event, Observer
    from batchctl.engine.nodes.base import NodeRun
    from batchctl.engine.options import RunOptions
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Plan


class Stopped(Exception):
    """The first error ends the run, as ``fail_fast`` asks."""


class Run:
    """One run of a plan."""

    def __init__(
        self, plan: Plan, backend: Backend, observer: Observer, clock: Callable[[], float], options: RunOptions
    ) -> None:
        self.plan = plan
        self.backend = backend
        self.options = options
        self.args = plan.definition.args
        self.scheduler = Scheduler(options.concurrency)
        self.added: dict[str, JsonObject] = {}
        # Whether anyone listens: telling costs time with every call.
        self.observed = observer is not ignore
        self._observer = observer
        self._clock = clock
        self._began_s = clock()
        self._serial = 0
        self._lists: dict[str, list[JsonValue]] = {}
        self._flows = make_flows(plan)
        self._spill = Spill()
        # What lies deeper comes first, and of a wave what stands first in the file.
        self._numbers = {key: number for number, key in enumerate(key for wave in plan.waves for key in reversed(wave))}
        self.nodes: dict[str, NodeRun] = {key: self._node(key) for key in self._numbers}
        self._connect()

    def now(self) -> float:
        """Seconds since the run began."""
        return self._clock() - self._began_s

    def tell(self, event: Event) -> None:
        """Pass an event on to the observer."""
        self._observer(event)

    def next_serial(self) -> int:
        """The number of a new call."""
        self._serial += 1
        return self._serial

    def failed(self) -> None:
        """Hear of an error. Raises ``Stopped`` where the first one ends the run."""
        if self.options.fail_fast:
            raise Stopped

    def list_of(self, key: str) -> list[JsonValue]:
        """All records of a node that is done, as expressions see them."""
        if key not in self._lists:
            self._lists[key] = list(self.nodes[key].records)
        return self._lists[key]

    def records_of(self, key: str) -> Records:
        """Where a node puts its records."""
        kept = key in self._flows.kept_lists
        return Records(self._spill, self._numbers[key], keep=self.options.keep_records, first_few=not kept)

    def _node(self, key: str) -> NodeRun:
        step = self.plan.steps[key]
        node = _kind(step.node)(step, self._flows.of[key], self, self._numbers[key])
        if key in self._flows.kept_items:
            node.kept = []
        return node

    def _connect(self) -> None:
        for node in self.nodes.values():
            for key in {*node.step.parents, *node.flow.waits}:
                self.nodes[key].dependents.append(node)
            for key in node.flow.streams:
                self.nodes[key].readers.append(node)
            self.scheduler.ready(node)


def _kind(node: Resource) -> type[NodeRun]:
    match node:
        case Request():
            return RequestRun
        case Transform():
            return TransformRun
        case AddContext():
            return AddContextRun
        case Spool():
            return SpoolRun
        case _:
            assert_never(node)
