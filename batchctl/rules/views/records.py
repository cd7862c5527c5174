"""Where the records of a file's resources stand, who reads them, and what runs once per record."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext
from batchctl.diagnostics.spelling import Names
from batchctl.patterns import lazy_regex
from batchctl.plan.forms import analysed
from batchctl.plan.planner import find_fan_outs, find_places
from batchctl.plan.reads import address, reads_node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from batchctl.definition.model import Request, Resource
    from batchctl.plan.definition_graph import DefinitionGraph
    from batchctl.plan.planner import FanOut
    from batchctl.plan.reads import Segments
    from batchctl.rules.views.expressions import Expressions
    from batchctl.rules.views.loops import Loops
    from batchctl.rules.views.placeholders import Placeholders

# No blank, "?", "#" or backslash, no "%" (it would be encoded once more), and no step that is only dots.
_STEP = r"(?!\.{1,2}(?:/|$))[^\s/?#%{}\\]+"
_WELL_FORMED = lazy_regex(rf"{_STEP}(?:/{_STEP})?")


class Records:
    """The records that nodes of a definition bring: which paths lead to them, and what reads them.

    ``complete`` means that every resource could be built, so that records that are missing are really missing.
    ``requests`` are those of the definition. In the methods ``segments`` are the steps of a path, its root included:
    ``("resources", "crm", "contacts", "id")``.
    """

    def __init__(
        self,
        graph: DefinitionGraph,
        requests: Sequence[Request],
        placeholders: Placeholders,
        loops: Loops,
        expressions: Expressions,
        *,
        complete: bool,
    ) -> None:
        self._graph = graph
        self._requests = requests
        self._placeholders = placeholders
        self._loops = loops
        self._expressions = expressions
        self._complete = complete
        self._fan_outs: dict[int, Sequence[FanOut]] = {}

    @cached_property
    def malformed(self) -> Sequence[Request]:
        """The requests whose ``resource`` can't be part of a URL, so that no path leads to their records."""
        return [node for node in self._requests if not _WELL_FORMED.fullmatch(node.resource)]

    def is_unprovided(self, segments: Segments) -> bool:
        """Whether the path ``segments`` is below ``resources`` and surely leads to the records of no node.

        False where a part of the file could not be read.
        """
        is_known = self._complete and not self.malformed and len(segments) > 1 and segments[0] == "resources"
        return is_known and not self.is_provided(segments)

    def is_provided(self, segments: Segments) -> bool:
        """Whether the path ``segments`` leads to records of a node of the file, or to an object in or around them."""
        if segments[:1] != ("resources",):
            return False
        return len(segments) < 2 or next(find_places(segments, self._graph), None) is not None

    def is_no_member(self, segments: Segments) -> bool:
        """Whether the path ``segments`` surely leads to a key that the object of an add_context does not have."""
        known = self.members(segments) if len(segments) > 2 else None
        return known is not None and str(segments[2]) not in known

    def members(self, segments: Segments) -> Sequence[str] | None:
        """The keys of the object of the add_context that the path ``segments`` names (``resources.NAME…``).

        None where it names none, or where its expression does not say them.
        """
        name = str(segments[1]) if len(segments) > 1 and segments[0] == "resources" else ""
        node = self._graph.nodes[name] if name in self._graph.values else None
        return analysed(node.expression).members if isinstance(node, AddContext) else None

    @cached_property
    def by_address(self) -> Mapping[tuple[str, ...], list[Resource]]:
        """The nodes by the address of their records, which is where paths find them.

        It is ``("crm", "contacts")`` for ``resources.crm.contacts``. Nodes with one address are in the order of the
        file.
        """
        found: dict[tuple[str, ...], list[Resource]] = {}
        for node in self._graph.nodes.values():
            found.setdefault(address(node), []).append(node)
        return found

    @cached_property
    def addresses(self) -> Names:
        """The addresses of records as placeholders write them (``resources.crm.contacts``), to suggest one of them."""
        return Names(
            sorted(".".join(("resources", *place)) for each in self._graph.addresses.values() for place in each)
        )

    def fan_outs(self, node: Request) -> Sequence[FanOut]:
        """The nodes over whose records the request ``node`` is repeated, once per record of each."""
        if node.index not in self._fan_outs:
            self._fan_outs[node.index] = find_fan_outs(node, self._graph) if self.reads_any(node) else ()
        return self._fan_outs[node.index]

    def reads_any(self, node: Request) -> bool:
        """Whether the request ``node`` may read records of other nodes, and so be repeated for each."""
        if isinstance(node.query, str) or isinstance(node.body, str) or node.recurse is not None:
            return True
        looped = (node.loop_on or "").startswith("resources")
        return looped or any(read.segments[:1] == ("resources",) for read in self._placeholders.by_node[node.index])

    @cached_property
    def read(self) -> frozenset[tuple[str, ...]] | None:
        """The addresses of all records that something in the file reads, such as ``("crm", "contacts")``.

        None where it may be any.
        """
        if self._expressions.read_everything:
            return None
        paths = [read.segments for node, read in self._placeholders.reads if not reads_node(read.segments, node)]
        paths += [loop.segments for _, loop in self._loops.all]
        paths += [path.segments for _, _, each in self._expressions.analyses for path in each.paths]
        return frozenset(place for path in set(paths) for place in find_places(path, self._graph))
