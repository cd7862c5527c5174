"""Destinations that get nothing in a run, whatever it fetches: the arguments alone decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.sync_job import destinations
from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression, evaluate_apart
from batchctl.plan.forms import analysed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.plan.planner import Plan

# They give another value each time.
_CHANGING = ("now", "millis", "random", "shuffle", "uuid")
# What can be read before a run; literals look like names here.
_KNOWN = (("args",), ("true",), ("false",), ("null",))


async def idle_destinations(plan: Plan) -> frozenset[str]:
    """The keys of the destination nodes that get nothing in a run of ``plan``.

    Their ``run_if`` reads arguments alone, and is not true for those of the plan. A node whose ``run_if`` can't be
    evaluated is not among them: each of its pages is an error.
    """
    found: set[str] = set()
    for node in destinations(plan.definition.resources):
        condition = node.run_if
        if condition is None or not _reads_arguments_alone(condition):
            continue
        expression = compile_expression(f"$boolean({condition}\n)")
        try:
            if await evaluate_apart(expression, {"args": plan.definition.args}) is not True:
                found.add(node.key)
        except ExpressionError:
            continue
    return frozenset(found)


async def idle_in_all(plans: Iterable[Plan]) -> frozenset[str]:
    """The keys of the destination nodes that get nothing in a run of any of ``plans``, such as those of many rows.

    No more of ``plans`` are looked at than it takes.
    """
    found: frozenset[str] | None = None
    for plan in plans:
        idle = await idle_destinations(plan)
        found = idle if found is None else found & idle
        if not found:
            break
    return found or frozenset()


def _reads_arguments_alone(condition: str) -> bool:
    analysis = analysed(condition)
    if analysis.wildcards or analysis.takes_everything or any(map(analysis.uses, _CHANGING)):
        return False
    return all(path.relative or path.segments[:1] in _KNOWN for path in analysis.paths)
