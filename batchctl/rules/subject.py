"""What rules get to see of a file."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, Transform
from batchctl.errors import TemplateError
from batchctl.expression import check_syntax
from batchctl.plan.forms import analysed
from batchctl.plan.loops import read_loop
from batchctl.plan.planner import find_fan_outs, find_places
from batchctl.plan.reads import address, reads_node, reads_of
from batchctl.rules.leaves import gather
from batchctl.rules.names import Names
from batchctl.template import compile_template, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.definition.model import Resource
    from batchctl.diagnostics import Span
    from batchctl.expression import Analysis, ExpressionError, FunctionUse
    from batchctl.json_types import DataPath, JsonObject
    from batchctl.plan.graph import Graph
    from batchctl.plan.loops import Loop
    from batchctl.plan.planner import FanOut
    from batchctl.plan.reads import Read, Segments
    from batchctl.rules.leaves import Leaves
    from batchctl.template import Reference
    from batchctl.yaml12.source import Source


_WELL_FORMED = re.compile(r"[^\s/?#{}]+(/[^\s/?#{}]+)?")


class Subject:
    """One file as rules see it: whatever of it could be built, also when other parts are faulty.

    ``args`` are the merged arguments, ``declared`` the names that ``args_schema`` knows, ``account`` the integrated
    account, ``complete`` whether every resource could be built (so that something missing is really missing).
    """

    def __init__(
        self,
        resources: tuple[Resource, ...],
        graph: Graph,
        source: Source,
        *,
        args: JsonObject,
        declared: frozenset[str] = frozenset(),
        account: str | None = None,
        args_schema: JsonObject | None = None,
        complete: bool = True,
    ) -> None:
        self.resources = resources
        self.graph = graph
        self.source = source
        self.args = args
        self.declared = declared
        self.account = account
        self.args_schema = args_schema
        self.complete = complete
        self._fan_outs: dict[int, Sequence[FanOut]] = {}
        self._loop_values: dict[str, object] = {}
        self._arguments: dict[str, tuple[object, tuple[object, ...]]] = {}

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """The resources that make calls."""
        return tuple(node for node in self.resources if isinstance(node, Request))

    @cached_property
    def leaves(self) -> Leaves:
        """What of the requests and arguments rules look at one by one, gathered in one pass."""
        return gather(self.requests, self.args)

    @cached_property
    def references(self) -> tuple[tuple[Request, Reference], ...]:
        """Every placeholder of a request; ``path`` leads from the resource to its string."""
        return tuple(
            (node, replace(reference, path=path))
            for node, path, text in self.leaves.strings
            for reference in _references(text)
        )

    @cached_property
    def reads(self) -> tuple[tuple[Request, Read], ...]:
        """Every path that a placeholder of a request reads."""
        return tuple((node, read) for node, reference in self.references for read in reads_of(reference))

    @cached_property
    def reads_by_node(self) -> Mapping[int, Sequence[Read]]:
        """The same, by the request's index."""
        found: dict[int, list[Read]] = {node.index: [] for node in self.requests}
        for node, read in self.reads:
            found[node.index].append(read)
        return found

    @cached_property
    def loops(self) -> tuple[tuple[Request, Loop], ...]:
        """The requests with a ``loop_on``, and what it asks for."""
        return tuple((node, loop) for node in self.requests if (loop := read_loop(node.loop_on)))

    @cached_property
    def expressions(self) -> tuple[tuple[Resource, DataPath, str], ...]:
        """Every JSONata string: the resource, the path from there, the text."""
        return tuple((node, path, text) for node in self.resources for path, text in _expressions(node))

    @cached_property
    def faults(self) -> Mapping[str, ExpressionError]:
        """What is wrong with the text of expressions, by the text."""
        checked = {text: check_syntax(text) for text in dict.fromkeys(text for _, _, text in self.expressions)}
        return {text: error for text, error in checked.items() if error is not None}

    @cached_property
    def analyses(self) -> tuple[tuple[Resource, DataPath, str, Analysis], ...]:
        """The same, with what each uses; not of those that can't be read."""
        return tuple(
            (node, path, text, analysed(text)) for node, path, text in self.expressions if text not in self.faults
        )

    @cached_property
    def function_uses(self) -> tuple[tuple[Resource, DataPath, FunctionUse], ...]:
        """Every function that an expression uses and does not define itself, with the path of the expression."""
        return tuple(
            (node, self.at(node, *steps), use)
            for node, steps, _, analysis in self.analyses
            for use in analysis.functions
            if use.name not in analysis.variables
        )

    @cached_property
    def arguments_read(self) -> tuple[tuple[Request, Reference, object], ...]:
        """Placeholders that an argument answers, with what stands there; not those that read a loop's element."""
        found = []
        loops = {node.index: loop.segments for node, loop in self.loops}
        for node, reference in self.references:
            raw, segments = self._argument(reference.text)
            own = loops.get(node.index)
            if not segments or reference.path[0] == "loop_on" or (own and segments[: len(own)] == own):
                continue
            found.append((node, reference, raw))
        return tuple(found)

    def _argument(self, text: str) -> tuple[object, tuple[object, ...]]:
        """The argument that answers a placeholder, and the path that led there; no path where none does."""
        if "args" not in text:
            return None, ()
        if text not in self._arguments:
            self._arguments[text] = _answer(text, self.args)
        return self._arguments[text]

    @cached_property
    def used_arguments(self) -> frozenset[str] | None:
        """The names of arguments that anything reads; None when all of them may be read."""
        if self.faults:
            return None
        paths = [read.segments for _, read in self.reads]
        paths += [loop.segments for _, loop in self.loops]
        for analysis in {text: analysis for _, _, text, analysis in self.analyses}.values():
            if analysis.takes_everything or analysis.wildcards:
                return None
            paths += [path.segments for path in analysis.paths]
        own = [path for path in paths if path and path[0] == "args"]
        if any(len(path) < 2 or not isinstance(path[1], str) for path in own):
            return None
        return frozenset(str(path[1]) for path in own)

    def as_text(self, kind: type) -> Iterator[tuple[Request, Reference, object]]:
        """Placeholders that make text of an argument of this kind."""
        for node, reference, raw in self.arguments_read:
            plain = not reference.whole or all(each.cast in (None, "str") for each in reference.alternatives)
            if isinstance(raw, kind) and plain:
                yield node, reference, raw

    def is_unprovided(self, segments: Segments) -> bool:
        """Whether a path leads into ``resources``, to records that no resource of the file brings."""
        is_known = self.complete and not self.malformed and len(segments) > 1 and segments[0] == "resources"
        return is_known and not self.is_provided(segments)

    def is_provided(self, segments: Segments) -> bool:
        """Whether a path leads to records of any resource of the file, or to what holds them."""
        if segments[:1] != ("resources",):
            return False
        return len(segments) < 2 or next(find_places(segments, self.graph), None) is not None

    @cached_property
    def malformed(self) -> Sequence[Request]:
        """The requests whose ``resource`` is none; nobody can tell which paths are meant to lead to them."""
        return [node for node in self.requests if not _WELL_FORMED.fullmatch(node.resource)]

    @cached_property
    def by_address(self) -> Mapping[tuple[str, ...], list[Resource]]:
        """The resources whose records stand at an address; see ``plan.reads.address``."""
        found: dict[tuple[str, ...], list[Resource]] = {}
        for node in self.graph.nodes.values():
            found.setdefault(address(node), []).append(node)
        return found

    def fan_outs(self, node: Request) -> Sequence[FanOut]:
        """The ancestors per whose record the request runs."""
        if node.index not in self._fan_outs:
            self._fan_outs[node.index] = find_fan_outs(node, self.graph) if self.reads_records(node) else ()
        return self._fan_outs[node.index]

    def reads_records(self, node: Request) -> bool:
        """Whether a request may read records of others, and be made once for each."""
        if isinstance(node.query, str) or isinstance(node.body, str) or node.recurse is not None:
            return True
        looped = (node.loop_on or "").startswith("resources")
        return looped or any(read.segments[:1] == ("resources",) for read in self.reads_by_node[node.index])

    def place(self, node: Resource, reference: Reference) -> Span:
        """Where a placeholder stands in the file."""
        return self.source.within(self.at(node, *reference.path), reference.offset, reference.end)

    def at(self, node: Resource, *steps: str | int) -> DataPath:
        """The path of something in a resource."""
        return ("resources", node.index, *steps)

    def at_leaf(self, node: Request | None, steps: DataPath) -> DataPath:
        """The path of one of ``leaves``."""
        return ("args", *steps) if node is None else self.at(node, *steps)

    def loop_value(self, loop: Loop) -> object:
        """What the arguments alone make of a loop; None where they can't."""
        if loop.over not in self._loop_values:
            try:
                value = loop.template.render({"args": self.args})
            except TemplateError:
                value = None
            self._loop_values[loop.over] = value
        return self._loop_values[loop.over]

    @cached_property
    def faulty_loops(self) -> Mapping[int, object]:
        """What the loops lead to that have nothing to loop over: the path's first step in ``args``, by the request."""
        return {
            node.index: loop.segments[1]
            for node, loop in self.loops
            if loop.segments[:1] == ("args",)
            and len(loop.segments) > 1
            and not (loop.segments[1] not in self.args and loop.segments[1] in self.declared)
            and not isinstance(self.loop_value(loop), list)
        }

    @cached_property
    def astray(self) -> Mapping[str, tuple[str, ...]]:
        """What resources depend on that is not in the file (or is themselves): where they come from is not known."""
        found: dict[str, tuple[str, ...]] = {}
        for unknown in self.graph.unknown:
            found[unknown.key] = (*found.get(unknown.key, ()), unknown.written)
        for key, edges in self.graph.edges.items():
            if any(edge.needs == key for edge in edges):
                found[key] = (*found.get(key, ()), key)
        return found

    def is_astray(self, key: str) -> bool:
        """Whether a resource, or one before it, depends on what can't be found."""
        return bool(self.astray) and (
            key in self.astray or any(one in self.astray for one in self.graph.ancestors(key))
        )

    @cached_property
    def places_read(self) -> frozenset[tuple[str, ...]] | None:
        """The addresses whose records a placeholder, a loop or an expression reads; None when that is all of them."""
        if any(each.takes_everything or each.wildcards for _, _, _, each in self.analyses):
            return None
        paths = [read.segments for node, read in self.reads if not reads_node(read.segments, node)]
        paths += [loop.segments for _, loop in self.loops]
        paths += [path.segments for _, _, _, each in self.analyses for path in each.paths]
        return frozenset(place for path in set(paths) for place in find_places(path, self.graph))

    @cached_property
    def names(self) -> Names:
        """What ``depends_on`` can name."""
        return Names(self.graph.nodes)

    @cached_property
    def addresses(self) -> Names:
        """Where records stand: ``resources.crm.contacts``."""
        return Names(
            sorted(".".join(("resources", *place)) for each in self.graph.addresses.values() for place in each)
        )

    def placeholder(self, node: Resource, read: Read) -> Span:
        """Where a placeholder stands in the file."""
        return self.place(node, read.reference)


@cache
def _references(text: str) -> tuple[Reference, ...]:
    return compile_template(text).references


def _answer(text: str, args: JsonObject) -> tuple[object, tuple[object, ...]]:
    template = compile_template(text)
    try:
        ((reference, evaluation),) = template.render_with_trace({"args": args}).trace
    except TemplateError:
        return None, ()
    if evaluation.chosen is None:
        return None, ()
    return evaluation.raw, parse_path(reference.alternatives[evaluation.chosen].path)


def _expressions(node: Resource) -> Iterator[tuple[DataPath, str]]:
    if isinstance(node, Request):
        yield from (((part,), text) for part in ("query", "body") if isinstance(text := getattr(node, part), str))
    elif isinstance(node, Transform | AddContext):
        yield ("config", "expression"), node.expression
    if isinstance(node, Request) and node.recurse and isinstance(text := node.recurse.config.get("query"), str):
        yield ("recurse", "config", "query"), text
    if node.run_if:
        yield ("run_if",), node.run_if
