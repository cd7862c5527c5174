"""A request that repeats itself for its own records, level by level, so that what comes out depends on no timing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.engine.evaluations import Evaluations, TooHeavy
from batchctl.engine.fields import NoValue
from batchctl.errors import ExpressionError, TemplateError
from batchctl.plan.forms import WrongShape
from batchctl.plan.recursion import expand_again, identity, recurs
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.engine.lineage import Key, Page
    from batchctl.engine.options import RunOptions
    from batchctl.json_types import JsonValue
    from batchctl.plan.expansion import Expanded, Scope
    from batchctl.plan.planner import Plan, Step


class RecursionTooDeep(Exception):
    """A recursion has reached ``max_depth`` levels, and there are records that would lead to another one."""


class Again(Struct, frozen=True):
    """A call that a recursion repeats for ``record``, one of the request's own records.

    ``key`` is the call's place in the order of the node's calls, ``expanded`` is the call and how it was made.
    """

    key: Key
    expanded: Expanded
    record: JsonValue


class Misstep(Struct, frozen=True):
    """An ``error`` because of which a recursion could not repeat its call for ``record``.

    ``key`` is the place that the call would have had in the order of the node's calls.
    """

    key: Key
    error: Exception
    record: JsonValue


class Recursion(Struct):
    """The repeated calls that start from one call of a request with ``recurse``, level by level.

    ``scope`` has the records by node, and ``element`` the loop's element by the loop's path, that the first call was
    made for; ``place`` is that call's place in the order of the node's calls. Give each page of a call to ``consider``;
    after its last page ``closed`` returns the calls to make next, for which the same is done.
    """

    step: Step
    plan: Plan
    options: RunOptions
    scope: Scope
    element: Mapping[str, JsonValue]
    place: Key
    _level: int = 0
    _open: int = 1
    _found: list[tuple[Key, JsonValue]] = field(default_factory=list)
    _visited: set[str] = field(default_factory=set)

    def consider(self, page: Page) -> list[Misstep]:
        """Collect the records of ``page`` for which the call is to be repeated; returns an entry for each that failed.

        A record fails where the recursion's condition can't be rendered for it.
        """
        missteps = []
        for index, record in enumerate(page.records):
            key = (*page.key, index)
            try:
                if recurs(self.step, self.plan, self.scope, self.element, record):
                    self._found.append((key, record))
            except TemplateError as error:
                missteps.append(Misstep(key, error, record))
        return missteps

    async def closed(self) -> list[Again | Misstep]:
        """Note that one call of the current level has ended, and return the calls of the next level if it was the last.

        The list is empty as long as other calls of the level go on, and at the end of the recursion. A ``Misstep`` in
        it stands for a call that could not be made; its error is ``RecursionTooDeep`` beyond ``max_depth`` levels.
        """
        self._open -= 1
        if self._open:
            return []
        found = sorted(self._found, key=lambda pair: pair[0])
        self._found = []
        fresh = [(key, record) for key, record in found if self._is_new(record)]
        deepest = self.options.max_depth
        if fresh and self._level >= deepest:
            key, record = fresh[0]
            error = RecursionTooDeep(f"recurse: stopped at --max-depth {deepest}; there is more to follow")
            return [Misstep(key, error, record)]
        self._level += 1
        made = [await self._made(number, key, record) for number, (key, record) in enumerate(fresh)]
        self._open = sum(isinstance(each, Again) for each in made)
        return made

    async def _made(self, number: int, key: Key, record: JsonValue) -> Again | Misstep:
        try:
            expanded = await self._expanded(record)
            if expanded.missing and not self.options.allow_unresolved:
                return Misstep(key, NoValue(expanded.missing), record)
        except (TemplateError, ExpressionError, WrongShape) as error:
            return Misstep(key, error, record)
        return Again((*self.place, self._level, number), expanded, record)

    async def _expanded(self, record: JsonValue) -> Expanded:
        """The repeated call; its expressions don't hold up others."""
        evaluations, explain = Evaluations(), self.options.explain
        while True:
            evaluations.begin()
            try:
                return expand_again(
                    self.step, self.plan, self.scope, self.element, record, explain=explain, evaluate=evaluations
                )
            except TooHeavy as heavy:
                await evaluations.settle(heavy)

    def _is_new(self, record: JsonValue) -> bool:
        name = identity(record)
        if name in self._visited:
            return False
        self._visited.add(name)
        return True
