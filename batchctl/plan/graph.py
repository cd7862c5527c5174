"""Who waits for whom. Built for faulty files too, so that rules and the planner see one graph."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Spool, Transform
from batchctl.plan.reads import address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchctl.definition.model import Resource


@dataclass(frozen=True, slots=True)
class Edge:
    """A node waits for ``needs`` because item ``item`` of its ``depends_on`` says ``written``."""

    needs: str
    written: str
    item: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """Item ``item`` of the ``depends_on`` of node ``key`` names nothing in the file."""

    key: str
    written: str
    item: int


@dataclass(frozen=True)
class Graph:
    """Nodes by key in the order of the file. Of two nodes with one key the first is here, others in ``duplicates``."""

    nodes: Mapping[str, Resource]
    edges: Mapping[str, tuple[Edge, ...]]
    unknown: tuple[Unknown, ...]
    duplicates: tuple[Resource, ...]

    @cached_property
    def _parents(self) -> Mapping[str, tuple[str, ...]]:
        return {key: tuple(dict.fromkeys([edge.needs for edge in edges])) for key, edges in self.edges.items()}

    def parents(self, key: str) -> tuple[str, ...]:
        """The nodes that ``key`` names in its ``depends_on``, each once."""
        return self._parents[key]

    def sources(self, key: str) -> tuple[str, ...]:
        """The nodes whose records come to ``key``: its parents; an add_context lets those of its own parents pass."""
        found: dict[str, None] = {}
        pending, seen = list(reversed(self.parents(key))), {key}
        while pending:
            parent = pending.pop()
            if isinstance(self.nodes[parent], AddContext):
                if parent not in seen:
                    seen.add(parent)
                    pending.extend(reversed(self.parents(parent)))
            else:
                found[parent] = None
        return tuple(found)

    def places(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Where the records of ``key`` stand below ``resources``, its own address first.

        What a transform makes takes the place of the records that it was made from, and a spool passes records on:
        both stand under the addresses of the nodes before them, too. An add_context has no records.
        """
        return self._places[key]

    @cached_property
    def _places(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        found: dict[str, tuple[tuple[str, ...], ...]] = {}
        order = [*(key for wave in self.waves() for key in wave), *self.nodes]
        for key in order:
            node = self.nodes[key]
            if key in found:
                continue
            own = () if isinstance(node, AddContext) else (address(node),)
            before = self.sources(key) if isinstance(node, Transform | Spool) else ()
            taken = (place for source in before for place in found.get(source, ()))
            found[key] = tuple(dict.fromkeys((*own, *taken)))
        return found

    def contexts(self, key: str) -> tuple[str, ...]:
        """The add_context nodes whose additions ``key`` may see, farthest first.

        These are the ones before it, and those beside it: what is added to a node's records is there for everything
        after that node. One without parents is there for all nodes.
        """
        before = dict.fromkeys(self.ancestors(key))
        place = self._order
        found = []
        for name in self._context_nodes:
            # Of two beside each other the later sees what the earlier added.
            later = isinstance(self.nodes[key], AddContext) and place[name] >= place[key]
            beside = name != key and not later and all(parent in before for parent in self.parents(name))
            if name in before or beside:
                found.append(name)
        return tuple(found)

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {key: place for place, key in enumerate(self.nodes)}

    @cached_property
    def _context_nodes(self) -> tuple[str, ...]:
        """Farthest first: by wave, then by place in the file."""
        nodes = (key for wave in self.waves() for key in wave)
        return tuple(key for key in nodes if isinstance(self.nodes[key], AddContext))

    def ancestors(self, key: str) -> Iterator[str]:
        """All that ``key`` waits for, nearest first; safe on cycles."""
        seen = {key}
        queue = deque(self.parents(key))
        while queue:
            node = queue.popleft()
            if node not in seen:
                seen.add(node)
                yield node
                queue.extend(self.parents(node))

    def waves(self) -> tuple[tuple[str, ...], ...]:
        """Nodes that can start together, in order; what is on or behind a cycle is left out."""
        return self._waves

    @cached_property
    def _waves(self) -> tuple[tuple[str, ...], ...]:
        waiting = {key: len(parents) for key, parents in self._parents.items()}
        children = self._children
        waves: list[tuple[str, ...]] = []
        ready = [key for key, count in waiting.items() if count == 0]
        order = {key: place for place, key in enumerate(self.nodes)}
        while ready:
            waves.append(tuple(ready))
            following: list[str] = []
            for key in ready:
                for child in children[key]:
                    waiting[child] -= 1
                    if waiting[child] == 0:
                        following.append(child)
            ready = sorted(following, key=order.__getitem__)
        return tuple(waves)

    def children(self) -> Mapping[str, Sequence[str]]:
        """For each node the nodes that wait for it, in the order of the file."""
        return self._children

    @cached_property
    def _children(self) -> Mapping[str, Sequence[str]]:
        children: dict[str, list[str]] = {key: [] for key in self.nodes}
        for key, parents in self._parents.items():
            for parent in parents:
                children[parent].append(key)
        return children

    @cached_property
    def addresses(self) -> Mapping[str, frozenset[tuple[str, ...]]]:
        """Where records stand below ``resources``, by the first step; see ``reads.address``."""
        found: dict[str, set[tuple[str, ...]]] = {}
        for node in self.nodes.values():
            if not isinstance(node, AddContext):
                place = address(node)
                found.setdefault(place[0], set()).add(place)
        return {first: frozenset(places) for first, places in found.items()}

    def cycles(self) -> tuple[tuple[str, ...], ...]:
        """One cycle per knot, ``("a", "b", "a")``, from its first node in the file; a self-dependency is not one."""
        if sum(map(len, self.waves())) == len(self.nodes):
            return ()
        place = {key: index for index, key in enumerate(self.nodes)}
        knots = [knot for knot in _knots(self) if len(knot) > 1]
        starts = [(min(knot, key=place.__getitem__), frozenset(knot)) for knot in knots]
        starts.sort(key=lambda pair: place[pair[0]])
        return tuple(_shortest_cycle(self, start, members) for start, members in starts)


def build_graph(resources: Sequence[Resource]) -> Graph:
    """The graph of these resources. A ``depends_on`` names a key first, else every node of that ``resource``."""
    nodes: dict[str, Resource] = {}
    duplicates = [node for node in resources if nodes.setdefault(node.key, node) is not node]
    by_resource = _keys_by_resource(nodes.values())
    edges: dict[str, tuple[Edge, ...]] = {}
    unknown: list[Unknown] = []
    for key, node in nodes.items():
        found: list[Edge] = []
        for item, written in enumerate(node.depends_on):
            targets = [written] if written in nodes else by_resource.get(written, [])
            found.extend(Edge(target, written, item) for target in targets)
            if not targets:
                unknown.append(Unknown(key, written, item))
        edges[key] = tuple(found)
    return Graph(nodes, edges, tuple(unknown), tuple(duplicates))


def _keys_by_resource(nodes: Iterable[Resource]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for node in nodes:
        resource = getattr(node, "resource", None)
        if resource is not None:
            keys.setdefault(resource, []).append(node.key)
    return keys


def _shortest_cycle(graph: Graph, start: str, members: frozenset[str]) -> tuple[str, ...]:
    came_from: dict[str, str] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for parent in graph.parents(node):
            if parent == start and node != start:
                return _walk_back(came_from, start, node)
            if parent in members and parent not in came_from and parent != start:
                came_from[parent] = node
                queue.append(parent)
    raise AssertionError("a knot of the graph has no cycle through its first node")


def _walk_back(came_from: Mapping[str, str], start: str, last: str) -> tuple[str, ...]:
    path = [start, last]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))


def _knots(graph: Graph) -> Iterator[list[str]]:
    """Strongly connected components (Tarjan 1972), without recursion since chains can be long."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    # Nodes not yet in a component, in the order of their discovery.
    pending: dict[str, None] = {}
    for root in graph.nodes:
        work: list[tuple[str, Iterator[str]]] = []
        entering: str | None = root if root not in index else None
        while entering is not None or work:
            if entering is not None:
                index[entering] = low[entering] = len(index)
                pending[entering] = None
                work.append((entering, iter(graph.parents(entering))))
                entering = None
            node, parents = work[-1]
            parent = next(parents, None)
            if parent is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    yield _close(node, pending)
            elif parent not in index:
                entering = parent
            elif parent in pending:
                low[node] = min(low[node], index[parent])


def _close(node: str, pending: dict[str, None]) -> list[str]:
    knot = []
    while node in pending:
        knot.append(pending.popitem()[0])
    return knot
