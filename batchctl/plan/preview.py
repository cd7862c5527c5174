"""Every call of a plan as far as it is known before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.expansion import Scope, expand

if TYPE_CHECKING:
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Plan, Step


@dataclass(frozen=True, slots=True)
class Repeat:
    """A request repeats over a path; ``count`` is None where only a run can tell."""

    over: str
    count: int | None


@dataclass(frozen=True, slots=True)
class PreviewedResource:
    """One resource of the plan, what it repeats over, and its requests as far as they are known."""

    step: Step
    repeats: tuple[Repeat, ...] = ()
    requests: tuple[Expanded, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every request is here with all its parts."""
        return (
            isinstance(self.step.node, Request)
            and self.step.node.recurse is None
            and all(repeat.count is not None for repeat in self.repeats)
            and not any(request.unresolved or request.expressions for request in self.requests)
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """The resources in the order of the file."""

    plan: Plan
    resources: tuple[PreviewedResource, ...]

    @property
    def requests(self) -> int:
        """How many requests are shown; one that repeats an unknown number of times counts once."""
        return sum(len(resource.requests) for resource in self.resources)

    @property
    def writes(self) -> int:
        """How many of them may change data."""
        return sum(
            len(resource.requests)
            for resource in self.resources
            if isinstance(resource.step.node, Request) and resource.step.node.is_write
        )

    @property
    def complete(self) -> bool:
        """Whether a run would make exactly these requests."""
        return all(resource.complete for resource in self.resources)


def make_preview(plan: Plan) -> Preview:
    """Expand what the arguments decide; what depends on records is shown once, with its placeholders.

    Raises ``NotAnArray`` and ``TemplateError`` for what the rules let pass.
    """
    return Preview(plan, tuple(_previewed(step, plan) for step in plan.steps.values()))


def _previewed(step: Step, plan: Plan) -> PreviewedResource:
    if not isinstance(step.node, Request):
        return PreviewedResource(step)
    scope = Scope(plan.definition.args, unknown=frozenset(fan_out.node for fan_out in step.fan_outs))
    expansion = expand(step, plan, scope)
    repeats = [Repeat(fan_out.over, None) for fan_out in step.fan_outs]
    if step.loop:
        repeats.append(Repeat(step.loop.over, expansion.turns))
    return PreviewedResource(step, tuple(repeats), tuple(expansion.calls))
