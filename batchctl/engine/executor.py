"""Runs a plan against a backend: every resource in turn, every call of each, whatever fails on the way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.engine.answers import read_records
from batchctl.engine.events import (
    CallFailed,
    CallStarted,
    CallSucceeded,
    PageReceived,
    ResourceFinished,
    ResourceStarted,
    ignore,
)
from batchctl.engine.failures import call_failure, skip_notice, step_failure
from batchctl.engine.lineage import Item, bindings
from batchctl.engine.options import RunOptions
from batchctl.engine.paging import pages
from batchctl.engine.result import Failed, NotReached, RunResult, Skipped, Succeeded, Work
from batchctl.errors import NotSupported, ServiceError, TemplateError
from batchctl.plan.expansion import Scope, expand
from batchctl.plan.loops import NotAnArray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.definition.model import JsonValue
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Observer
    from batchctl.engine.lineage import Binding
    from batchctl.engine.result import Outcome
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Plan, Step


async def execute(
    plan: Plan,
    backend: Backend,
    *,
    observer: Observer = ignore,
    clock: Callable[[], float] = time.monotonic,
    options: RunOptions = RunOptions(),  # noqa: ARG001, B008 - frozen; heard by the scheduler that comes next
) -> RunResult:
    """Run every resource of ``plan``. A failed call is part of the result, never an exception.

    When the surrounding task is cancelled (Ctrl-C) the result so far comes back, marked ``interrupted``.
    Raises ``NotSupported`` before the first call when the plan needs what the engine can't do yet.
    """
    refuse_unsupported(plan)
    run = _Run(plan, backend, observer, clock)
    started = clock()
    interrupted = False
    try:
        for wave in plan.waves:
            for key in wave:
                await run.resource(plan.steps[key])
    except asyncio.CancelledError:
        interrupted = True
    outcomes = {key: run.outcomes.get(key) or run.unfinished(key) for key in plan.steps}
    answered = frozenset(key for key, step in plan.steps.items() if step.node.in_result)
    return RunResult(outcomes, clock() - started, interrupted=interrupted, answered=answered)


def refuse_unsupported(plan: Plan) -> None:
    """Raise ``NotSupported`` for the first thing in the plan that the engine does not do yet."""
    for key, step in plan.steps.items():
        if not isinstance(step.node, Request):
            what = f"a {type(step.node).__name__.lower()}"
        elif step.node.recurse is not None:
            what = "recurse"
        elif step.expressions:
            what = f"a JSONata string as {step.expressions[0]}"
        else:
            continue
        raise NotSupported(
            f"{key} uses {what}, which the embedded engine can't run yet",
            hint="run it on Truto (without --local), or leave it out with --only",
        )


class _Run:
    """What is known so far in one run."""

    def __init__(self, plan: Plan, backend: Backend, observer: Observer, clock: Callable[[], float]) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self._plan = plan
        self._backend = backend
        self._observer = observer
        self._clock = clock
        self._started = clock()
        self._serial = 0
        self._items: dict[str, list[Item]] = {key: [] for key in plan.steps}
        self._work: dict[str, Work] = {}

    async def resource(self, step: Step) -> None:
        """Run one resource to its outcome, or skip it."""
        key = step.node.key
        because = self._lost_parents(step)
        if because:
            self._finish(key, Skipped(because, [skip_notice(because)]))
            return
        self._observer(ResourceStarted(key, self._now()))
        errors = await self._calls(step)
        records = [item.record for item in self._items[key]]
        work = self._work[key]
        self._finish(
            key, Failed(errors, records=records, work=work) if errors else Succeeded(records=records, work=work)
        )

    def unfinished(self, key: str) -> NotReached:
        """The outcome of a resource that the interruption cut off."""
        return NotReached(records=[item.record for item in self._items[key]], work=self._work.get(key, Work()))

    def _finish(self, key: str, outcome: Outcome) -> None:
        self.outcomes[key] = outcome
        self._observer(ResourceFinished(key, outcome, self._now()))

    def _now(self) -> float:
        return self._clock() - self._started

    def _lost_parents(self, step: Step) -> tuple[str, ...]:
        """Why the step can't run: all of its parents, or one whose records it reads, brought nothing but errors."""
        lost = tuple(parent for parent in step.parents if self._is_lost(parent))
        if lost and len(lost) == len(step.parents):
            return lost
        return tuple(fan_out.node for fan_out in step.fan_outs if self._is_lost(fan_out.node))

    def _is_lost(self, key: str) -> bool:
        match self.outcomes[key]:
            case Skipped():
                return True
            case Failed(work=work):
                return not work.pages
            case _:
                return False

    async def _calls(self, step: Step) -> list[JsonValue]:
        """Make every call of a request; the errors of those that failed."""
        started, key = self._clock(), step.node.key
        errors: list[JsonValue] = []
        calls = received = 0
        self._work[key] = Work(0, 0, 0.0)
        for bound, expanded in self._expansions(step, errors):
            calls += 1  # noqa: SIM113 - counted also when the body fails
            self._serial += 1
            serial, page, brought = self._serial, 0, 0
            self._observer(CallStarted(key, expanded.call, serial, self._now()))
            try:
                async for reply in pages(self._backend, expanded.call):
                    records = read_records(expanded.call, reply)
                    received += 1
                    page += 1
                    brought += len(records)
                    self._items[key].extend(Item(record, bound) for record in records)
                    self._observer(PageReceived(key, expanded.call, serial, page, len(records), self._now()))
                self._observer(CallSucceeded(key, expanded.call, serial, brought, page, self._now()))
            except ServiceError as error:
                failure = call_failure(error, expanded, bound, step)
                errors.append(failure.entry)
                self._observer(CallFailed(key, expanded.call, serial, failure.status, self._now()))
            finally:
                self._work[key] = Work(calls, received, self._clock() - started)
        return errors

    def _expansions(self, step: Step, errors: list[JsonValue]) -> Iterator[tuple[Binding, Expanded]]:
        """Each call with the records that it is made for; what can't become a call is an error."""
        nodes = [fan_out.node for fan_out in step.fan_outs]
        args = self._plan.definition.args
        for bound in bindings(nodes, self._items):
            scope = Scope(args, {key: item.record for key, item in bound.items()})
            try:
                for expanded in expand(step, self._plan, scope).calls:
                    yield bound, expanded
            except (NotAnArray, TemplateError) as error:
                errors.append(step_failure(error, bound, step))
