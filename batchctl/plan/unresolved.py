"""Placeholders that have no value before the batch starts, and never will: their text would be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.expansion import Scope, expand, unknown_before_run
from batchctl.plan.loops import NotAnArray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.plan.planner import Plan, Step
    from batchctl.template import Reference


@dataclass(frozen=True, slots=True)
class Unresolved:
    """``text`` stands in resource ``key``; ``path`` leads to its string in the file, offsets count its code points."""

    key: str
    path: tuple[str | int, ...]
    text: str
    offset: int = 0
    end: int = 0


def find_unresolved(plan: Plan) -> tuple[Unresolved, ...]:
    """Every one, each once, in the order of the file; what reads records that only a run knows is none.

    Raises ``TemplateError`` for what can't be rendered at all.
    """
    found = [each for step in plan.steps.values() if isinstance(step.node, Request) for each in _in_step(step, plan)]
    return tuple(dict.fromkeys(found))


def _in_step(step: Step, plan: Plan) -> Iterator[Unresolved]:
    scope = Scope(plan.definition.args, unknown=unknown_before_run(step, plan))
    place = ("resources", step.node.index)
    try:
        for expanded in expand(step, plan, scope, explain=True).calls:
            for reference, evaluation in expanded.trace:
                if evaluation.kept and not evaluation.unknown:
                    yield _unresolved(step, reference)
    except NotAnArray:
        # The loop's own text is there already; a value that is no array is for the run to tell.
        if step.loop is not None and step.loop.segments[0] == "args":
            yield Unresolved(step.node.key, (*place, "loop_on"), step.loop.over)


def _unresolved(step: Step, reference: Reference) -> Unresolved:
    path = ("resources", step.node.index, *reference.path)
    return Unresolved(step.node.key, path, reference.text, reference.offset, reference.end)
