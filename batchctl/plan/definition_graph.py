"""The graph of a definition: which node waits for which, and where records come from and stand.

Built for faulty files too, so that rules and the planner see one graph.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Spool, Transform
from batchctl.plan.added import ValueOf
from batchctl.plan.graph import Graph
from batchctl.plan.reads import address
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchctl.definition.model import Resource


class Edge(Struct, frozen=True):
    """A dependency of one node on the node ``needs``, as the file has it.

    ``item`` is its index in ``depends_on``, from 0, and ``written`` what the file says there: the node's name, or the
    resource of several nodes.
    """

    needs: str
    written: str
    item: int


class Unknown(Struct, frozen=True):
    """A dependency of the node ``key`` on a name that no node has; ``written`` is that name.

    ``item`` is its index in ``depends_on``, from 0.
    """

    key: str
    written: str
    item: int


class DefinitionGraph(Graph[str]):
    """The nodes of a definition and what they depend on, as a graph of the nodes' keys.

    ``nodes`` are the nodes by key in the order of the file; of two with one key it has the first, and the others are in
    ``duplicates``. ``edges`` has the dependencies of each node, ``unknown`` those on names that no node has.
    """

    def __init__(
        self,
        nodes: Mapping[str, Resource],
        edges: Mapping[str, tuple[Edge, ...]],
        unknown: tuple[Unknown, ...] = (),
        duplicates: tuple[Resource, ...] = (),
    ) -> None:
        super().__init__({key: [edge.needs for edge in edges[key]] for key in nodes})
        self.nodes = nodes
        self.edges = edges
        self.unknown = unknown
        self.duplicates = duplicates

    def sources(self, key: str) -> tuple[str, ...]:
        """The keys of the nodes whose records the node ``key`` gets: those that it depends on, in that order.

        An add_context has no records: in its place are the nodes that it depends on.
        """
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
        """The addresses below ``resources`` at which the records of node ``key`` can be read: ``("crm", "contacts")``.

        Its own comes first. The records of a transform or spool can also be read at the addresses of the nodes before
        it. An add_context has none, since it has no records: ``values`` says where its object is.
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
        """The keys of the add_context nodes whose additions the node ``key`` may read, by wave, then as in the file.

        So one that depends on another comes after it. They are those that ``key`` depends on, directly or not, and
        those that depend only on nodes which it depends on, too. One without ``depends_on`` is read by all nodes.
        """
        before = dict.fromkeys(self.ancestors(key))
        place = self._order
        found = []
        for name in self._context_nodes:
            # Of two side by side the later sees what the earlier added.
            later = isinstance(self.nodes[key], AddContext) and place[name] >= place[key]
            is_apart = name != key and not later and all(parent in before for parent in self.parents(name))
            if name in before or is_apart:
                found.append(name)
        return tuple(found)

    @cached_property
    def _context_nodes(self) -> tuple[str, ...]:
        """Farthest first: by wave, then by place in the file."""
        nodes = (key for wave in self.waves() for key in wave)
        return tuple(key for key in nodes if isinstance(self.nodes[key], AddContext))

    @cached_property
    def values(self) -> Mapping[str, ValueOf]:
        """The add_context nodes whose object can be read at ``resources.NAME``: what has it, by the node's key.

        A name that is also the first step of the address of records means these instead.
        """
        added = [key for key, node in self.nodes.items() if isinstance(node, AddContext)]
        taken = {address(self.nodes[key])[0] for key in self.nodes if key not in added} if added else set()
        return {key: ValueOf(key) for key in added if key not in taken}

    @cached_property
    def addresses(self) -> Mapping[str, frozenset[tuple[str, ...]]]:
        """The addresses at which something can be read below ``resources``, by their first step.

        They are those of records, and the names of add_context nodes (``values``).

        For ``crm/contacts`` and ``crm/notes`` it is ``{"crm": {("crm", "contacts"), ("crm", "notes")}}``.
        """
        found: dict[str, set[tuple[str, ...]]] = {}
        for node in self.nodes.values():
            if not isinstance(node, AddContext):
                place = address(node)
                found.setdefault(place[0], set()).add(place)
        found.update((key, {(key,)}) for key in self.values)
        return {first: frozenset(places) for first, places in found.items()}


def build_graph(resources: Sequence[Resource]) -> DefinitionGraph:
    """The graph of ``resources``, faults included: unknown names, duplicate keys and cycles are part of it.

    A word in ``depends_on`` is a node's key, or else means every request on the resource of that name.
    """
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
    return DefinitionGraph(nodes, edges, tuple(unknown), tuple(duplicates))


def _keys_by_resource(nodes: Iterable[Resource]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for node in nodes:
        resource = getattr(node, "resource", None)
        if resource is not None:
            keys.setdefault(resource, []).append(node.key)
    return keys
