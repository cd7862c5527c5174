"""Directed graphs over nodes of any kind: order, reachability, components, cycles. Knows nothing of definitions.

A graph is made from what each node waits for (its *parents*). Everything keeps the order in which the nodes were
given, so that equal input gives equal output:

>>> graph = Graph({"shop": (), "orders": ("shop",), "lines": ("orders",), "report": ("lines", "shop")})
>>> graph.waves()
(('shop',), ('orders',), ('lines',), ('report',))
>>> list(graph.ancestors("report"))
['lines', 'shop', 'orders']
>>> Graph({"a": ("b",), "b": ("a",)}).cycles()
(('a', 'b', 'a'),)

Nodes on a cycle are no error here: they are in no wave, and ``cycles`` says why. Nothing is recursive, since a chain
of nodes can be longer than Python's stack.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Node = TypeVar("Node")


class Graph(Generic[Node]):
    """A directed graph of dependencies. ``parents`` maps each node to those that it waits for.

    A parent that is given twice counts once; a node may be its own parent. Raises ``ValueError`` for a parent that is
    not a node of the graph.
    """

    def __init__(self, parents: Mapping[Node, Iterable[Node]]) -> None:
        self._parents = {node: tuple(dict.fromkeys(before)) for node, before in parents.items()}
        for node, before in self._parents.items():
            for parent in before:
                if parent not in self._parents:
                    raise ValueError(f"{node!r} waits for {parent!r}, which is no node of the graph")

    def parents(self, node: Node) -> tuple[Node, ...]:
        """What ``node`` waits for directly, each once, in the order given. Raises ``KeyError`` for an unknown node."""
        return self._parents[node]

    def children(self) -> Mapping[Node, tuple[Node, ...]]:
        """For each node those that wait for it directly, in the order of the graph."""
        return self._children

    def ancestors(self, node: Node) -> Iterator[Node]:
        """All that ``node`` waits for, directly or not; never ``node`` itself, not even on a cycle.

        Each comes once, those with the fewest dependencies between them and ``node`` first.
        """
        seen = {node}
        queue = deque(self.parents(node))
        while queue:
            before = queue.popleft()
            if before not in seen:
                seen.add(before)
                yield before
                queue.extend(self.parents(before))

    def waves(self) -> tuple[tuple[Node, ...], ...]:
        """The nodes in waves: those of a wave wait only for nodes of earlier waves, and can start together.

        Nodes on a cycle, and nodes that wait for them, are in no wave.
        """
        return self._waves

    def components(self) -> Iterator[list[Node]]:
        """The strongly connected components, parents before children: groups of nodes that all wait for one another.

        A node that is on no cycle is a component of its own. The algorithm is Tarjan's (1972).
        """
        index: dict[Node, int] = {}
        low: dict[Node, int] = {}
        # Nodes that are not yet in a component, in the order of their discovery.
        pending: dict[Node, None] = {}
        for root in self._parents:
            if root in index:
                continue
            work = [self._enter(root, index, low, pending)]
            while work:
                node, parents = work[-1]
                parent = next(parents, None)
                if parent is None:
                    work.pop()
                    if work:
                        below = work[-1][0]
                        low[below] = min(low[below], low[node])
                    if low[node] == index[node]:
                        yield _close(node, pending)
                elif parent not in index:
                    work.append(self._enter(parent, index, low, pending))
                elif parent in pending:
                    low[node] = min(low[node], index[parent])

    def _enter(
        self, node: Node, index: dict[Node, int], low: dict[Node, int], pending: dict[Node, None]
    ) -> tuple[Node, Iterator[Node]]:
        index[node] = low[node] = len(index)
        pending[node] = None
        return node, iter(self.parents(node))

    def cycles(self) -> tuple[tuple[Node, ...], ...]:
        """One shortest cycle per component of several nodes, ``("a", "b", "a")``, from its first node in the graph.

        A node that only waits for itself is not among them.
        """
        if sum(map(len, self.waves())) == len(self._parents):
            return ()
        place = self._order
        groups = [frozenset(group) for group in self.components() if len(group) > 1]
        starts = sorted(
            ((min(group, key=place.__getitem__), group) for group in groups), key=lambda pair: place[pair[0]]
        )
        return tuple(self._shortest_cycle(start, members) for start, members in starts)

    def _shortest_cycle(self, start: Node, members: frozenset[Node]) -> tuple[Node, ...]:
        came_from: dict[Node, Node] = {}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            for parent in self.parents(node):
                if parent == start and node != start:
                    return _walk_back(came_from, start, node)
                if parent in members and parent not in came_from and parent != start:
                    came_from[parent] = node
                    queue.append(parent)
        raise AssertionError("a component of several nodes has no cycle through its first node")

    @cached_property
    def _order(self) -> Mapping[Node, int]:
        return {node: place for place, node in enumerate(self._parents)}

    @cached_property
    def _children(self) -> Mapping[Node, tuple[Node, ...]]:
        children: dict[Node, list[Node]] = {node: [] for node in self._parents}
        for node, parents in self._parents.items():
            for parent in parents:
                children[parent].append(node)
        return {node: tuple(after) for node, after in children.items()}

    @cached_property
    def _waves(self) -> tuple[tuple[Node, ...], ...]:
        waiting = {node: len(parents) for node, parents in self._parents.items()}
        waves: list[tuple[Node, ...]] = []
        ready = [node for node, count in waiting.items() if count == 0]
        while ready:
            waves.append(tuple(ready))
            following: list[Node] = []
            for node in ready:
                for child in self._children[node]:
                    waiting[child] -= 1
                    if waiting[child] == 0:
                        following.append(child)
            ready = sorted(following, key=self._order.__getitem__)
        return tuple(waves)


def _walk_back(came_from: Mapping[Node, Node], start: Node, last: Node) -> tuple[Node, ...]:
    path = [start, last]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))


def _close(node: Node, pending: dict[Node, None]) -> list[Node]:
    component = []
    while node in pending:
        component.append(pending.popitem()[0])
    return component
