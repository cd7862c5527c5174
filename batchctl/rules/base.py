"""What a rule is, and what it gets to see."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, Transform
from batchctl.diagnostics import Diagnostic, Severity
from batchctl.errors import TemplateError
from batchctl.expression import analyse
from batchctl.plan.loops import read_loop
from batchctl.plan.planner import find_fan_outs
from batchctl.plan.reads import address, reads, reads_node
from batchctl.template import compile_template, parse_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from batchctl.definition.model import JsonObject, JsonValue, Resource
    from batchctl.definition.source import Path, Source
    from batchctl.diagnostics import Fix, Related, Span
    from batchctl.expression import Analysis
    from batchctl.plan.graph import Graph
    from batchctl.plan.planner import FanOut
    from batchctl.plan.reads import Read, Segments
    from batchctl.template import Reference, Template


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

    @cached_property
    def templates(self) -> Mapping[int, Template]:
        """All strings with placeholders of each request, compiled, by the resource's index."""
        return {node.index: compile_template(_parts(node)) for node in self.requests}

    @cached_property
    def requests(self) -> tuple[Request, ...]:
        """The resources that make calls."""
        return tuple(node for node in self.resources if isinstance(node, Request))

    @cached_property
    def reads(self) -> tuple[tuple[Request, Read], ...]:
        """Every path that a placeholder of a request reads."""
        return tuple((node, read) for node in self.requests for read in reads(self.templates[node.index]))

    @cached_property
    def references(self) -> tuple[tuple[Request, Reference], ...]:
        """Every placeholder of a request; ``path`` leads from the resource to its string."""
        return tuple((node, each) for node in self.requests for each in self.templates[node.index].references)

    @cached_property
    def expressions(self) -> tuple[tuple[Resource, Path, str], ...]:
        """Every JSONata string: the resource, the path from there, the text."""
        return tuple((node, path, text) for node in self.resources for path, text in _expressions(node))

    @cached_property
    def analyses(self) -> tuple[tuple[Resource, Path, str, Analysis], ...]:
        """The same, with what each uses."""
        return tuple((node, path, text, analyse(text)) for node, path, text in self.expressions)

    @cached_property
    def arguments_read(self) -> tuple[tuple[Request, Reference, object], ...]:
        """Placeholders that an argument answers, with what stands there; not those that read a loop's element."""
        found = []
        context = {"args": self.args}
        for node in self.requests:
            template, loop = self.templates[node.index], read_loop(node.loop_on)
            if not any(each.path.startswith("args") for ref in template.references for each in ref.alternatives):
                continue
            try:
                trace = template.render_with_trace(context).trace
            except TemplateError:
                continue
            for reference, evaluation in trace:
                if evaluation.chosen is None or reference.path[0] == "loop_on":
                    continue
                segments = parse_path(reference.alternatives[evaluation.chosen].path)
                if loop is None or segments[: len(loop.segments)] != loop.segments:
                    found.append((node, reference, evaluation.raw))
        return tuple(found)

    @cached_property
    def used_arguments(self) -> frozenset[str] | None:
        """The names of arguments that anything reads; None when all of them may be read."""
        paths = [read.segments for _, read in self.reads]
        paths += [loop.segments for node in self.requests if (loop := read_loop(node.loop_on))]
        for _, _, _, analysis in self.analyses:
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
        if not self.complete or len(segments) < 2 or segments[0] != "resources":
            return False
        return not any(reads_node(segments, node) for node in self.addressed.get(segments[1], ()))

    @cached_property
    def unknown_dependants(self) -> frozenset[str]:
        """The nodes that wait for something that the file does not have, or that is faulty itself."""
        return frozenset(unknown.key for unknown in self.graph.unknown)

    @cached_property
    def addressed(self) -> Mapping[object, list[Resource]]:
        """The resources by the first name of their address."""
        found: dict[object, list[Resource]] = {}
        for node in self.graph.nodes.values():
            found.setdefault(address(node)[0], []).append(node)
        return found

    def fan_outs(self, node: Request) -> Sequence[FanOut]:
        """The ancestors per whose record the request runs."""
        if node.index not in self._fan_outs:
            self._fan_outs[node.index] = find_fan_outs(node, self.graph)
        return self._fan_outs[node.index]

    def place(self, node: Resource, reference: Reference) -> Span:
        """Where a placeholder stands in the file."""
        return self.source.within(self.at(node, *reference.path), reference.offset, reference.end)

    def at(self, node: Resource, *steps: str | int) -> Path:
        """The path of something in a resource."""
        return ("resources", node.index, *steps)

    def placeholder(self, node: Resource, read: Read) -> Span:
        """Where a placeholder stands in the file."""
        return self.place(node, read.reference)


def _parts(node: Request) -> dict[str, JsonValue]:
    """What of a request may hold placeholders; a JSONata string is not part of it."""
    parts: dict[str, JsonValue] = {"id": node.id or "", "loop_on": node.loop_on or ""}
    parts |= {name: value for name in ("query", "body") if isinstance(value := getattr(node, name), dict)}
    if node.recurse is not None:
        config = {name: value for name, value in node.recurse.config.items() if name == "id" or isinstance(value, dict)}
        parts["recurse"] = {"if": node.recurse.condition or "", "config": config}
    return parts


def _expressions(node: Resource) -> Iterator[tuple[Path, str]]:
    if isinstance(node, Request):
        yield from (((part,), text) for part in ("query", "body") if isinstance(text := getattr(node, part), str))
    elif isinstance(node, Transform | AddContext):
        yield ("config", "expression"), node.expression
    if node.run_if:
        yield ("run_if",), node.run_if


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its number and name, how bad a breach is, and the check. ``documentation`` is its module's docstring."""

    code: str
    name: str
    severity: Severity
    check: Callable[[Subject], Iterator[Finding]]
    documentation: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach, before the rule's name, number and (where it has none of its own) severity are put on it."""

    message: str
    path: Path
    span: Span
    help: str | None = None
    related: tuple[Related, ...] = ()
    resource: str | None = None
    fix: Fix | None = None
    severity: Severity | None = None


def diagnose(rule: Rule, subject: Subject) -> Iterator[Diagnostic]:
    """The diagnostics of one rule."""
    for found in rule.check(subject):
        yield Diagnostic(
            rule=rule.name,
            code=rule.code,
            severity=found.severity or rule.severity,
            message=found.message,
            span=found.span,
            help=found.help,
            related=found.related,
            path=found.path,
            resource=found.resource,
            fix=found.fix,
        )


def dependency_path(subject: Subject, key: str, item: int) -> Path:
    """Where item ``item`` of a ``depends_on`` is written: one of a list, or the string itself."""
    path = subject.at(subject.graph.nodes[key], "depends_on")
    return (*path, item) if subject.source.has((*path, item)) else path
