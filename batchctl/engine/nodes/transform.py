"""A transform: an expression over every page that comes to it, or once over all that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Transform
from batchctl.engine.failures import step_failure
from batchctl.engine.fields import EXPRESSION
from batchctl.engine.lineage import Page, inherited, inherited_accounts
from batchctl.engine.nodes.base import NodeRun
from batchctl.errors import ExpressionError
from batchctl.json_types import FileData
from batchctl.plan.expansion import Scope
from batchctl.plan.run_row import SIZE
from batchctl.template import UNDEFINED

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Awaitable, Mapping

    from batchctl.engine.context import Context
    from batchctl.engine.flow import Flow
    from batchctl.engine.lineage import Key
    from batchctl.engine.lists import Lists
    from batchctl.engine.nodes.gathering import Gathered
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.planner import Step

# From so many records on an evaluation goes to a thread at once, so that Ctrl-C and others are heard meanwhile.
MANY_RECORDS = 2_000


class TransformRun(NodeRun):
    """A transform while the run executes: it evaluates its expression over each page or branch, or once over all.

    A branch is all that was made for the same records of the nodes before. ``rank`` is a number that is larger for
    nodes further downstream.
    """

    def __init__(self, step: Step, flow: Flow, context: Context, rank: int) -> None:
        super().__init__(step, flow, context, rank)
        self._under_way = 0
        self._once_to_do = not flow.streams
        self._groups: deque[Gathered] | None = None
        self._looked_at = False

    def work(self) -> Awaitable[None] | None:
        """The evaluation over the next page or branch, or the only one; None when there is nothing to do now."""
        if self.flow.gathers:
            return self._gather()
        if self.inbox:
            page = self.inbox.popleft()
            key = (self.flow.streams.index(page.node), *page.key)
            return self._evaluate(key, page, page.node, {page.node: _as_seen(page.records)})
        if self._once_to_do:
            self._once_to_do = False
            return self._evaluate((0,), Page(self.key, (0,), [], {}), None, {})
        return None

    def is_idle(self) -> bool:
        """Whether every page is evaluated."""
        if self.flow.gathers and (self._groups is None or self._groups):
            return False
        return not self._under_way and not self.inbox and not self._once_to_do

    def _gather(self) -> Awaitable[None] | None:
        """The evaluation over the next branch, when all that streams to it is finished."""
        if self._streams:
            return None
        if self._groups is None:
            self._groups = self.gather()
        if not self._groups:
            return None
        group = self._groups.popleft()
        lists = {**{source: [] for source in self.flow.streams}, **group.lists}
        page = group.page(self.key)
        for each in group.pages:
            page.shared.update(each.shared)
        return self._evaluate(group.key, page, None, lists)

    async def _evaluate(self, key: Key, page: Page, source: str | None, own: Mapping[str, list[JsonValue]]) -> None:
        """Evaluate over ``page``; ``own`` are the records that the expression sees as those of the nodes before it."""
        self._under_way += 1
        try:
            scope = _over(self.scope(page.bound, source, page.account), self.lists(source, own), own, self._added(page))
            if await self.may_run_apart(scope):
                await self._take(key, await self._value(scope, own), page)
        except ExpressionError as error:
            self.fail(key, step_failure(error, self.step, page.bound))
        finally:
            self._under_way -= 1
        self.settle()

    def _added(self, page: Page) -> JsonObject:
        """What was added to the page, and in a sync job how many records there are so far."""
        return page.added if self.context.plan.definition.job is None else {**page.added, SIZE: page.seen}

    async def _value(self, scope: Scope, own: Mapping[str, list[JsonValue]]) -> object:
        node = self.step.node
        assert isinstance(node, Transform)  # noqa: S101 - only such a node has such a run
        data = self.input_for(scope)
        others = sum(self.context.nodes[key].count for key in scope.lists or () if key not in own)
        many = sum(map(len, own.values())) + others > MANY_RECORDS
        if not self._looked_at and not many:
            self._looked_at = True
            await self.context.remarks.look_at(self.key, node.expression, data)
        value = await self.value_of(node.expression, data, EXPRESSION, at_once=not many)
        self.show_evaluation(data, value)
        return value

    async def _take(self, key: Key, value: object, page: Page) -> None:
        """Its records; null, nothing and an empty list are none."""
        self._answered += 1
        if value is UNDEFINED or value is None or value == []:
            return
        records: list[JsonValue] = value if isinstance(value, list) else [value]  # type: ignore[list-item]  # JSON
        added, accounts = inherited(records, page), inherited_accounts(records, page)
        await self.emit(Page(self.key, key, records, page.bound, page.shared, added, page.account, accounts, page.seen))


def _as_seen(records: list[JsonValue]) -> list[JsonValue]:
    """The records of a page as its expression has them: a file is no list, so one that came alone is itself."""
    return records[0] if len(records) == 1 and isinstance(records[0], FileData) else records  # type: ignore[return-value]  # said above


def _over(scope: Scope, lists: Lists, own: Mapping[str, list[JsonValue]], added: JsonObject) -> Scope:
    """The same with other ``lists``, where the records of the page at hand are its ``own`` before all others."""
    records = {key: record for key, record in scope.records.items() if key not in own}
    return Scope(scope.args, records, extra={**scope.extra, **added}, lists=lists)
