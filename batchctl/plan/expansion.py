"""The one place where a resource and what is known become calls: the preview and the engine both come here."""

from __future__ import annotations

from functools import cache, partial
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from batchctl.definition.model import Request
from batchctl.plan.added import separated
from batchctl.plan.forms import analysed
from batchctl.plan.loops import actual_loop, loop_elements, looped_over
from batchctl.plan.reads import may_read, reads, reads_records
from batchctl.plan.run_row import for_expressions, for_placeholders
from batchctl.structs import Struct, field, replace
from batchctl.template import compile_template, parse_path, to_text, worries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.definition_graph import DefinitionGraph
    from batchctl.plan.forms import Evaluate, Form
    from batchctl.plan.loops import Loop
    from batchctl.plan.planner import Plan, Step
    from batchctl.plan.reads import Segments
    from batchctl.template import Evaluation, Reference, Rounded, Template
    from batchctl.truto.calls import Call

    Trace: TypeAlias = tuple[tuple[Reference, Evaluation], ...]

NO_BINDINGS: Mapping[str, JsonValue] = MappingProxyType({})


class Scope(Struct, frozen=True):
    """What is at hand when a request is made or an expression evaluated: arguments, records, and other names.

    ``records`` has one record of each node that the request is repeated for, by the node's key; ``unknown`` are the
    keys of nodes whose records only a run knows. ``extra`` are the keys of the account's context and those that
    add_context nodes have added, with what each has added as a whole under its ``ValueOf``; ``unknown_roots`` are names
    that only a run knows. ``lists`` has all records of other nodes by the node's key, for expressions; of two nodes at
    one address the first counts. It is None before a run.
    ``extra_of`` returns ``extra`` for an account's id, where the account depends on the record or the loop's element;
    None where it does not.
    """

    args: JsonObject
    records: Mapping[str, JsonValue] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    extra: JsonObject = field(default_factory=dict)
    lists: Mapping[str, list[JsonValue]] | None = None
    unknown_roots: tuple[str, ...] = ()
    extra_of: Callable[[str], JsonObject] | None = None


class Expanded(Struct, frozen=True):
    """One call of a request, with its placeholders filled in as far as their values are known.

    ``unresolved`` are the placeholders whose value only a run knows; their text is left in the call. ``missing`` are
    those without a value, ``rounded`` those whose number JavaScript rounds, ``objects`` those that made text of an
    object (``[object Object]``), ``unconverted`` those whose type does not convert their value. ``bindings`` is what
    the call is made for: the loop's element by the loop's path. ``expressions`` are the fields (``query``, ``body``)
    that a JSONata expression will fill during a run; ``trace`` says how each placeholder got its value, only when asked
    for.
    """

    call: Call
    unresolved: tuple[Reference, ...] = ()
    bindings: Mapping[str, JsonValue] = field(default_factory=dict)
    expressions: tuple[str, ...] = ()
    trace: Trace = ()
    missing: tuple[Reference, ...] = ()
    rounded: tuple[Rounded, ...] = ()
    objects: tuple[Reference, ...] = ()
    unconverted: tuple[Reference, ...] = ()

    @property
    def has_worries(self) -> bool:
        """Whether some placeholder has a result that its author can't have meant."""
        return bool(self.missing or self.rounded or self.objects or self.unconverted)


class Expansion(NamedTuple):
    """The ``calls`` of a request, made one by one as they are iterated; all are for the same records of its parents.

    ``elements`` is the length of its loop; None where it has no loop, or that is not known.
    """

    elements: int | None
    calls: Iterator[Expanded]


def unknown_before_run(step: Step, plan: Plan) -> frozenset[str]:
    """The keys of the nodes whose records or added keys the request ``step`` may read, and which only a run knows."""
    return frozenset((*plan.graph.contexts(step.node.key), *(fan_out.node for fan_out in step.fan_outs)))


def expand(
    step: Step, plan: Plan, scope: Scope, *, explain: bool = False, evaluate: Evaluate | None = None
) -> Expansion:
    """The calls that a request makes for the records in ``scope``: one, or one for each element of its loop.

    ``evaluate`` evaluates its expressions, given the text and the data (None: at once); with ``explain`` the calls have
    traces. Raises ``ValueError`` for a node that is no request, ``NotAnArray`` for a loop over something else, and what
    ``extra_of`` raises. Iterating the calls raises ``TemplateError`` for a placeholder, ``ExpressionError`` and
    ``WrongShape`` for an expression that fails.
    """
    if step.form is None:
        raise ValueError(f"{step.node.key} makes no calls")
    context = placeholder_context(plan, scope)
    if scope.extra_of is not None and not names_account_by_element(step):
        scope, context = of_account(step, plan, scope, context)
    is_unknown: Callable[[str], bool] = _known
    whole = True
    if scope.unknown or scope.unknown_roots:
        is_unknown = unknown_paths(plan, scope)
        paths = (path.path for reference in step.form.template.references for path in reference.alternatives)
        whole = not any(map(is_unknown, paths))
    maker = _CallMaker(step, step.form, scope, plan, is_unknown, explain=explain, whole=whole, evaluate=evaluate)
    if step.loop is None:
        return Expansion(None, maker.once(context))
    others = (*scope.extra, *scope.unknown_roots) if scope.unknown_roots else scope.extra
    loop = actual_loop(step.loop, scope.args, others)
    rendered = looped_over(loop, context, is_unknown)
    if rendered.unresolved:
        return Expansion(None, maker.once(context))
    elements = loop_elements(loop, rendered.value)
    return Expansion(len(elements), maker.per_element(loop, context, elements))


class _CallMaker(Struct):
    """Makes the calls of one request, for one binding of its ancestors."""

    step: Step
    form: Form
    scope: Scope
    plan: Plan
    is_unknown: Callable[[str], bool]
    explain: bool
    # Whether nothing that the template reads is unknown.
    whole: bool
    evaluate: Evaluate | None = None

    def once(self, context: JsonObject) -> Iterator[Expanded]:
        """The only call."""
        yield self._expanded(context, NO_BINDINGS, self.scope)

    def per_element(self, loop: Loop, context: JsonObject, elements: list[JsonValue]) -> Iterator[Expanded]:
        """A call per element, which stands where the loop's path leads; where one can't be made the next ones can."""
        if self.scope.extra_of is not None:
            return map(partial(self._of_account, loop, context), elements)
        return self._shared_per_element(loop, context, elements)

    def _shared_per_element(self, loop: Loop, context: JsonObject, elements: list[JsonValue]) -> Iterator[Expanded]:
        bound, owner, key = opened(context, loop.segments)
        for element in elements:
            if self.explain:
                # A trace may keep what it read.
                bound, owner, key = opened(context, loop.segments)
            owner[key] = element  # type: ignore[index]  # the key is of this container
            yield self._expanded(bound, {loop.over: element}, self.scope)

    def _of_account(self, loop: Loop, context: JsonObject, element: JsonValue) -> Expanded:
        """The call for an element that tells its account."""
        bound = replaced(context, loop.segments, element)
        scope, of_its_account = of_account(self.step, self.plan, self.scope, bound)
        return self._expanded(replaced(of_its_account, loop.segments, element), {loop.over: element}, scope)

    def data(self, context: JsonObject, scope: Scope) -> JsonObject | None:
        """What expressions read; None where they read what is not known yet."""
        if scope.lists is None or self._reads_unknown():
            return None
        return expression_input(self.plan, scope, context)

    def _reads_unknown(self) -> bool:
        analyses = [analysed(text) for text in self.form.expressions.values()]
        return any(may_read(analysis, self.plan.graph, key) for analysis in analyses for key in self.scope.unknown)

    def _expanded(self, context: JsonObject, bindings: Mapping[str, JsonValue], scope: Scope) -> Expanded:
        data = self.data(context, scope) if self.form.expressions else None
        waiting = self.step.expressions if self.form.expressions and data is None else ()
        if self.whole and not self.explain:
            value, found = self.form.template.render_watched(context)
            return Expanded(self.form.call(value, data, self.evaluate), (), bindings, waiting, (), *found)
        partial = self.form.template.render_partial(context, self.is_unknown)
        trace = partial.trace if self.explain else ()
        return Expanded(
            self.form.call(partial.value, data, self.evaluate),
            partial.unresolved,
            bindings,
            waiting,
            trace,
            *worries(partial.trace),
        )


def names_account_by_element(step: Step) -> bool:
    """Whether the account that a request names depends on the element of its loop."""
    account = step.node.account if isinstance(step.node, Request) else None
    if account is None or step.loop is None:
        return False
    # A bare name may be an argument or a key of the account's context.
    over = {step.loop.segments, step.loop.segments[1:] if step.loop.is_bare else step.loop.segments}
    paths = [read.segments for read in reads(compile_template(account))]
    return any(path[: len(segments)] == segments for path in paths for segments in over)


def of_account(step: Step, plan: Plan, scope: Scope, context: JsonObject) -> tuple[Scope, JsonObject]:
    """``scope`` and ``context`` for the account that the request names: with the keys that ``extra_of`` has for it.

    ``context`` is what placeholders read, those of the account's id too. Both are returned unchanged where the request
    names no account, or one without a value. Raises what ``extra_of`` raises.
    """
    account = step.node.account if isinstance(step.node, Request) else None
    if account is None or scope.extra_of is None:
        return scope, context
    name = named_account(compile_template(account), context)
    if name is None:
        return scope, context
    own = replace(scope, extra=scope.extra_of(name), extra_of=None)
    return own, placeholder_context(plan, own)


def named_account(template: Template, context: JsonObject) -> str | None:
    """The account's id that ``template`` renders to, from what placeholders read; None where it has no value."""
    watched = template.render_watched(context)
    return None if watched.missing or watched.value is None else to_text(watched.value)


def placeholder_context(plan: Plan, scope: Scope) -> JsonObject:
    """The object that placeholders read: ``args``, ``resources``, and beside them the names in ``scope.extra``.

    Under ``resources`` each record in ``scope`` is at its address (``resources.crm.contacts``); where two have the same
    address, it is the one that comes later in ``scope.records``. What an add_context made is there by the node's name.
    """
    names, added = separated(scope.extra, plan.graph.values)
    resources = resources_of(plan.graph, scope.records)
    if added:
        resources = {**added, **resources}
    return {**for_placeholders(names), "args": scope.args, "resources": resources}


def resources_of(graph: DefinitionGraph, records: Mapping[str, JsonValue]) -> JsonObject:
    """What placeholders read as ``resources``: each of the ``records``, by node, at the addresses of its node.

    An address is such as ``("crm", "contacts")`` for ``resources.crm.contacts``; of two records at one address the
    later counts.
    """
    resources: JsonObject = {}
    for key, record in records.items():
        for place in reversed(graph.places(key)):
            resources = replaced(resources, place, record) if resources else _alone(place, record)
    return resources


def _alone(place: tuple[str, ...], record: JsonValue) -> JsonObject:
    """What ``replaced`` makes of an empty object; a call of most batches needs no more."""
    for name in reversed(place[1:]):
        record = {name: record}
    return {place[0]: record}


def expression_input(plan: Plan, scope: Scope, context: JsonObject) -> JsonObject:
    """The object that a JSONata expression reads: ``context``, and under ``resources`` also the lists in ``scope``.

    ``context`` is made by ``placeholder_context``. Where two nodes have one address (``resources.crm.contacts``), the
    list that comes first in ``scope.lists`` is read. A list takes the place of a record in ``scope.records`` where it
    was fetched for that record; else the record stays.
    """
    resources: JsonValue = context["resources"]
    graph, bound = plan.graph, scope.records
    taken: set[Segments] = set()
    # Only what is meant is read: records may be on disk.
    lists = scope.lists or {}
    for key in lists:
        for place in graph.places(key):
            if key in bound or place in taken or not isinstance(resources, dict):
                continue
            owners = [other for other in bound if place in graph.places(other)]
            if all(other in graph.ancestors(key) for other in owners) if owners else not _is_there(resources, place):
                resources = replaced(resources, place, lists[key])
                taken.add(place)
    return {**for_expressions(context, scope.extra), "resources": resources}


def _is_there(data: JsonValue, place: Segments) -> bool:
    for step in place:
        if not isinstance(data, dict) or step not in data:
            return False
        data = data[str(step)]
    return True


def unknown_paths(plan: Plan, scope: Scope) -> Callable[[str], bool]:
    """A function that says whether a placeholder's path reads something that only a run knows.

    That is so for the records of the nodes in ``scope.unknown``, and the names in ``scope.unknown_roots``.
    """
    # Asked for the same few paths with every call.
    return cache(lambda path: _is_unknown(parse_path(path), plan, scope))


def _known(_path: str) -> bool:
    """Nothing is unknown."""
    return False


def _is_unknown(segments: Segments, plan: Plan, scope: Scope) -> bool:
    if segments and segments[0] in scope.unknown_roots:
        return True
    return any(reads_records(segments, plan.graph, key) for key in scope.unknown)


def replaced(data: JsonObject, path: Segments, value: JsonValue) -> JsonObject:
    """A copy of ``data`` with ``value`` at ``path``; only the objects and arrays along the path are copied.

    The path's steps are keys and indexes. Objects that are missing along it are created. Raises ``TypeError`` for an
    empty path.
    """
    copy, owner, key = opened(data, path)
    owner[key] = value  # type: ignore[index]  # the key is of this container
    return copy


def opened(data: JsonObject, path: Segments) -> tuple[JsonObject, dict[str, JsonValue] | list[JsonValue], str | int]:
    """A copy of ``data``, with the object or array in it that the last step of ``path`` is in, and that step.

    The caller may set that item of the copy; the rest is shared with ``data``. Raises ``TypeError`` for an empty path.
    """
    if not path:
        raise TypeError("an empty path replaces everything")
    copy = dict(data)
    here: dict[str, JsonValue] | list[JsonValue] = copy
    for step, following in pairwise(path):
        key = _key(here, step)
        inner = here.get(str(key)) if isinstance(here, dict) else here[int(key)]
        fresh: dict[str, JsonValue] | list[JsonValue]
        if isinstance(inner, list) and isinstance(following, int) and -len(inner) <= following < len(inner):
            fresh = list(inner)
        else:
            fresh = dict(inner) if isinstance(inner, dict) else {}
        here[key] = fresh  # type: ignore[index]  # the key is of this container
        here = fresh
    return copy, here, _key(here, path[-1])


def _key(container: object, step: object) -> str | int:
    return step if isinstance(container, list) and isinstance(step, int) else str(step)
