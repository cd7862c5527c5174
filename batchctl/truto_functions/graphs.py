"""``$dependencyGraph``: records and their parents, in an order in which parents come first."""

from __future__ import annotations

from typing import Final

from batchctl.javascript.budget import tick
from batchctl.javascript.coercion import items, text, truthy
from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.structs import Struct, field
from batchctl.truto_functions.hosting import Hosted
from batchctl.truto_functions.lodash_paths import get
from batchctl.truto_functions.objects import Method, ObjectKind

Key = tuple[str, object]
"""The type of a node's name, and the name: the text "1" is not the number 1."""
Keys = dict[Key, None]
"""Keys of nodes, each once, in the order in which they came."""


class Graph(Struct):
    """A graph of records that need one another, as the npm package dependency-graph has it.

    ``nodes`` are the records by key, ``needs`` and ``needed_by`` the keys of those that each one needs and that need
    it. ``named`` are the values that name the records, by key.
    """

    nodes: dict[Key, object] = field(default_factory=dict)
    needs: dict[Key, Keys] = field(default_factory=dict)
    needed_by: dict[Key, Keys] = field(default_factory=dict)
    # What is shown for a key that is an object: Python knows it by its identity alone.
    named: dict[Key, object] = field(default_factory=dict)

    def add(self, name: object, node: object) -> None:
        """Add the record ``node``, named ``name`` (the number 1 is not ``"1"``), unless there is one with that name."""
        key = _key(name)
        if key not in self.nodes:
            self.nodes[key] = node
            self.named[key] = None if name is UNDEFINED else name
            self.needs[key], self.needed_by[key] = {}, {}

    def connect(self, key: Key, parent: Key) -> None:
        """Note that the node with the key ``key`` needs the one with the key ``parent``; both must have been added."""
        self.needs[key][parent] = self.needed_by[parent][key] = None


def dependency_graph(array: object, parent_path: object, path: object) -> Graph:
    """``$dependencyGraph``: a graph of the records in the list ``array``, each of which needs its parent.

    ``path`` leads to a record's name in it, ``parent_path`` to that of its parent (lodash paths, ``a.b[0]``). Raises
    ``HostError`` for what is no list. A parent that is not in the list counts as none; it is found by the text of its
    name. Of several records with one name the first is the node; records without a name share the name UNDEFINED.
    """
    records = items(array, "array", "forEach")
    named = {text(get(record, path)): record for record in records}
    graph = Graph()
    for record in records:
        parent, name = get(record, parent_path), get(record, path)
        graph.add(name, record)
        if truthy(named.get(text(parent))):
            graph.add(parent, named[text(parent)])
            graph.connect(_key(name), _key(parent))
    return graph


def _key(value: object) -> Key:
    """What a Map takes for the same: a text is not a number."""
    kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, int | float) else type(value).__name__
    return kind, id(value) if isinstance(value, dict | list) else value


def _visit(edges: dict[Key, Keys], starts: list[Key], *, leaves_only: bool) -> list[Key]:
    """Depth first from each start, a node after those that it points at. Raises ``HostError`` at a cycle."""
    done: set[Key] = set()
    result: list[Key] = []
    for start in starts:
        pending = [(start, False)]
        path: list[Key] = []
        on_path: set[Key] = set()
        while pending:
            tick()
            key, left = pending[-1]
            if left:
                pending.pop()
                path.pop()
                on_path.discard(key)
                done.add(key)
                if not leaves_only or not edges[key]:
                    result.append(key)
            elif key in done:
                pending.pop()
            elif key in on_path:
                raise HostError(f"Dependency Cycle Found: {' -> '.join(text(each[1]) for each in [*path, key])}")
            else:
                on_path.add(key)
                path.append(key)
                pending[-1] = (key, True)
                pending += [(each, False) for each in reversed(edges[key])]
    return result


def _overall(graph: Graph, leaves_only: object) -> object:
    every = list(graph.nodes)
    _visit(graph.needs, every, leaves_only=False)
    starts = [key for key in every if not graph.needed_by[key]]
    return [graph.named[key] for key in _visit(graph.needs, starts, leaves_only=truthy(leaves_only))]


def _reachable(graph: Graph, edges: dict[Key, Keys], node: object) -> object:
    key = _existing(graph, node)
    return [graph.named[each] for each in _visit(edges, [key], leaves_only=False) if each != key]


def _existing(graph: Graph, node: object) -> Key:
    if _key(node) not in graph.nodes:
        raise HostError(f"Node does not exist: {text(node)}")
    return _key(node)


def _clone(graph: Graph) -> object:
    return GRAPH.make(graph)


GRAPH: Final[ObjectKind] = ObjectKind(
    "graph",
    {
        "overallOrder": Method(_overall, 1),
        "dependenciesOf": Method(lambda graph, node: _reachable(graph, graph.needs, node), 1),
        "dependantsOf": Method(lambda graph, node: _reachable(graph, graph.needed_by, node), 1),
        "hasNode": Method(lambda graph, node: _key(node) in graph.nodes, 1),
        "getNodeData": Method(lambda graph, node: graph.nodes[_existing(graph, node)], 1),
        "clone": Method(lambda graph: graph, 0, "graph"),
    },
    # Its maps are empty as JSON.
    bare={"nodes": {}, "outgoingEdges": {}, "incomingEdges": {}},
    inner=("nodes", "outgoingEdges", "incomingEdges", "circular"),
    makes={"graph": _clone},
)
KINDS: Final = (GRAPH,)
FUNCTIONS: Final = {"dependencyGraph": Hosted(dependency_graph, 3, 3, makes="graph")}
