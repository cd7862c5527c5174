"""The one place where a resource and what is known become calls: the preview and the engine both come here."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from batchctl.definition.model import Request
from batchctl.plan.calls import Call
from batchctl.plan.loops import loop_elements
from batchctl.plan.reads import address, reads_node
from batchctl.template import parse_path, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.definition.model import JsonObject, JsonValue
    from batchctl.plan.loops import Loop
    from batchctl.plan.planner import Plan, Step
    from batchctl.plan.reads import Segments
    from batchctl.template import Evaluation, Reference, Template

    Trace: TypeAlias = tuple[tuple[Reference, Evaluation], ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What templates can read: the arguments, one record of each bound ancestor, and which are unknown yet."""

    args: JsonObject
    records: Mapping[str, JsonValue] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Expanded:
    """One call as far as it is known.

    ``unresolved`` are the placeholders that stand in it as their own text, ``bindings`` what the loop's path
    is in this turn, ``expressions`` the fields (``query``, ``body``) that a JSONata string will fill, ``trace``
    (only when asked for) how each placeholder came to its value.
    """

    call: Call
    unresolved: tuple[Reference, ...] = ()
    bindings: Mapping[str, JsonValue] = field(default_factory=dict)
    expressions: tuple[str, ...] = ()
    trace: Trace = ()


@dataclass(frozen=True, slots=True)
class Expansion:
    """The calls for one binding of a request's ancestors; ``turns`` counts its loop, None where unknown or none."""

    turns: int | None
    calls: Iterator[Expanded]


def expand(step: Step, plan: Plan, scope: Scope, *, explain: bool = False) -> Expansion:
    """The calls that a request makes for one binding of its ancestors: one, or one per element of its loop.

    ``explain`` asks for their traces. Raises ``NotAnArray``; iterating raises ``TemplateError``.
    """
    if not isinstance(step.node, Request) or step.template is None:
        raise ValueError(f"{step.node.key} makes no calls")
    context = _context(plan, scope)
    is_unknown = _unknown_paths(plan, scope)
    waits = any(is_unknown(path.path) for reference in step.template.references for path in reference.alternatives)
    maker = _Maker(step, step.node, step.template, is_unknown, explain=explain, whole=not waits)
    if step.loop is None:
        return Expansion(None, maker.once(context))
    rendered = step.loop.template.render_partial(context, is_unknown)
    if rendered.unresolved:
        return Expansion(None, maker.once(context))
    elements = loop_elements(step.loop, rendered.value)
    return Expansion(len(elements), maker.turns(step.loop, context, elements))


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the calls of one request, for one binding of its ancestors."""

    step: Step
    node: Request
    template: Template
    is_unknown: Callable[[str], bool]
    explain: bool
    # Whether nothing that the template reads is unknown.
    whole: bool

    def once(self, context: JsonObject) -> Iterator[Expanded]:
        """The only call."""
        yield self._expanded(context, MappingProxyType({}))

    def turns(self, loop: Loop, context: JsonObject, elements: list[JsonValue]) -> Iterator[Expanded]:
        """A call per element, which stands where the loop's path leads."""
        for element in elements:
            yield self._expanded(replaced(context, loop.segments, element), {loop.over: element})

    def _expanded(self, context: JsonObject, bindings: Mapping[str, JsonValue]) -> Expanded:
        if self.whole and not self.explain:
            return Expanded(self._call(self.template.render(context)), (), bindings, self.step.expressions)
        partial = self.template.render_partial(context, self.is_unknown)
        trace = partial.trace if self.explain else ()
        return Expanded(self._call(partial.value), partial.unresolved, bindings, self.step.expressions, trace)

    def _call(self, parts: object) -> Call:
        if not isinstance(parts, dict):
            raise TypeError("a request's template is an object")
        record_id = parts.get("id")
        return Call(
            resource=self.node.resource,
            method=self.node.method,
            id=None if record_id is None else to_text(record_id),
            query=parts.get("query") or {},
            body=parts.get("body"),
            node=self.node.key,
        )


def _context(plan: Plan, scope: Scope) -> JsonObject:
    """The object that placeholders read; of two records at one address the later one stands."""
    resources: JsonObject = {}
    for key, record in scope.records.items():
        resources = replaced(resources, address(plan.graph.nodes[key]), record)
    return {"args": scope.args, "resources": resources}


def _unknown_paths(plan: Plan, scope: Scope) -> Callable[[str], bool]:
    """Tells for a placeholder's path whether it leads to records that only a run can know."""
    nodes = [plan.graph.nodes[key] for key in scope.unknown]
    return lambda path: any(reads_node(parse_path(path), node) for node in nodes)


def replaced(data: JsonObject, path: Segments, value: JsonValue) -> JsonObject:
    """``data`` with ``value`` at ``path``; only the containers on the way are copied, so that records stay shared."""
    copy = _replaced(data, path, value)
    if not isinstance(copy, dict):
        raise TypeError("an empty path replaces everything")
    return copy


def _replaced(data: JsonValue, path: Segments, value: JsonValue) -> JsonValue:
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(data, list) and isinstance(step, int) and -len(data) <= step < len(data):
        items = list(data)
        items[step] = _replaced(items[step], rest, value)
        return items
    fields = dict(data) if isinstance(data, dict) else {}
    fields[str(step)] = _replaced(fields.get(str(step)), rest, value)
    return fields
