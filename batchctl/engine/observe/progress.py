"""A run in progress, folded from its events: what each resource has done, and how long it may take."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.engine.events import (
    CallFailed,
    CallRetried,
    CallStarted,
    CallSucceeded,
    Delivered,
    PageReceived,
    ResourceFinished,
    ResourceStarted,
    Throttled,
)
from batchctl.engine.result import Failed, Skipped
from batchctl.plan.loops import NotAnArray, loop_elements, looped_over
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.engine.events import Event
    from batchctl.engine.result import Outcome
    from batchctl.plan.planner import Plan, Step
    from batchctl.redaction import Redact

# An estimate from fewer calls or seconds would jump about.
_CALLS_TO_JUDGE = 3
_SECONDS_TO_JUDGE = 1.0
# Seconds between two lines of a log, the last one for ever after.
_INTERVALS_S = (5.0, 10.0, 15.0, 30.0)


class Intervals:
    """When lines about progress are due in a log: after 5, 10, 15 and then always 30 s."""

    def __init__(self) -> None:
        self._following_s = iter(_INTERVALS_S)
        self._due_s = next(self._following_s)

    def passed(self, now_s: float) -> bool:
        """Whether a line is due ``now_s`` seconds after the beginning; if so, the next interval begins."""
        if now_s < self._due_s:
            return False
        self._due_s = now_s + next(self._following_s, _INTERVALS_S[-1])
        return True


class LiveView(Struct, frozen=True):
    """The lines that are shown above the tree of resources while a run executes.

    ``title`` is the batch's name, ``where`` says in words what executes it, ``redact`` masks secrets in what is shown.
    ``sent`` says, for a run on Truto, what was sent; empty otherwise.
    """

    title: str
    where: str
    redact: Redact
    sent: str = ""


class Stage(Enum):
    """How far a resource is: ``WAITING`` to begin, ``RUNNING``, or ``DONE``, whether it succeeded or not."""

    WAITING = auto()
    RUNNING = auto()
    DONE = auto()


class ResourceProgress(Struct):
    """How far the resource ``key`` is at the moment; times are in seconds since the run began.

    ``started_s`` and ``ended_s`` are 0 before. Of ``calls`` begun, ``answered`` have succeeded and ``failed`` have not;
    ``records``, ``pages``, ``deliveries`` and ``retries`` are counts. ``held_until_s`` and ``held_by`` (in words)
    describe the latest call that waits for a rate limit or before a retry: nothing waits once that time is over.
    ``outcome`` is None until it has ended.
    """

    key: str
    stage: Stage = Stage.WAITING
    started_s: float = 0.0
    ended_s: float = 0.0
    calls: int = 0
    answered: int = 0
    failed: int = 0
    records: int = 0
    pages: int = 0
    deliveries: int = 0
    retries: int = 0
    held_until_s: float = 0.0
    held_by: str = ""
    outcome: Outcome | None = None

    @property
    def is_bad(self) -> bool:
        """Whether a call of the resource has failed, or the resource ended with errors or was skipped."""
        return self.failed > 0 or isinstance(self.outcome, Failed | Skipped)


class Progress:
    """How far each resource of ``plan`` is, in ``resources`` by key; as an observer it gets the events of the run."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.resources = {key: ResourceProgress(key) for key in plan.steps}
        self.seen_events = False

    def __call__(self, event: Event, /) -> None:
        """Take note of one event; one on a resource that is not in the plan is passed over."""
        self.seen_events = True
        resource = self.resources.get(event.key)
        if resource is not None:
            _fold(resource, event)

    def expected_calls(self, key: str) -> int | None:
        """How many calls the resource ``key`` makes for the records that its parent has so far; None if unknown."""
        step = self.plan.steps[key]
        if not isinstance(step.node, Request) or step.node.recurse is not None or len(step.fan_outs) > 1:
            return None
        elements = 1 if step.loop is None else _elements(step, self.plan)
        if elements is None:
            return None
        if not step.fan_outs:
            return elements
        return self.resources[step.fan_outs[0].node].records * elements

    def is_final(self, key: str) -> bool:
        """Whether ``expected_calls`` of ``key`` won't change: the nodes whose records it counts have finished."""
        return all(self.resources[fan_out.node].stage is Stage.DONE for fan_out in self.plan.steps[key].fan_outs)

    def left_s(self, key: str, now_s: float) -> float | None:
        """About how many seconds the resource ``key`` still needs; None where too little is known for an estimate.

        ``now_s`` is seconds since the run began.
        """
        resource, expected = self.resources[key], self.expected_calls(key)
        done = resource.answered + resource.failed
        spent = now_s - resource.started_s
        if (
            expected is None
            or not self.is_final(key)
            or expected <= done
            or done < _CALLS_TO_JUDGE
            or spent < _SECONDS_TO_JUDGE
        ):
            return None
        return spent / done * (expected - done)


def _elements(step: Step, plan: Plan) -> int | None:
    if step.loop is None or step.loop.segments[0] != "args":
        return None
    try:
        return len(loop_elements(step.loop, looped_over(step.loop, {"args": plan.definition.args}).value))
    except NotAnArray:
        return None


def _fold(resource: ResourceProgress, event: Event) -> None:
    match event:
        case ResourceStarted(at_s=at_s):
            resource.stage, resource.started_s = Stage.RUNNING, at_s
        case CallStarted():
            resource.calls += 1
        case PageReceived(records=records):
            resource.pages += 1
            resource.records += records
            resource.held_until_s = 0.0
        case CallRetried(wait_s=wait_s, status=status, at_s=at_s):
            resource.retries += 1
            resource.held_until_s = at_s + wait_s
            resource.held_by = f"{status} answered" if status else "no answer"
        case Throttled(wait_s=wait_s, limit=limit, at_s=at_s):
            resource.held_until_s, resource.held_by = at_s + wait_s, f"limit of {limit}"
        case CallSucceeded():
            resource.answered += 1
        case Delivered(records=records):
            resource.deliveries += 1
            resource.records += records
        case CallFailed():
            resource.failed += 1
        case ResourceFinished(outcome=outcome, at_s=at_s):
            resource.stage, resource.ended_s, resource.outcome = Stage.DONE, at_s, outcome
            if not isinstance(outcome, Skipped):
                resource.records = outcome.count
