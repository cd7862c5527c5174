"""A request that repeats itself for its own records, level by level, so that what comes out depends on no timing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.failures import step_failure
from batchctl.errors import ExpressionError, TemplateError
from batchctl.plan.forms import WrongShape
from batchctl.plan.recursion import expand_again, identity, recurs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.engine.lineage import Binding, Key, Page
    from batchctl.engine.nodes.request import OpenCall, RequestRun
    from batchctl.json_types import JsonValue
    from batchctl.plan.expansion import Scope


class Recursion:
    """All calls that come from one: those of a level, and the records that lead to the next."""

    def __init__(self, node: RequestRun, key: Key, bound: Binding, scope: Scope, turn: Mapping[str, JsonValue]) -> None:
        self._node = node
        self._key = key
        self._bound = bound
        self._scope = scope
        self._turn = turn
        self._level = 0
        self._open = 1
        self._found: list[tuple[Key, JsonValue]] = []
        self._visited: set[str] = set()

    def consider(self, page: Page) -> None:
        """Note the records of a page that lead on."""
        for index, record in enumerate(page.records):
            key = (*page.key, index)
            try:
                if recurs(self._node.step, self._node.run.plan, self._scope, self._turn, record):
                    self._found.append((key, record))
            except TemplateError as error:
                self._fail(key, error, record)

    def closed(self) -> list[OpenCall]:
        """Note that a call of the level has ended; behind the last one come the calls of the next level."""
        self._open -= 1
        if self._open:
            return []
        found = sorted(self._found, key=lambda pair: pair[0])
        self._found = []
        fresh = [(key, record) for key, record in found if self._is_new(record)]
        deepest = self._node.run.options.max_depth
        if fresh and self._level >= deepest:
            key, record = fresh[0]
            self._fail(
                key, RecursionTooDeep(f"recurse: level {deepest} is the last that is allowed, and it leads on"), record
            )
            return []
        self._level += 1
        calls = [call for number, (key, record) in enumerate(fresh) for call in self._call(number, key, record)]
        self._open = len(calls)
        return calls

    def _call(self, number: int, key: Key, record: JsonValue) -> list[OpenCall]:
        from batchctl.engine.nodes.request import OpenCall  # noqa: PLC0415 - the two need each other

        try:
            run = self._node.run
            explain = run.options.explain
            expanded = expand_again(self._node.step, run.plan, self._scope, self._turn, record, explain=explain)
        except (TemplateError, ExpressionError, WrongShape) as error:
            self._fail(key, error, record)
            return []
        return [OpenCall((*self._key, self._level, number), self._bound, expanded, self)]

    def _is_new(self, record: JsonValue) -> bool:
        name = identity(record)
        if name in self._visited:
            return False
        self._visited.add(name)
        return True

    def _fail(self, key: Key, error: Exception, record: JsonValue) -> None:
        self._node.fail(key, step_failure(error, self._node.step, self._bound, self._turn, record))


class RecursionTooDeep(Exception):
    """There are records to go on from, at the last level that is allowed."""
