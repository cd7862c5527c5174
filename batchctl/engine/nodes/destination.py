"""A destination of a sync job: every page that comes to it is delivered, one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from batchctl.definition.model import Request, SyncNode
from batchctl.engine.failures import step_failure
from batchctl.engine.fields import NoValue
from batchctl.engine.nodes.base import NodeRun
from batchctl.engine.outlets import Delivery
from batchctl.errors import DeliveryFailed, ExpressionError, TemplateError
from batchctl.expression import compile_expression
from batchctl.plan.expansion import Scope, expression_input, placeholder_context
from batchctl.template import compile_template

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator

    from batchctl.engine.lineage import Item, Page
    from batchctl.json_types import JsonObject, JsonValue

# The path of a destination's loop: the element of the page takes its place.
RECORDS = "payload.records"


class DestinationRun(NodeRun):
    """A destination at work. Truto waits for an answer before it sends the next page, and so does this."""

    _under_way = False

    def work(self) -> Awaitable[None] | None:
        """Deliver the next page."""
        if self._under_way or not self.inbox:
            return None
        self._under_way = True
        return self._deliver(self.inbox.popleft())

    def is_idle(self) -> bool:
        """Whether all pages are delivered."""
        return not self._under_way and not self.inbox

    async def _deliver(self, page: Page) -> None:
        for number, (payload, scope) in enumerate(self._payloads(page)):
            key = (*page.key, number)
            try:
                if self._wants(payload, scope):
                    await self._put(page, key, payload, scope)
            except (ExpressionError, TemplateError, NoValue, DeliveryFailed) as error:
                self.fail(key, step_failure(error, self.step, page.bound))
        self._under_way = False
        self.context.scheduler.ready(self)
        self.settle()

    async def _put(self, page: Page, key: tuple[int, ...], payload: JsonObject, scope: Scope) -> None:
        source = self.context.plan.graph.nodes[page.node]
        taken = payload["records"]
        records: list[JsonValue] = taken if isinstance(taken, list) else [taken]
        delivery = Delivery(
            self.key,
            page.node,
            source.resource if isinstance(source, Request) else source.key,
            records,
            self._config(payload, scope),
            ".".join(map(str, key)),
        )
        if self.context.outlets is not None:
            await self.context.outlets.deliver(delivery)
        self._answered += 1
        self._records.add(key, records)

    def _payloads(self, page: Page) -> Iterator[tuple[JsonObject, Scope]]:
        """The page as a whole, or record by record with ``loop_on: payload.records``; and what each reads."""
        if self._node.config.get("loop_on") != RECORDS:
            scope = self._scope(page.bound, page, page.added)
            yield {"records": page.records}, scope
            return
        for item in page.items():
            yield {"records": item.record}, self._scope({**page.bound, page.node: item}, page, item.added)

    def _scope(self, bound: dict[str, Item] | object, page: Page, added: JsonObject) -> Scope:
        scope = self.scope(bound, page.node)  # type: ignore[arg-type]  # a mapping
        lists = {page.node: page.records, **(scope.lists or {})}
        return replace(scope, extra={**scope.extra, **added}, lists=lists)

    @property
    def _node(self) -> SyncNode:
        assert isinstance(self.step.node, SyncNode)  # noqa: S101 - only such a node has such a run
        return self.step.node

    def _context_of(self, payload: JsonObject, scope: Scope) -> JsonObject:
        return {**placeholder_context(self.context.plan, scope), "payload": payload}

    def _wants(self, payload: JsonObject, scope: Scope) -> bool:
        condition = self._node.run_if
        if condition is None:
            return True
        data = expression_input(self.context.plan, scope, self._context_of(payload, scope))
        return compile_expression(f"$boolean({condition}\n)").evaluate(data) is True

    def _config(self, payload: JsonObject, scope: Scope) -> JsonObject:
        config = self._node.config.get("config")
        inner = config.get("config") if isinstance(config, dict) else None
        if not isinstance(inner, dict):
            return {}
        watched = compile_template(inner).render_watched(self._context_of(payload, scope))
        if watched.missing:
            raise NoValue(watched.missing, ("config", "config"))
        return watched.value if isinstance(watched.value, dict) else {}
