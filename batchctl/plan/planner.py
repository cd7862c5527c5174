"""From a definition to its plan: waves, and how often each request runs and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, Spool, SyncNode, Transform, WithExpression
from batchctl.definition.secrets import secrets_in
from batchctl.plan.forms import Form, analysed, recursion_form, request_form, static_paths
from batchctl.plan.loops import Loop, read_loop
from batchctl.plan.reads import ROOTS, may_add, reads, reads_node
from batchctl.redaction import MaskedRepr
from batchctl.structs import Struct
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchctl.definition.model import BatchDefinition, Resource
    from batchctl.plan.definition_graph import DefinitionGraph
    from batchctl.plan.reads import Segments
    from batchctl.template import Template
    from batchctl.yaml12.source import Source


class FanOut(Struct, frozen=True):
    """A request is repeated for each record of the node ``node`` (a key).

    ``over`` is the path at which it reads the record: ``resources.crm.contacts``.
    """

    node: str
    over: str


class Step(Struct, frozen=True):
    """A node of the definition as the plan runs it: when, after which others, and for a request what it sends.

    ``wave`` counts from 0 (waves run one after the other); ``parents`` are the keys of the nodes that it depends on.
    Only a request has the other fields: ``form`` is what it sends, ``fan_outs`` are the nodes for whose records it is
    repeated, ``loop`` is the array that it is repeated for. ``again`` is what its recursion sends, for each record for
    which ``condition`` renders to true (None: for all).
    """

    node: Resource
    wave: int
    parents: tuple[str, ...]
    form: Form | None = None
    fan_outs: tuple[FanOut, ...] = ()
    loop: Loop | None = None
    again: Form | None = None
    condition: Template | None = None

    @property
    def template(self) -> Template | None:
        """The template for what a request sends; None for any other node."""
        return self.form.template if self.form else None

    @property
    def expressions(self) -> tuple[str, ...]:
        """The names of a request's fields (``query``, ``body``) that hold a JSONata string; none for other nodes."""
        return tuple(name for name in ("query", "body") if isinstance(getattr(self.node, name, None), str))

    def jsonata(self) -> Iterator[str]:
        """The text of each JSONata expression of the node: its ``run_if``, its own, those that make what it sends."""
        node = self.node
        if node.run_if is not None:
            yield node.run_if
        if isinstance(node, WithExpression | SyncNode) and node.expression is not None:
            yield node.expression
        for form in (self.form, self.again):
            if form is not None:
                yield from form.expressions.values()


class Plan(MaskedRepr, frozen=True):
    """How a definition without errors runs: its nodes, what each sends, and which can run at the same time.

    ``make_plan`` makes it. ``steps`` are the nodes by key, in the order of the file, ``graph`` has what they depend on.
    ``waves`` are keys of nodes, wave after wave: those of one wave can run at the same time. ``source`` is the text
    that the definition was read from, with the line of each resource.
    """

    definition: BatchDefinition
    graph: DefinitionGraph
    waves: tuple[tuple[str, ...], ...]
    steps: Mapping[str, Step]
    source: Source

    def _secrets(self) -> Iterable[str]:
        return secrets_in(self.definition)

    @property
    def writes(self) -> bool:
        """Whether any of its calls may change data: all but ``list`` and ``get`` do."""
        return any(isinstance(step.node, Request) and step.node.is_write for step in self.steps.values())


def make_plan(definition: BatchDefinition, graph: DefinitionGraph, source: Source) -> Plan:
    """The plan of ``definition``, which was read from ``source``.

    ``graph`` is made of its resources by ``build_graph``, and must have no cycles and no unknown dependencies.
    """
    waves = graph.waves()
    wave_of = {key: number for number, wave in enumerate(waves) for key in wave}
    steps = {key: _step(node, graph, wave_of) for key, node in graph.nodes.items()}
    return Plan(definition, graph, waves, steps, source)


def _step(node: Resource, graph: DefinitionGraph, wave_of: Mapping[str, int]) -> Step:
    wave, parents = wave_of[node.key], graph.parents(node.key)
    if not isinstance(node, Request):
        return Step(node, wave, parents)
    form, again, loop = request_form(node), recursion_form(node), read_loop(node.loop_on)
    fan_outs = find_fan_outs(node, graph)
    if loop and any(loop.over == fan_out.over for fan_out in fan_outs):
        # To loop over a node's records is to fan out over them.
        loop = None
    # The deepest first: its records bring the records of the others along.
    fan_outs.sort(key=lambda fan_out: -wave_of[fan_out.node])
    return Step(node, wave, parents, form, tuple(fan_outs), loop, again, _condition(node))


def find_fan_outs(node: Request, graph: DefinitionGraph) -> list[FanOut]:
    """The nodes for each of whose records the request ``node`` is repeated, since it reads these records.

    Where the records of two nodes are read at the same address (``resources.crm.contacts``), only the node with fewer
    dependencies between it and ``node`` counts. Nodes with fewer come first in the list; last are those for whose
    records add_context nodes add what ``node`` reads. ``graph`` may have faults.
    """
    wanted = {place for path in _template_paths(node) for place in find_places(path, graph)}
    for path in _expression_paths(node):
        # An expression may also take what holds the records as a whole.
        wanted.update(place for place in find_places(path, graph) if len(place) < len(path))
    found: dict[str, FanOut] = {}
    for key in graph.ancestors(node.key) if wanted else ():
        places = [place for place in graph.places(key) if place in wanted]
        if places:
            wanted.difference_update(places)
            found[key] = FanOut(key, _written(places[0]))
            if not wanted:
                break
    for key in _branches_of_additions(node, graph):
        found.setdefault(key, FanOut(key, _written(graph.places(key)[0])))
    return list(found.values())


def _branches_of_additions(node: Request, graph: DefinitionGraph) -> Iterator[str]:
    """The nodes to whose records belongs what add_context nodes add, as far as the request reads it.

    What is added to each record of a list is read record by record; what is added after a spool, branch by branch.
    """
    contexts = graph.contexts(node.key)
    if not contexts:
        return
    texts = [*request_form(node).expressions.values(), *([node.run_if] if node.run_if else [])]
    paths = [*_template_paths(node), *(path for text in texts for path in static_paths(analysed(text)))]
    for key in dict.fromkeys(_contexts_read(paths, contexts, graph)):
        for source in graph.sources(key):
            if isinstance(graph.nodes[source], Spool):
                yield from branch_nodes(source, graph)
            else:
                yield _carrier(source, node, graph)


def _contexts_read(paths: Sequence[Segments], contexts: Sequence[str], graph: DefinitionGraph) -> Iterator[str]:
    """Those of the add_context nodes ``contexts`` that ``paths`` read: the nearest that may add a name, and by node."""
    for name in dict.fromkeys(str(path[0]) for path in paths if path and path[0] not in ROOTS):
        for key in reversed(contexts):
            context = graph.nodes[key]
            if isinstance(context, AddContext) and may_add(context, name, analysed(context.expression).words):
                yield key
                break
    named = (str(path[1]) for path in paths if len(path) > 1 and path[0] == "resources")
    yield from (key for key in named if key in contexts and key in graph.values)


def _carrier(source: str, node: Request, graph: DefinitionGraph) -> str:
    """The nearest node before ``node`` that hands on the records of ``source``: itself, a transform, a spool."""
    return next((key for key in graph.ancestors(node.key) if _hands_on(key, source, graph)), source)


def _hands_on(key: str, source: str, graph: DefinitionGraph) -> bool:
    if key == source:
        return True
    if not isinstance(graph.nodes[key], Transform | Spool):
        return False
    return any(_hands_on(before, source, graph) for before in graph.sources(key))


def branch_nodes(key: str, graph: DefinitionGraph) -> Iterator[str]:
    """The keys of the nodes for whose records the records of the node ``key`` are fetched anew, record by record.

    For a request they are the nodes that ``find_fan_outs`` finds, in its order; for any other node those of the
    requests that its records come from: a spool collects separately for each combination of their records. A key may
    come twice.
    """
    node = graph.nodes[key]
    if isinstance(node, Request):
        yield from (fan_out.node for fan_out in find_fan_outs(node, graph))
        return
    for source in graph.sources(key):
        yield from branch_nodes(source, graph)


def _written(place: tuple[str, ...]) -> str:
    return ".".join(("resources", *place))


def find_places(segments: Segments, graph: DefinitionGraph) -> Iterator[tuple[str, ...]]:
    """The addresses of records of the nodes in ``graph``, ``("crm", "contacts")``, that a path reads, even in part.

    ``segments`` are the path's steps, its root included; a path with another root than ``resources`` reads none.
    """
    if segments[:1] != ("resources",):
        return
    steps = segments[1:]
    if not steps:
        for places in graph.addresses.values():
            yield from places
        return
    near = graph.addresses.get(str(steps[0]), frozenset())
    if len(steps) == 1:
        yield from near
        return
    for length in range(1, len(steps) + 1):
        place = tuple(map(str, steps[:length]))
        if place in near:
            yield place


def _template_paths(node: Request) -> Iterator[Segments]:
    """What its placeholders and its loop read; of its recursion, what is not the record that this starts from."""
    yield from (read.segments for read in reads(request_form(node).template))
    loop, again, condition = read_loop(node.loop_on), recursion_form(node), _condition(node)
    if loop:
        yield loop.segments
    for template in (again.template if again else None, condition):
        found = reads(template) if template else ()
        yield from (read.segments for read in found if not reads_node(read.segments, node))


def _expression_paths(node: Request) -> Iterator[Segments]:
    """The same of its JSONata strings."""
    again = recursion_form(node)
    for text in request_form(node).expressions.values():
        yield from static_paths(analysed(text))
    for text in again.expressions.values() if again else ():
        yield from (path for path in static_paths(analysed(text)) if not reads_node(path, node))


def _condition(node: Request) -> Template | None:
    return compile_template(node.recurse.condition) if node.recurse and node.recurse.condition else None
