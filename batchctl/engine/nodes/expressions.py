"""The expressions of a node: its ``run_if``, and the one that makes its records, its state or its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.evaluations import Evaluations, TooHeavy, is_true
from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression, evaluate_apart
from batchctl.plan.expansion import expression_input, placeholder_context

if TYPE_CHECKING:
    from batchctl.engine.context import Context
    from batchctl.json_types import JsonObject
    from batchctl.plan.expansion import Scope
    from batchctl.plan.forms import Evaluate
    from batchctl.plan.planner import Step

RUN_IF = "run_if"


class Expressions:
    """A node as far as its expressions go. ``has_left_out`` says whether its ``run_if`` has been false."""

    step: Step
    context: Context
    has_left_out: bool

    def input_for(self, scope: Scope) -> JsonObject:
        """The object that the node's expressions read, with the records and names in ``scope``."""
        return expression_input(self.context.plan, scope, placeholder_context(self.context.plan, scope))

    def may_run(self, scope: Scope, evaluate: Evaluate) -> bool:
        """Whether the node's ``run_if`` is true, or missing.

        ``scope`` has the records that it may read, ``evaluate`` evaluates it: called with the expression's text and the
        data. Raises ``ExpressionError``, and what ``evaluate`` raises.
        """
        condition = self.step.node.run_if
        if condition is None:
            return True
        data = self.input_for(scope)
        try:
            return self.noted(is_met=is_true(evaluate(condition, data)))
        except ExpressionError as error:
            error.field = RUN_IF
            raise

    async def may_run_apart(self, scope: Scope) -> bool:
        """Whether ``run_if`` is true, or missing; without blocking the event loop. Raises ``ExpressionError``."""
        evaluations = Evaluations()
        while True:
            evaluations.begin()
            try:
                return self.may_run(scope, evaluations)
            except TooHeavy as heavy:
                await evaluations.settle(heavy)

    def noted(self, *, is_met: bool) -> bool:
        """``is_met``, whether the node's ``run_if`` is true, which is remembered where it is not."""
        self.has_left_out |= not is_met
        return is_met

    async def value_of(self, text: str, data: JsonObject, field: str, *, at_once: bool = True) -> object:
        """The value of the expression ``text``, which the node has in ``field``, for ``data``; UNDEFINED for nothing.

        It does not block the event loop; ``at_once`` as in ``evaluate_apart``. Raises ``ExpressionError``.
        """
        try:
            return await evaluate_apart(compile_expression(text), data, at_once=at_once)
        except ExpressionError as error:
            error.field = field
            raise
