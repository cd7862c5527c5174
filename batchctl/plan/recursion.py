"""A request that repeats itself for what it brought: for which records, and with what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.plan.expansion import Expanded, Scope, expression_input, placeholder_context, replaced
from batchctl.structs import replace
from batchctl.template import parse_path, to_text, worries

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.forms import Evaluate
    from batchctl.plan.planner import Plan, Step


def recurs(step: Step, plan: Plan, scope: Scope, element: Mapping[str, JsonValue], record: JsonValue) -> bool:
    """Whether the recursion of the request ``step`` repeats it for ``record``, one of the records that it brought.

    ``scope`` has the records by node, and ``element`` the loop's element by the loop's path, that its first call was
    made for. False for a request without recursion. Raises ``TemplateError`` for a condition that can't be rendered.
    """
    if step.again is None:
        return False
    if step.condition is None:
        return True
    return step.condition.render(_context(step, plan, scope, element, record)) in (True, "true")


def expand_again(
    step: Step,
    plan: Plan,
    scope: Scope,
    element: Mapping[str, JsonValue],
    record: JsonValue,
    *,
    explain: bool = False,
    evaluate: Evaluate | None = None,
) -> Expanded:
    """The call that the recursion of the request ``step`` makes for ``record``, one of the records that it brought.

    ``scope`` has the records by node, and ``element`` the loop's element by the loop's path, that its first call was
    made for. With ``explain`` the call has a trace. ``evaluate`` evaluates its expressions, given the text and the data
    (None: at once). Raises ``ValueError`` for a request without recursion, ``TemplateError`` for a placeholder that
    can't be rendered, ``ExpressionError`` for an expression that fails, ``WrongShape`` for one that gives no object.
    """
    if step.again is None:
        raise ValueError(f"{step.node.key} has no recursion")
    context = _context(step, plan, scope, element, record)
    within = replace(scope, records={**scope.records, step.node.key: record})
    data = expression_input(plan, within, context) if step.again.expressions else None
    name = record.get("id") if isinstance(record, dict) else record
    bindings = {**element, step.node.key: name}
    if explain:
        rendering = step.again.template.render_with_trace(context)
        call = step.again.call(rendering.value, data, evaluate)
        return Expanded(call, (), bindings, (), rendering.trace, *worries(rendering.trace))
    value, found = step.again.template.render_watched(context)
    return Expanded(step.again.call(value, data, evaluate), (), bindings, (), (), *found)


def identity(record: JsonValue) -> str:
    """A text that is equal for two records with the same ``id``, or without ids for two of the same content."""
    if isinstance(record, dict) and record.get("id") is not None:
        return f"id {to_text(record['id'])}"
    return json.dumps(record, sort_keys=True)


def _context(step: Step, plan: Plan, scope: Scope, element: Mapping[str, JsonValue], record: JsonValue) -> JsonObject:
    within = Scope(scope.args, {**scope.records, step.node.key: record}, extra=scope.extra)
    context = placeholder_context(plan, within)
    for over, each in element.items():
        context = replaced(context, parse_path(over), each)
    return context
