"""Every call of a plan as far as it is known before anything is sent.

Requests are made when they are asked for, one at a time, and as often as asked: a preview of a hundred thousand
takes no more memory than one of three.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from batchctl.definition.arguments import argument_entries
from batchctl.definition.model import Request, SyncNode
from batchctl.definition.secrets import secrets_in
from batchctl.plan.expansion import Scope, expand, replaced, unknown_before_run
from batchctl.plan.loops import NotAnArray, context_name, looped_over
from batchctl.plan.reads import RUN_ROOTS
from batchctl.redaction import MaskedRepr
from batchctl.structs import Public, Struct, replace
from batchctl.truto.calls import is_delete

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Plan, Step


class Repeat(Struct, frozen=True):
    """A request is repeated ``count`` times (None: only a run knows) for what is at the path ``over``: ``args.ids``."""

    over: str
    count: int | None


class Requests(Protocol):
    """The requests of one resource: ``len`` says how many; calling it yields them, made anew each time.

    Each is an ``Expanded``. With ``explain`` each says how its placeholders got their values. ``Listed``, ``Together``
    and ``FromArguments`` are ones; what shows a preview calls it, and iterating raises ``TemplateError`` for a
    placeholder that can't be rendered.
    """

    def __len__(self) -> int:
        """How many there are."""

    def __call__(self, *, explain: bool = False) -> Iterator[Expanded]:
        """One after the other, with their traces when ``explain`` asks for them. Raises ``TemplateError`` meanwhile."""


class Payload(NamedTuple):
    """One page of records that a destination would get: ``records`` of ``resource``, and the destination's ``config``.

    ``resource`` is that of a request (``crm/contacts``), or the key of a node that is none. Placeholders in ``config``,
    the node's own ``config.config``, are filled in.
    """

    resource: str
    records: Sequence[JsonValue]
    config: JsonObject


class Payloads(Struct, frozen=True):
    """The pages that a destination would get: ``count`` of them, some in ``first``; ``more`` if a run may add any."""

    count: int
    first: tuple[Payload, ...]
    more: bool


class PreviewedResource(Public, frozen=True):
    """One resource of a preview: what it repeats over, and its requests as far as they are known.

    ``step`` is the resource. The first ``known`` requests are certain to be made. ``more`` means that a run may make
    others, ``partial`` that some of their contents are known only during a run. ``skipped`` are the keys of resources
    that failed on the samples, so that this one would not run; ``problem`` says why it can make no request at all,
    empty where it can.
    ``payloads`` is what a destination gets, None for any other resource and where there are no samples of records.
    """

    step: Step
    repeats: tuple[Repeat, ...]
    requests: Requests
    known: int
    more: bool
    partial: bool = False
    skipped: tuple[str, ...] = ()
    problem: str = ""
    payloads: Payloads | None = None

    @property
    def is_write(self) -> bool:
        """Whether its requests may change data: all but ``list`` and ``get`` do. False for any other node."""
        return isinstance(self.step.node, Request) and self.step.node.is_write

    @property
    def deletes(self) -> bool:
        """Whether its requests delete records. False for any other node."""
        return isinstance(self.step.node, Request) and is_delete(self.step.node.method)

    @property
    def has_pages(self) -> bool:
        """Whether its requests list records, so that each may take more calls, one for each page."""
        return isinstance(self.step.node, Request) and self.step.node.method == "list"

    @property
    def complete(self) -> bool:
        """Whether all requests that a run would make of it are known, with all their contents."""
        if not isinstance(self.step.node, Request):
            return isinstance(self.step.node, SyncNode)
        return not self.more and not self.partial and not self.problem


class Totals(Struct, frozen=True):
    """The counts of a preview: of ``resources``, of ``requests`` shown, and of those certain to be made (``known``).

    ``open`` are the keys of the resources that may make more. ``writes`` of the requests may change data, ``deletes``
    of these delete, ``lists`` may go on over several pages.
    """

    resources: int
    requests: int
    known: int
    open: tuple[str, ...]
    writes: int
    deletes: int
    lists: int


class Preview(MaskedRepr, frozen=True):
    """The requests that a run of ``plan`` would make, by resource in the order of the file."""

    plan: Plan
    resources: tuple[PreviewedResource, ...]

    def _secrets(self) -> Iterable[str]:
        return secrets_in(self.plan.definition)

    @property
    def complete(self) -> bool:
        """Whether a run would make exactly these requests, and their contents are all known."""
        return all(resource.complete for resource in self.resources)

    def totals(self) -> Totals:
        """The counts of all resources together; a request that repeats an unknown number of times counts once."""
        writes = [resource for resource in self.resources if resource.is_write]
        return Totals(
            resources=len(self.resources),
            requests=sum(len(resource.requests) for resource in self.resources),
            known=sum(resource.known for resource in self.resources),
            open=tuple(resource.step.node.key for resource in self.resources if resource.more),
            writes=sum(len(resource.requests) for resource in writes),
            deletes=sum(len(resource.requests) for resource in writes if resource.deletes),
            lists=sum(len(resource.requests) for resource in self.resources if resource.has_pages),
        )


def make_preview(plan: Plan, account: JsonObject | None = None) -> Preview:
    """The requests that a run of ``plan`` would make, as far as the arguments decide them; nothing is sent.

    Those that depend on records are shown with their placeholders. ``account`` has keys and values of the account's
    context, None where it is not known. Raises ``TemplateError`` for a placeholder that can't be rendered and that no
    rule reports.
    """
    return Preview(plan, tuple(preview_step(step, plan, account) for step in plan.steps.values()))


def preview_step(step: Step, plan: Plan, account: JsonObject | None = None) -> PreviewedResource:
    """The requests of one resource of ``plan``, as far as the arguments decide them; for other nodes there are none.

    ``account`` has keys and values of the account's context, None where it is not known. Raises ``TemplateError`` for a
    loop or an account that can't be rendered.
    """
    if not isinstance(step.node, Request):
        return PreviewedResource(step, (), NO_REQUESTS, known=0, more=False)
    unknown = unknown_before_run(step, plan)
    of_run = () if plan.definition.job is None else tuple(name for name in RUN_ROOTS if name not in (account or {}))
    looped = context_loop(step, plan)
    if looped is not None and looped not in (account or {}):
        of_run = (*of_run, looped)
    scope = Scope(plan.definition.args, unknown=unknown, extra=account or {}, unknown_roots=of_run)
    elements, problem = None, ""
    try:
        elements = expand(step, plan, scope).elements
    except NotAnArray as error:
        problem = str(error)
    repeats = [Repeat(fan_out.over, _surely_one(fan_out.node, plan)) for fan_out in step.fan_outs]
    if step.loop:
        repeats.append(Repeat(over(step, plan), elements))
    if problem:
        return PreviewedResource(step, tuple(repeats), NO_REQUESTS, known=0, more=False, problem=problem)
    is_open = any(repeat.count is None for repeat in repeats)
    requests = FromArguments(step, plan, scope, 1 if elements is None else elements)
    known = 0 if is_open else len(requests)
    more = is_open or step.node.recurse is not None
    if step.node.run_if:
        # Whether any of them is made only a run can tell.
        return PreviewedResource(step, tuple(repeats), requests, known=0, more=True)
    partial = bool(unknown or step.expressions)
    return PreviewedResource(step, tuple(repeats), requests, known, more, partial)


def context_loop(step: Step, plan: Plan) -> str | None:
    """The name that the request loops over if it must be a key of the account's context: no argument has it.

    None for any other loop, and for a node without one.
    """
    declared = argument_entries(plan.definition.args_schema or {})
    return context_name(step.loop, plan.definition.args, declared) if step.loop else None


def over(step: Step, plan: Plan) -> str:
    """What a request loops over, as people read it: ``args.ids``, or a name of the account's context.

    Empty for a request without a loop.
    """
    path = step.loop.over if step.loop else ""
    return path if context_loop(step, plan) is None else path.removeprefix("args.")


def _surely_one(key: str, plan: Plan) -> int | None:
    """1 for a node that brings one record whatever happens: a state has a value, if only its default."""
    node = plan.graph.nodes[key]
    return 1 if node.kind == "get_state" else None


class Listed(Struct, frozen=True):
    """The requests in ``items``, which are made already; empty for a resource that makes none."""

    items: tuple[Expanded, ...] = ()

    def __len__(self) -> int:
        return len(self.items)

    def __call__(self, *, explain: bool = False) -> Iterator[Expanded]:  # noqa: ARG002 - traces are there or not
        """The requests, as they are."""
        return iter(self.items)


NO_REQUESTS = Listed()


class Together(Struct, frozen=True):
    """The requests of ``first``, followed by those of ``second``."""

    first: Requests
    second: Requests

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def __call__(self, *, explain: bool = False) -> Iterator[Expanded]:
        """First the first, then the second."""
        yield from self.first(explain=explain)
        yield from self.second(explain=explain)


class FromArguments(Struct, frozen=True):
    """The requests of a resource that the arguments decide, made when asked for: one, or ``count`` for a loop.

    ``step`` is the request, a node of ``plan``; ``scope`` has the arguments and other names that it reads.
    """

    step: Step
    plan: Plan
    scope: Scope
    count: int

    def __len__(self) -> int:
        return self.count

    def __call__(self, *, explain: bool = False) -> Iterator[Expanded]:
        """They are made as they are asked for."""
        return expand(self.step, self.plan, self.scope, explain=explain).calls

    def elements(self) -> list[JsonValue]:
        """The elements of the loop where it goes over an argument, else an empty list."""
        loop = self.step.loop
        if loop is None or loop.segments[0] != "args" or len(loop.segments) == 1:
            return []
        found = looped_over(loop, {"args": self.scope.args}).value
        return found if isinstance(found, list) and len(found) == self.count else []

    def of(self, elements: list[JsonValue], *, explain: bool = False) -> Iterator[Expanded]:
        """The requests that would be made if the loop went over ``elements``; with ``explain`` they have their traces.

        Raises ``ValueError`` for a request without a loop; iterating raises ``TemplateError`` for a placeholder that
        can't be rendered.
        """
        loop = self.step.loop
        if loop is None:
            raise ValueError(f"{self.step.node.key} has no loop")
        args = replaced(self.scope.args, loop.segments[1:], elements)
        return expand(self.step, self.plan, replace(self.scope, args=args), explain=explain).calls
