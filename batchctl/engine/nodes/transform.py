"""Nodes that evaluate an expression: a transform, page by page or once over all, and an add_context, once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from batchctl.engine.failures import step_failure
from batchctl.engine.lineage import Page
from batchctl.engine.nodes.base import NodeRun
from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression
from batchctl.plan.expansion import Scope, expression_input, placeholder_context
from batchctl.plan.forms import WrongShape
from batchctl.template import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from batchctl.definition.model import AddContext, Transform
    from batchctl.engine.context import Context
    from batchctl.engine.flow import Flow
    from batchctl.engine.lineage import Item, Key
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Step

# From so many records on an evaluation goes to a thread, so that Ctrl-C and others are heard meanwhile.
_MANY = 2_000


class EvaluatingRun(NodeRun):
    """A node at work that has an ``expression``."""

    def __init__(self, step: Step, flow: Flow, context: Context, rank: int) -> None:
        super().__init__(step, flow, context, rank)
        self._under_way = 0
        # Without a parent that streams there is one evaluation, over all that is there.
        self._once_to_do = not flow.streams

    def work(self) -> Awaitable[None] | None:
        """The evaluation over the next page, or the only one."""
        if self.inbox:
            page = self.inbox.popleft()
            return self._evaluate(page)
        if self._once_to_do:
            self._once_to_do = False
            return self._evaluate(None)
        return None

    def is_idle(self) -> bool:
        """Whether every page is evaluated."""
        return not self._under_way and not self.inbox and not self._once_to_do

    async def _evaluate(self, page: Page | None) -> None:
        self._under_way += 1
        key = (0,) if page is None else (self.step.parents.index(page.node), *page.key)
        bound = {} if page is None else page.bound
        try:
            scope = self.scope(bound, page.node if page else None)
            if page is not None:
                scope = _over_page(scope, page)
            if self.may_run(scope):
                self.take_value(key, await self._value(scope), page)
        except (ExpressionError, WrongShape) as error:
            self.fail(key, step_failure(error, self.step, bound))
        finally:
            self._under_way -= 1
        self.settle()

    async def _value(self, scope: Scope) -> object:
        node: Transform | AddContext = self.step.node  # type: ignore[assignment]  # only these two have such a run
        expression = compile_expression(node.expression)
        data = expression_input(self.context.plan, scope, placeholder_context(self.context.plan, scope))
        if sum(map(len, (scope.lists or {}).values())) > _MANY:
            return await asyncio.to_thread(expression.evaluate, data)
        return expression.evaluate(data)

    def take_value(self, key: Key, value: object, page: Page | None) -> None:
        """What an evaluation gave."""
        raise NotImplementedError


class TransformRun(EvaluatingRun):
    """A transform at work."""

    def take_value(self, key: Key, value: object, page: Page | None) -> None:
        """Its records; null, nothing and an empty list are none."""
        records: list[JsonValue] = []
        if value is not UNDEFINED and value is not None:
            records = value if isinstance(value, list) else [value]  # type: ignore[list-item]  # JSON values
        lists = {} if page is None else {**page.lists, page.node: page.records}
        bound: Mapping[str, Item] = {} if page is None else page.bound
        self.emit(Page(self.key, key, records, bound, lists))


class AddContextRun(EvaluatingRun):
    """An add_context at work."""

    def __init__(self, step: Step, flow: Flow, context: Context, rank: int) -> None:
        super().__init__(step, flow, context, rank)
        self._added: JsonObject = {}
        context.added[self.key] = self._added

    def take_value(self, key: Key, value: object, page: Page | None) -> None:  # noqa: ARG002 - it has no pages
        """The object that its descendants read from; null, nothing and an empty list add nothing."""
        if value is UNDEFINED or value is None or value == []:
            self._answered += 1
            return
        if not isinstance(value, dict):
            raise WrongShape("an add_context must give an object")
        taken = [name for name in ("args", "resources") if name in value]
        if taken:
            raise WrongShape(f"an add_context can't take the place of {taken[0]}")
        self._added.update(value)
        self.emit(Page(self.key, key, [value], {}))


def _over_page(scope: Scope, page: Page) -> Scope:
    """The same with the records of ``page`` and of the pages behind it as lists, the nearest first."""
    own = {page.node: page.records, **page.lists}
    others = {key: records for key, records in (scope.lists or {}).items() if key not in own}
    records = {key: record for key, record in scope.records.items() if key not in own}
    return Scope(scope.args, records, extra=scope.extra, lists={**own, **others})
