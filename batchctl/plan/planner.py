"""From a definition to its plan: waves, and how often each request runs and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.loops import Loop, read_loop
from batchctl.plan.reads import address, reads, reads_node, request_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.definition.model import BatchDefinition, Resource
    from batchctl.plan.graph import Graph
    from batchctl.plan.reads import Segments
    from batchctl.template import Template


@dataclass(frozen=True, slots=True)
class FanOut:
    """A request runs once per record of ``node``, which its templates read at ``over``."""

    node: str
    over: str


@dataclass(frozen=True, slots=True)
class Step:
    """One resource in the plan. Only a request has a template, fan-outs and a loop."""

    node: Resource
    wave: int
    parents: tuple[str, ...]
    template: Template | None = None
    fan_outs: tuple[FanOut, ...] = ()
    loop: Loop | None = None

    @property
    def expressions(self) -> tuple[str, ...]:
        """The fields of a request (``query``, ``body``) that hold a JSONata string."""
        return tuple(name for name in ("query", "body") if isinstance(getattr(self.node, name, None), str))


@dataclass(frozen=True, slots=True)
class Plan:
    """Made only from a definition without errors; ``steps`` stand in the order of the file."""

    definition: BatchDefinition
    graph: Graph
    waves: tuple[tuple[str, ...], ...]
    steps: Mapping[str, Step]

    @property
    def writes(self) -> bool:
        """Whether any of its calls may change data."""
        return any(isinstance(step.node, Request) and step.node.is_write for step in self.steps.values())


def make_plan(definition: BatchDefinition, graph: Graph) -> Plan:
    """The plan of a definition whose graph has neither cycles nor unknown dependencies."""
    waves = graph.waves()
    wave_of = {key: number for number, wave in enumerate(waves) for key in wave}
    steps = {key: _step(node, graph, wave_of) for key, node in graph.nodes.items()}
    return Plan(definition, graph, waves, steps)


def _step(node: Resource, graph: Graph, wave_of: Mapping[str, int]) -> Step:
    wave, parents = wave_of[node.key], graph.parents(node.key)
    if not isinstance(node, Request):
        return Step(node, wave, parents)
    template = request_template(node)
    loop = read_loop(node.loop_on)
    paths = [read.segments for read in reads(template)]
    if loop:
        paths.append(loop.segments)
    fan_outs = _fan_outs(paths, node, graph)
    if loop and any(loop.over == fan_out.over for fan_out in fan_outs):
        # To loop over a node's records is to fan out over them.
        loop = None
    # The deepest first: its records bring the records of the others along.
    fan_outs.sort(key=lambda fan_out: -wave_of[fan_out.node])
    return Step(node, wave, parents, template, tuple(fan_outs), loop)


def _fan_outs(paths: list[Segments], node: Request, graph: Graph) -> list[FanOut]:
    """One per ancestor whose records the paths read; of two at one address the nearer."""
    wanted = {segments for segments in paths if segments and segments[0] == "resources"}
    found: dict[tuple[str, ...], FanOut] = {}
    if not wanted:
        return []
    for key in graph.ancestors(node.key):
        ancestor = graph.nodes[key]
        place = address(ancestor)
        if place not in found and any(reads_node(segments, ancestor) for segments in wanted):
            found[place] = FanOut(key, ".".join(("resources", *place)))
    return list(found.values())
