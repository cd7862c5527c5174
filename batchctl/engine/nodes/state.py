"""State nodes and events of a sync job: what it remembers from run to run, and what is done at its start and end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.definition.model import SyncNode
from batchctl.definition.sync_job import is_end_event
from batchctl.engine.failures import step_failure
from batchctl.engine.fields import NoValue
from batchctl.engine.lineage import Page
from batchctl.engine.nodes.base import NodeRun
from batchctl.errors import BatchctlError, ExpressionError, TemplateError
from batchctl.plan.expansion import placeholder_context
from batchctl.template import UNDEFINED, compile_template

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from batchctl.json_types import JsonValue
    from batchctl.plan.expansion import Scope


class Nothing:
    """In place of the new state of an ``update_state`` whose expression gave no value: then nothing is stored."""


class StateRun(NodeRun):
    """A get_state, update_state, delete_state or event node while the run executes: it does one thing, once."""

    _done = _under_way = False

    def work(self) -> Awaitable[None] | None:
        """The one thing that the node does (store a value, delete it…), the first time; None after that."""
        if self._done:
            return None
        self._done = self._under_way = True
        return self._act()

    def is_idle(self) -> bool:
        """Whether the one thing that the node does is done."""
        return self._done and not self._under_way

    def _may_follow(self, parents: frozenset[str]) -> bool:
        """An event at an end of the run waits for all nodes, whether they had something to do or not."""
        return is_end_event(self._node) or super()._may_follow(parents)

    def _lost_parents(self) -> tuple[str, ...]:
        """An event comes true or not whatever failed before it: that of an error most of all."""
        return () if self._node.kind == "event" else super()._lost_parents()

    async def _act(self) -> None:
        try:
            scope = self.scope({}, None)
            if self._comes_true() and await self.may_run_apart(scope):
                self._answered = 1
                if self._node.kind == "event":
                    self._fire()
                else:
                    await self._do(scope)
        except (ExpressionError, TemplateError, NoValue, BatchctlError) as error:
            self.fail((0,), step_failure(error, self.step, {}))
        self._under_way = False
        self.settle()

    def _comes_true(self) -> bool:
        """Whether an event comes true; any other node is only asked where it has something to do."""
        if self._node.kind != "event":
            return True
        failed = bool(self.context.errors)
        return {"start": True, "complete": not failed, "error": failed}.get(str(self._node.config.get("name")), False)

    def _fire(self) -> None:
        """What depends on it may run. After an end of the run ``sync_job_run.status`` says which it was."""
        self.context.fired.add(self.key)
        if is_end_event(self._node):
            self.context.accounts.end_run("failed" if self.context.errors else "completed")

    @property
    def _node(self) -> SyncNode:
        assert isinstance(self.step.node, SyncNode)  # noqa: S101 - only such a node has such a run
        return self.step.node

    async def _do(self, scope: Scope) -> None:
        outlets = self.context.outlets
        if outlets is None:
            return
        key = str(self._rendered("key", scope))
        if self._node.kind == "get_state":
            value = outlets.get_state(key)
            if value is None:
                value = self._rendered("default", scope)
            await self.emit(Page(self.key, (0,), [{"key": key, "value": value}], {}))
        elif self._node.kind == "delete_state":
            outlets.delete_state(key)
        elif not isinstance(fresh := await self._new_value(scope), Nothing):
            outlets.set_state(key, fresh)

    async def _new_value(self, scope: Scope) -> JsonValue | Nothing:
        config = self._node.config
        expression = config.get("value_expression")
        if isinstance(expression, str):
            value: Any = await self.value_of(expression, self.input_for(scope), "config.value_expression")
            return Nothing() if value is UNDEFINED else value
        return self._rendered("value", scope)

    def _rendered(self, name: str, scope: Scope) -> JsonValue:
        """A field of ``config`` with its placeholders filled in. Raises ``NoValue``."""
        written = self._node.config.get(name)
        if written is None:
            return None
        watched = compile_template({name: written}).render_watched(placeholder_context(self.context.plan, scope))
        if watched.missing:
            raise NoValue(watched.missing, ("config",))
        value: JsonValue = watched.value.get(name) if isinstance(watched.value, dict) else None
        return value
