"""A destination of a sync job: every page that comes to it is delivered, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request, SyncNode
from batchctl.engine.evaluations import is_true
from batchctl.engine.events import Delivered
from batchctl.engine.failures import step_failure
from batchctl.engine.fields import EXPRESSION, NoValue
from batchctl.engine.nodes.base import NodeRun
from batchctl.engine.nodes.expressions import RUN_IF
from batchctl.engine.outlets import Delivery
from batchctl.errors import DeliveryFailed, ExpressionError, TemplateError
from batchctl.plan.expansion import Scope, expression_input, placeholder_context
from batchctl.plan.forms import WrongShape
from batchctl.structs import replace
from batchctl.template import UNDEFINED, compile_template

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Mapping, Sequence

    from batchctl.engine.context import Context
    from batchctl.engine.flow import Flow
    from batchctl.engine.lineage import Item, Key, Page
    from batchctl.engine.outlets import Settled
    from batchctl.json_types import JsonObject
    from batchctl.plan.planner import Step

# The path of a destination's loop: the element of the page takes its place.
RECORDS = "payload.records"
# How many pages may wait for a destination.
MAX_BACKLOG = 20


class DestinationRun(NodeRun):
    """A destination of a sync job while the run executes: it delivers the pages that come to it, one at a time.

    A page counts as done when ``context.outlets`` reports the outcome of its delivery; for tables that is when many
    have been collected. ``rank`` is a number that is larger for nodes further downstream.
    """

    _under_way = False

    def __init__(self, step: Step, flow: Flow, context: Context, rank: int) -> None:
        super().__init__(step, flow, context, rank)
        # What is taken and not settled, by its place.
        self._taken: dict[str, tuple[Key, Page]] = {}

    def receive(self, page: Page) -> None:
        """Queue a page to be delivered; once 20 wait, no request of the run fetches a page until 10 are left."""
        super().receive(page)
        if self._under_way and len(self.inbox) >= MAX_BACKLOG:
            self.context.congested.add(self.key)

    def work(self) -> Awaitable[None] | None:
        """The delivery of the next page, or, once no more will come, the completion of all deliveries.

        None when there is nothing to deliver now.
        """
        if self._under_way or not (self.inbox or (self._taken and not self._streams)):
            return None
        self._under_way = True
        return self._deliver(self.inbox.popleft()) if self.inbox else self._flush()

    def is_idle(self) -> bool:
        """Whether all pages are delivered."""
        return not self._under_way and not self.inbox and not self._taken

    async def _deliver(self, page: Page) -> None:
        """A page without records is not delivered: there is nothing to put anywhere."""
        # Pages have a place each among those of their node: of several nodes, the node's is before it.
        place = (self.flow.streams.index(page.node), *page.key)
        try:
            is_wanted = bool(page.records) and await self._wants(page)
        except ExpressionError as error:
            self._lose((*place, 0), error, page)
            is_wanted = False
        for number, (payload, scope) in enumerate(self._payloads(page) if is_wanted else ()):
            try:
                await self._put(page, (*place, number), payload, scope)
            except (ExpressionError, TemplateError, NoValue, WrongShape) as error:
                self._lose((*place, number), error, page)
        self._go_on()

    def _lose(self, key: Key, error: Exception, page: Page) -> None:
        if self.context.outlets is not None:
            self.context.outlets.lose(self.key)
        self.fail(key, step_failure(error, self.step, page.bound))

    async def _flush(self) -> None:
        if self.context.outlets is not None:
            self._settle(await self.context.outlets.flush(self.key))
        self._go_on()

    def _go_on(self) -> None:
        self._under_way = False
        if self.key in self.context.congested and len(self.inbox) <= MAX_BACKLOG // 2:
            self.context.congested.discard(self.key)
            for node in self.context.nodes.values():
                self.context.scheduler.ready(node)
        self.context.scheduler.ready(self)
        self.settle()

    async def _put(self, page: Page, key: Key, payload: JsonObject, scope: Scope) -> None:
        source = self.context.plan.graph.nodes[page.node]
        taken, account, accounts = [payload["records"]], page.account, page.accounts
        if not self._is_looped:
            taken = page.records
        elif accounts is not None:
            account, accounts = accounts[key[-1]], None
        delivery = Delivery(
            self.key,
            page.node,
            source.resource if isinstance(source, Request) else source.key,
            taken,
            await self._config(payload, scope),
            ".".join(map(str, key)),
            account,
            self._method,
            accounts,
        )
        self._taken[delivery.place] = key, page
        if self.context.outlets is not None:
            self._settle(await self.context.outlets.deliver(delivery))

    def _settle(self, all_settled: Sequence[Settled]) -> None:
        for settled in all_settled:
            key, page = self._taken.pop(settled.delivery.place)
            if settled.error is None:
                self._answered += 1
                if self.context.observed:
                    self.context.tell(Delivered(self.key, len(settled.delivery.records), self.context.now()))
                self._records.add(key, settled.delivery.records)
            else:
                self.fail(key, step_failure(DeliveryFailed(settled.error), self.step, page.bound))

    def _payloads(self, page: Page) -> Iterator[tuple[JsonObject, Scope]]:
        """The page as a whole, or record by record with ``loop_on: payload.records``; and what each reads."""
        if not self._is_looped:
            yield {"records": page.records}, self._scope(page.bound, page, page.added)
            return
        for item in page.items():
            yield {"records": item.record}, self._scope({**page.bound, page.node: item}, page, item.added)

    def _scope(self, bound: Mapping[str, Item], page: Page, added: JsonObject) -> Scope:
        scope = self.scope(bound, page.node, page.account)
        lists = self.lists(page.node, {page.node: page.records})
        return replace(scope, extra={**scope.extra, **added}, lists=lists)

    @property
    def _node(self) -> SyncNode:
        assert isinstance(self.step.node, SyncNode)  # noqa: S101 - only such a node has such a run
        return self.step.node

    @property
    def _is_looped(self) -> bool:
        return self._node.config.get("loop_on") == RECORDS

    @property
    def _method(self) -> str:
        """What a datastore does, which may be said beside its settings or in them."""
        inner = self._node.config.get("config")
        written = self._node.config.get("method") or (inner.get("method") if isinstance(inner, dict) else None)
        return str(written or "")

    def _context_of(self, payload: JsonObject, scope: Scope) -> JsonObject:
        return {**placeholder_context(self.context.plan, scope), "payload": payload}

    async def _wants(self, page: Page) -> bool:
        """Whether the page is delivered: its condition sees all of it, also where records are delivered one by one.

        So it is in the example of Truto's public skills (sync jobs, destination with ``loop_on``), whose condition asks
        whether ``payload.records`` is an array.
        """
        condition = self._node.run_if
        if condition is None:
            return True
        scope = self._scope(page.bound, page, page.added)
        data = expression_input(self.context.plan, scope, self._context_of({"records": page.records}, scope))
        return self.noted(is_met=is_true(await self.value_of(condition, data, RUN_IF)))

    async def _config(self, payload: JsonObject, scope: Scope) -> JsonObject:
        """Its settings: placeholders filled in, and over them the object that ``config.expression`` gives."""
        config = self._node.config.get("config")
        inner = config.get("config") if isinstance(config, dict) else None
        context = self._context_of(payload, scope)
        watched = compile_template(inner if isinstance(inner, dict) else {}).render_watched(context)
        if watched.missing:
            raise NoValue(watched.missing, ("config", "config"))
        self.context.remarks.add_worries(self.key, watched.worries)
        settings = watched.value if isinstance(watched.value, dict) else {}
        if self._node.expression is None:
            return settings
        data = expression_input(self.context.plan, scope, context)
        made = await self.value_of(self._node.expression, data, EXPRESSION)
        if made is UNDEFINED:
            return settings
        if not isinstance(made, dict):
            raise WrongShape("the expression of a destination must give an object", EXPRESSION)
        return {**settings, **made}
