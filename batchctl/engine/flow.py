"""How records flow through a plan: what a node waits for, what it takes page by page, what is kept for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, Spool, SyncNode, Transform
from batchctl.plan.forms import analysed
from batchctl.plan.reads import may_read
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from batchctl.definition.model import Resource
    from batchctl.plan.planner import Plan, Step


class Flow(Struct, frozen=True):
    """What one node gets from other nodes, and when; nodes are named by their keys.

    Nodes in ``waits`` must have finished before it starts; those in ``streams`` pass their pages on to it as they come.
    A request is repeated for each record of ``driver`` (None: it is made once), combined with the records of
    ``others``. ``lists`` has the nodes of which its expressions see all records, by the node that a page comes from
    (None: no page), first those with the fewest dependencies between them and this node. ``contexts`` are the
    add_context nodes whose keys it reads; of two that add the same key the later one's value is read. A node that
    ``gathers`` works once all ``streams`` have finished, once for each combination of records of the nodes in
    ``branch``.
    """

    waits: frozenset[str]
    streams: tuple[str, ...] = ()
    driver: str | None = None
    others: tuple[str, ...] = ()
    lists: Mapping[str | None, tuple[str, ...]] = field(default_factory=dict)
    contexts: tuple[str, ...] = ()
    gathers: bool = False
    branch: tuple[str, ...] = ()


class Flows(Struct, frozen=True):
    """The ``Flow`` of each node of a plan, by key, and which records have to be kept for other nodes.

    ``make_flows`` makes it. Nodes in ``kept_items`` keep their records together with the records that these were made
    from, those in ``kept_lists`` the records alone; those in ``kept_branches`` remember for which records they made
    calls.
    """

    of: Mapping[str, Flow]
    kept_items: frozenset[str]
    kept_lists: frozenset[str]
    kept_branches: frozenset[str]


def make_flows(plan: Plan) -> Flows:
    """The flows of all nodes of ``plan``: what each waits for, what it gets page by page, and what is kept for it."""
    maker = _FlowMaker(plan)
    for wave in plan.waves:
        for key in wave:
            maker.add(plan.steps[key])
    items = frozenset(
        node
        for flow in maker.flows.values()
        for node in (*flow.others, *([flow.driver] if flow.driver and flow.driver not in flow.streams else ()))
    )
    lists = maker.through_spools(
        (
            *(node for flow in maker.flows.values() for nodes in flow.lists.values() for node in nodes),
            # A sync job answers nobody: what it brought is with its destinations.
            *(key for key, step in plan.steps.items() if step.node.in_result and plan.definition.job is None),
        )
    )
    gathering = [flow for flow in maker.flows.values() if flow.gathers and flow.branch]
    branches = frozenset(node for flow in gathering for node in maker.with_sources(flow.streams))
    return Flows(maker.flows, items, lists, branches)


class _FlowMaker:
    """Goes through the plan from its roots."""

    def __init__(self, plan: Plan) -> None:
        self.flows: dict[str, Flow] = {}
        self._plan = plan
        self._graph = plan.graph
        # The ancestors whose record each record of a node is bound to, whatever page it came with.
        self._bound: dict[str, frozenset[str]] = {}
        # The nodes that are surely done when a node gives a page.
        self._done: dict[str, frozenset[str]] = {}
        # Nodes that give at most one page per branch.
        self._closed: set[str] = set()

    def add(self, step: Step) -> None:
        """Work out the flow of a node whose parents are known."""
        key, sources = step.node.key, self._graph.sources(step.node.key)
        driver: str | None = None
        others: tuple[str, ...] = ()
        gathers = False
        waits = self._contexts_to_await(key)
        contexts = tuple(name for name in self._graph.contexts(key) if name in waits)
        waits |= {parent for parent in step.parents if self._is_whole(parent)}
        match step.node:
            case Request():
                more, streams, driver, others = self._request(step, sources)
                waits |= more
                nodes = {fan_out.node for fan_out in step.fan_outs}
                self._bound[key] = frozenset(nodes.union(*(self._bound[node] for node in nodes)))
            case SyncNode():
                # Records come to a destination page by page; all else waits.
                streams = tuple(source for source in sources if _is_persisted(step.node, source, self._plan))
                waits |= frozenset(sources) - frozenset(streams)
                self._bound[key] = _shared([self._bound[source] for source in streams])
            case Transform() | AddContext() if sources and not self._give_records(sources):
                # After an event, a destination or a stored state: once.
                streams, waits = (), waits | frozenset(sources)
                self._bound[key] = frozenset()
                self._closed.add(key)
            case Transform() | Spool() | AddContext():
                streams = sources
                is_closed = all(source in self._closed for source in sources)
                if isinstance(step.node, Transform) and not is_closed:
                    # Page by page of those that have many, over all that the others have.
                    streams = tuple(source for source in sources if source not in self._closed)
                    waits |= frozenset(sources) - frozenset(streams)
                self._bound[key] = _shared([self._bound[source] for source in streams])
                gathers = isinstance(step.node, Spool) or (len(streams) > 1 and is_closed)
                if isinstance(step.node, Spool) or is_closed:
                    self._closed.add(key)
        branch = tuple(node for node in self._plan.steps if node in self._bound[key])
        done = waits.union(*(self._graph.ancestors(node) for node in waits))
        if gathers:
            done |= set(self._graph.ancestors(key))
        self._done[key] = done | _shared([self._done[source] for source in streams])
        lists = self._lists(step, done, streams)
        self.flows[key] = Flow(waits, streams, driver, others, lists, contexts, gathers, branch)

    def with_sources(self, nodes: Iterable[str]) -> Iterator[str]:
        """These nodes and, after transforms, those that they have their records from."""
        for key in nodes:
            yield key
            if isinstance(self._graph.nodes[key], Transform):
                yield from self.with_sources(self.flows[key].streams)

    def through_spools(self, nodes: Iterable[str]) -> frozenset[str]:
        """These nodes; a spool has no records of its own, so those that bring it theirs instead."""
        found: set[str] = set()
        pending = list(nodes)
        while pending:
            key = pending.pop()
            if isinstance(self._graph.nodes[key], Spool):
                pending.extend(self._graph.sources(key))
            if not isinstance(self._graph.nodes[key], Spool) or self._graph.nodes[key].run_if is not None:
                found.add(key)
        return frozenset(found)

    def _is_whole(self, key: str) -> bool:
        """Whether ``key`` is an add_context that adds to the run or to branches, not to each record of a node."""
        if not isinstance(self._graph.nodes[key], AddContext):
            return False
        sources = self._graph.sources(key)
        return all(isinstance(self._graph.nodes[key], Spool) for key in sources) or not self._give_records(sources)

    def _give_records(self, sources: Iterable[str]) -> bool:
        """Whether one of ``sources`` gives pages of records."""
        return any(_gives_records(self._graph.nodes[key]) for key in sources)

    def _contexts_to_await(self, key: str) -> frozenset[str]:
        return frozenset(name for name in self._graph.contexts(key) if self._is_whole(name))

    def _request(
        self, step: Step, sources: tuple[str, ...]
    ) -> tuple[frozenset[str], tuple[str, ...], str | None, tuple[str, ...]]:
        if not step.fan_outs:
            return frozenset(sources), (), None, ()
        driver = step.fan_outs[0].node
        along = self._bound[driver]
        others = tuple(fan_out.node for fan_out in step.fan_outs[1:] if fan_out.node not in along)
        waits = frozenset((*sources, *others))
        if driver in sources:
            return waits - {driver} - along, (driver,), driver, others
        return waits | {driver}, (), driver, others

    def _lists(self, step: Step, done: frozenset[str], streams: tuple[str, ...]) -> dict[str | None, tuple[str, ...]]:
        analyses = [analysed(text) for text in step.jsonata()]
        if not analyses:
            return {}
        graph, key = self._graph, step.node.key
        bound = self._bound[key] if isinstance(step.node, Request) else frozenset[str]()
        wanted = [
            node
            for node in graph.ancestors(key)
            if node not in bound
            and _brings_records(graph.nodes[node])
            and any(may_read(analysis, graph, node) for analysis in analyses)
        ]
        found: dict[str | None, tuple[str, ...]] = {None: tuple(node for node in wanted if node in done)}
        for source in streams:
            seen = done | self._done[source]
            found[source] = tuple(node for node in wanted if node in seen)
        return found


def _brings_records(node: Resource) -> bool:
    """Whether expressions see records of it: an add_context adds names instead."""
    return not isinstance(node, AddContext) and _gives_records(node)


def _gives_records(node: Resource) -> bool:
    """Whether it gives pages of records: of the nodes that only a sync job has, a read state alone does."""
    return not isinstance(node, SyncNode) or node.kind == "get_state"


def _is_persisted(node: SyncNode, source: str, plan: Plan) -> bool:
    """Whether the records of ``source`` go to a destination; what it only depends on makes it wait."""
    other = plan.graph.nodes[source]
    return node.persists(source) or (isinstance(other, Request) and node.persists(other.resource))


def _shared(sets: list[frozenset[str]]) -> frozenset[str]:
    return frozenset.intersection(*sets) if sets else frozenset()
