"""How records flow through a plan: what a node waits for, what it takes page by page, what is kept for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, Spool, Transform
from batchctl.plan.forms import analysed
from batchctl.plan.reads import may_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from batchctl.plan.planner import Plan, Step


@dataclass(frozen=True, slots=True)
class Flow:
    """The flow into one node.

    ``waits`` must be finished before it starts, ``streams`` bring it their pages as they come. ``others`` are the
    nodes whose records a request combines with those of its first fan-out. ``lists`` says, by the node that a page
    comes from (None: no page), of which other nodes its expressions see all records, nearest first. ``contexts``
    are the add_context nodes before it, nearest first.
    """

    waits: frozenset[str]
    streams: tuple[str, ...] = ()
    driver: str | None = None
    others: tuple[str, ...] = ()
    lists: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flows:
    """All of a plan. Nodes in ``kept_items`` keep their records with their lineage, those in ``kept_lists`` without."""

    of: Mapping[str, Flow]
    kept_items: frozenset[str]
    kept_lists: frozenset[str]


def make_flows(plan: Plan) -> Flows:
    """The flows of a plan, parents before children."""
    maker = _Maker(plan)
    for wave in plan.waves:
        for key in wave:
            maker.add(plan.steps[key])
    items = maker.through_spools(
        node
        for flow in maker.flows.values()
        for node in (*flow.others, *([flow.driver] if flow.driver and flow.driver not in flow.streams else ()))
    )
    lists = maker.through_spools(
        (
            *(node for flow in maker.flows.values() for nodes in flow.lists.values() for node in nodes),
            *(key for key, step in plan.steps.items() if step.node.in_result),
        )
    )
    return Flows(maker.flows, items, lists)


class _Maker:
    """Goes through the plan from its roots."""

    def __init__(self, plan: Plan) -> None:
        self.flows: dict[str, Flow] = {}
        self._plan = plan
        # The ancestors whose record each record of a node is bound to, whatever page it came with.
        self._bound: dict[str, frozenset[str]] = {}
        # The nodes that are surely done when a node gives a page.
        self._done: dict[str, frozenset[str]] = {}
        # Nodes that give at most one page, when all before them is done.
        self._once: set[str] = set()

    def add(self, step: Step) -> None:
        """Work out the flow of a node whose parents are known."""
        key = step.node.key
        match step.node:
            case Request():
                waits, streams, driver, others = self._request(step)
                nodes = {fan_out.node for fan_out in step.fan_outs}
                self._bound[key] = frozenset(nodes.union(*(self._bound[node] for node in nodes)))
            case Transform():
                streams = tuple(parent for parent in step.parents if parent not in self._once)
                waits, driver, others = frozenset(step.parents) - frozenset(streams), None, ()
                self._bound[key] = _shared([self._bound[parent] for parent in streams])
                if not streams:
                    self._once.add(key)
            case Spool() | AddContext():
                waits, streams, driver, others = frozenset(step.parents), (), None, ()
                self._once.add(key)
                inside = [self._bound[parent] | {parent} for parent in step.parents]
                self._bound[key] = _shared(inside) if isinstance(step.node, Spool) else frozenset()
        done = waits.union(*(self._plan.graph.ancestors(node) for node in waits))
        self._done[key] = done | _shared([self._done[source] for source in streams])
        contexts = tuple(
            node for node in self._plan.graph.ancestors(key) if isinstance(self._plan.graph.nodes[node], AddContext)
        )
        lists = self._lists(step, done, streams)
        self.flows[key] = Flow(waits, streams, driver, others, lists, contexts)

    def through_spools(self, nodes: Iterable[str]) -> frozenset[str]:
        """These nodes; a spool has no records of its own, so its parents instead."""
        found: set[str] = set()
        pending = list(nodes)
        while pending:
            key = pending.pop()
            step = self._plan.steps[key]
            if isinstance(step.node, Spool):
                pending.extend(step.parents)
            else:
                found.add(key)
        return frozenset(found)

    def _request(self, step: Step) -> tuple[frozenset[str], tuple[str, ...], str | None, tuple[str, ...]]:
        if not step.fan_outs:
            return frozenset(step.parents), (), None, ()
        driver = step.fan_outs[0].node
        along = self._bound[driver]
        others = tuple(fan_out.node for fan_out in step.fan_outs[1:] if fan_out.node not in along)
        waits = frozenset((*step.parents, *others))
        if driver in step.parents and isinstance(self._plan.graph.nodes[driver], Request | Transform):
            return waits - {driver} - along, (driver,), driver, others
        return waits | {driver}, (), driver, others

    def _lists(self, step: Step, done: frozenset[str], streams: tuple[str, ...]) -> dict[str | None, tuple[str, ...]]:
        analyses = [analysed(text) for text in _expressions(step)]
        if not analyses:
            return {}
        graph, key = self._plan.graph, step.node.key
        bound = self._bound[key] if isinstance(step.node, Request) else frozenset[str]()
        wanted = [
            node
            for node in graph.ancestors(key)
            if node not in bound
            and not isinstance(graph.nodes[node], AddContext)
            and any(may_read(analysis, graph.nodes[node]) for analysis in analyses)
        ]
        found: dict[str | None, tuple[str, ...]] = {None: tuple(node for node in wanted if node in done)}
        for source in streams:
            seen = done | self._done[source]
            found[source] = tuple(node for node in wanted if node in seen)
        return found


def _expressions(step: Step) -> Iterator[str]:
    node = step.node
    if node.run_if is not None:
        yield node.run_if
    if isinstance(node, Transform | AddContext):
        yield node.expression
    for form in (step.form, step.again):
        if form is not None:
            yield from form.expressions.values()


def _shared(sets: list[frozenset[str]]) -> frozenset[str]:
    return frozenset.intersection(*sets) if sets else frozenset()
