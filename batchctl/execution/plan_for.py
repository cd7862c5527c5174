"""From a prepared definition to a plan that can be sent as it is, or to what stands against that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.diagnostics.kinds import problem
from batchctl.errors import DefinitionError
from batchctl.plain import clean
from batchctl.plan.unresolved import find_unresolved
from batchctl.structs import Struct
from batchctl.truto.calls import is_delete

if TYPE_CHECKING:
    from batchctl.diagnostics import Diagnostic
    from batchctl.plan.planner import Plan
    from batchctl.plan.unresolved import Unresolved
    from batchctl.preparation import Prepared
    from batchctl.yaml12.source import Source

# The rule that allowing placeholders without a value turns into a warning.
UNRESOLVED_RULE = "undeclared-argument"


class Ready(Struct, frozen=True):
    """A plan that can be run as it is; ``sent_literally`` are placeholders without a value, whose text will be sent."""

    plan: Plan
    sent_literally: tuple[str, ...] = ()


def plan_for(prepared: Prepared, *, allow_unresolved: bool = False) -> Ready:
    """The plan of a checked definition, where nothing keeps it from being run.

    Raises ``DefinitionError`` with the diagnostics for a definition with errors, and for placeholders without a value,
    unless ``allow_unresolved``: then their text is sent.
    """
    plan = prepared.require_plan()
    found = find_unresolved(plan)
    if allow_unresolved or not found:
        return Ready(plan, tuple(dict.fromkeys(each.text for each in found)))
    problems = tuple(prepared.source.localised(_diagnostic(each, prepared.source)) for each in found)
    count = len({each.text for each in found})
    what = "a placeholder has" if count == 1 else f"{count} placeholders have"
    raise DefinitionError(f"{prepared.source.file}: {what} no value", diagnostics=problems)


def deleting(plan: Plan) -> tuple[str, ...]:
    """The keys of the requests in ``plan`` that delete records, in the order of the file."""
    return tuple(
        key for key, step in plan.steps.items() if isinstance(step.node, Request) and is_delete(step.node.method)
    )


def _diagnostic(each: Unresolved, source: Source) -> Diagnostic:
    span = source.within(each.path, each.offset, each.end) if each.end else source.span(each.path)
    return problem(
        UNRESOLVED_RULE,
        f"{clean(each.text, 100)} has no value; its text would be sent literally",
        span,
        help="give it a value with --arg, a default (?:…), or pass --allow-unresolved",
        path=each.path,
        resource=each.key,
    )
