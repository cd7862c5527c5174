"""What resources wait for, and which of that does not exist."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext
from batchctl.diagnostics.spelling import Names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.plan.definition_graph import DefinitionGraph


class Dependencies:
    """What the nodes of a definition depend on, and which of these names no node has."""

    def __init__(self, graph: DefinitionGraph) -> None:
        self._graph = graph
        self._contexts = [key for key, node in graph.nodes.items() if isinstance(node, AddContext)]

    @cached_property
    def names(self) -> Names:
        """The names that ``depends_on`` may have, to suggest one of them."""
        return Names(self._graph.nodes)

    @cached_property
    def unresolvable(self) -> Mapping[str, tuple[str, ...]]:
        """By key of a node the names in its ``depends_on`` that no node has, or its own; only for nodes with some."""
        found: dict[str, tuple[str, ...]] = {}
        for unknown in self._graph.unknown:
            found[unknown.key] = (*found.get(unknown.key, ()), unknown.written)
        for key, edges in self._graph.edges.items():
            if any(edge.needs == key for edge in edges):
                found[key] = (*found.get(key, ()), key)
        return found

    def context_above(self, key: str) -> Sequence[str]:
        """The keys of the ``add_context`` nodes whose values the node ``key`` can read.

        These are those before it, and those whose parent is before it: what an add_context adds to its parent's records
        is read by all nodes after that parent.
        """
        if not self._contexts:
            return ()
        above = set(self._graph.ancestors(key))
        return [
            name for name in self._contexts if name in above or any(one in above for one in self._graph.parents(name))
        ]

    def is_unresolvable(self, key: str) -> bool:
        """Whether the node ``key``, or one before it, depends on a name that no node has, or on itself."""
        return bool(self.unresolvable) and (
            key in self.unresolvable or any(one in self.unresolvable for one in self._graph.ancestors(key))
        )
