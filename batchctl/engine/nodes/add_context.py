"""An add_context: what it adds belongs to a record of the node before it, to a branch of a spool, or to the run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Spool
from batchctl.engine.failures import step_failure
from batchctl.engine.fields import EXPRESSION
from batchctl.engine.lineage import Item, Page, branch_key
from batchctl.engine.nodes.base import NodeRun
from batchctl.errors import ExpressionError
from batchctl.plan.expansion import Scope
from batchctl.plan.forms import WrongShape
from batchctl.structs import replace
from batchctl.template import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

    from batchctl.engine.context import Context
    from batchctl.engine.flow import Flow
    from batchctl.engine.lineage import Key
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Step


class AddContextRun(NodeRun):
    """An add_context node while the run executes: it adds keys to the pages of the node before it.

    ``flow`` says what it gets from other nodes; ``rank`` is a number that is larger for nodes further downstream.
    """

    def __init__(self, step: Step, flow: Flow, context: Context, rank: int) -> None:
        super().__init__(step, flow, context, rank)
        self._by_branch: dict[Key, JsonObject] = {}
        # Without a node before it there is one evaluation, for the run.
        self._once_to_do = not flow.streams
        self._under_way = False
        context.additions[self.key] = self

    def of(self, bound: Mapping[str, Item]) -> JsonObject:
        """The keys added for what is made from the records ``bound`` (by node), or to the run; empty without any."""
        if any(node not in bound for node in self.flow.branch):
            return {}
        return self._by_branch.get(branch_key(bound, self.flow.branch), {})

    def work(self) -> Awaitable[None] | None:
        """The one evaluation of an add_context without parents; None for any other, and after the first time."""
        if not self._once_to_do:
            return None
        self._once_to_do, self._under_way = False, True
        return self._add_to_run()

    def is_idle(self) -> bool:
        """Whether no evaluation for the whole run is left or in progress."""
        return not self._once_to_do and not self._under_way

    async def annotate(self, page: Page) -> Page:
        """The page with the keys that are added to its records; a record for which the expression fails is left out.

        Raises ``Stopped`` for such a failure with the option ``fail_fast``.
        """
        self.begin()
        if isinstance(self.context.plan.graph.nodes[page.node], Spool):
            return await self._annotated_as_whole(page)
        each: list[JsonObject] = []
        records: list[JsonValue] = []
        accounts: list[str | None] | None = None if page.accounts is None else []
        for index, item in enumerate(page.items()):
            bound = {**page.bound, page.node: item}
            added = await self._value((*page.key, index), self.scope(bound, page.node, page.account), bound)
            if added is not None:
                records.append(item.record)
                if accounts is not None and page.accounts is not None:
                    accounts.append(page.accounts[index])
                each.append({**(page.each[index] if page.each else {}), **added})
        return Page(page.node, page.key, records, page.bound, page.shared, each, page.account, accounts, page.seen)

    async def _annotated_as_whole(self, page: Page) -> Page:
        scope = self.scope(page.bound, page.node, page.account)
        lists = self.lists(page.node, {page.node: page.records})
        over = Scope(scope.args, scope.records, extra={**scope.extra, **page.added}, lists=lists)
        added = await self._value(page.key, over, page.bound)
        if added is None:
            return Page(page.node, page.key, [], page.bound, page.shared, account=page.account)
        self._by_branch[branch_key(page.bound, self.flow.branch)] = added
        return replace(page, shared={**page.shared, **added})

    async def _add_to_run(self) -> None:
        added = await self._value((0,), self.scope({}, None), {})
        self._by_branch[branch_key({}, ())] = added or {}
        self._under_way = False
        self.settle()

    async def _value(self, key: Key, scope: Scope, bound: Mapping[str, Item]) -> JsonObject | None:
        """What the expression adds, also as a whole; None where it can't be known. Raises ``Stopped``."""
        try:
            if not await self.may_run_apart(scope):
                return {}
            added = await self._evaluated(scope)
        except (ExpressionError, WrongShape) as error:
            self.fail(key, step_failure(error, self.step, bound))
            return None
        self._answered += 1
        if not added:
            return added
        self._records.add(key, [added])
        value = self.context.plan.graph.values.get(self.key)
        return added if value is None else {**added, value: added}

    async def _evaluated(self, scope: Scope) -> JsonObject:
        node = self.step.node
        assert isinstance(node, AddContext)  # noqa: S101 - only such a node has such a run
        data = self.input_for(scope)
        if not self._answered:
            await self.context.remarks.look_at(self.key, node.expression, data)
        value = await self.value_of(node.expression, data, EXPRESSION)
        self.show_evaluation(data, value)
        if value is UNDEFINED or value is None or value == []:
            return {}
        if not isinstance(value, dict):
            raise WrongShape("an add_context must give an object", EXPRESSION)
        taken = [name for name in ("args", "resources") if name in value]
        if taken:
            raise WrongShape(f"an add_context can't take the place of {taken[0]}", EXPRESSION)
        return value
