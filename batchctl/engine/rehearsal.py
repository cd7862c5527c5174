"""A run that sends nothing: the engine over samples, and from what it would have sent, a preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.engine.events import CallStarted
from batchctl.engine.executor import execute
from batchctl.engine.flow import make_flows
from batchctl.engine.options import RunOptions
from batchctl.engine.outlets import Settled
from batchctl.engine.result import Failed, Skipped
from batchctl.plan.preview import (
    NO_REQUESTS,
    Listed,
    Payload,
    Payloads,
    Preview,
    PreviewedResource,
    Repeat,
    Together,
    preview_step,
)
from batchctl.structs import Struct, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.engine.backends.samples import SampleBackend
    from batchctl.engine.events import Event
    from batchctl.engine.options import LateAccounts
    from batchctl.engine.outlets import Delivery
    from batchctl.engine.result import RunResult
    from batchctl.json_types import JsonObject, JsonValue
    from batchctl.plan.expansion import Expanded
    from batchctl.plan.planner import Plan, Step

# So many deliveries of each destination are shown; the others are counted.
_SHOWN_PAYLOADS = 20
# One call after the other, so that a preview is the same every time.
_IN_ORDER = RunOptions(concurrency=1, explain=True, allow_unresolved=True)


class Rehearsal(Struct, frozen=True):
    """The result of a run over samples: a ``preview`` of what would be sent, and the errors that a run would have.

    ``failures`` are lists of errors by the resource's key: objects with ``statusCode``, ``message`` and others, as in
    the ``errors`` of a result. A resource without errors is missing.
    """

    preview: Preview
    failures: dict[str, list[JsonValue]]


async def rehearse(
    plan: Plan,
    backend: SampleBackend,
    account: JsonObject | None = None,
    accounts: Mapping[str, JsonObject] | None = None,
    late_accounts: LateAccounts | None = None,
    run: JsonObject | None = None,
) -> Rehearsal:
    """Run ``plan`` over samples, without sending anything, and return what a run would send.

    Requests for which there are no samples are shown with their placeholders. ``account`` has the context of the run's
    account, ``accounts`` that of nodes which name another account, by key of the node; ``late_accounts`` reads those of
    accounts that a record or an element names. ``run`` has what a sync job reads of its run, ``sync_job_run`` and
    ``previous_run_date``, as ``rehearsed_run`` makes it. What is None is not known: placeholders that read it are shown
    as they are. Raises ``FixtureError`` for samples that can't be read, ``BatchctlError`` when there is no room on
    disk.
    """
    recorder, outlets = _Recorder(), _RecordedOutlets()
    of_run = run or {}
    own = {**(account or {}), **of_run}
    of_nodes = {key: {**context, **of_run} for key, context in (accounts or {}).items()}
    options = replace(_IN_ORDER, account=own, accounts=of_nodes, late_accounts=late_accounts)
    result = await execute(plan, backend, observer=recorder, options=options, outlets=outlets)
    reach = _Reach(plan, frozenset(backend.unanswered))
    maker = _RehearsalMaker(plan, result, recorder.calls, reach, account, accounts or {}, outlets)
    preview = Preview(plan, tuple(maker.resource(step) for step in plan.steps.values()))
    failures = {
        key: list(outcome.errors)
        for key, outcome in result.outcomes.items()
        if isinstance(outcome, Failed) and reach.is_true(key)
    }
    return Rehearsal(preview, failures)


class _Recorder:
    """The calls of each node, in the order in which they began."""

    def __init__(self) -> None:
        self.calls: dict[str, list[Expanded]] = {}

    def __call__(self, event: Event, /) -> None:
        if isinstance(event, CallStarted) and event.expanded is not None:
            self.calls.setdefault(event.key, []).append(event.expanded)


class _RecordedOutlets:
    """The state and destinations of a job that is only rehearsed: nothing was kept, and what comes is noted."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.first: dict[str, list[Payload]] = {}

    def get_state(self, key: str) -> JsonValue:
        """Nothing: as in a first run."""

    def set_state(self, key: str, value: JsonValue) -> None:
        """Keep nothing."""

    def delete_state(self, key: str) -> None:
        """Keep nothing."""

    async def deliver(self, delivery: Delivery) -> Sequence[Settled]:
        """Note what would be delivered."""
        self.counts[delivery.node] = self.counts.get(delivery.node, 0) + 1
        noted = self.first.setdefault(delivery.node, [])
        if len(noted) < _SHOWN_PAYLOADS:
            noted.append(Payload(delivery.resource, delivery.records, delivery.config))
        return [Settled(delivery)]

    def lose(self, node: str) -> None:
        """Nothing is counted."""

    async def flush(self, node: str) -> Sequence[Settled]:  # noqa: ARG002 - nothing waits
        """Nothing is waiting."""
        return ()


class _Reach:
    """How far the samples reach: which nodes' records are true, and which of these are complete."""

    def __init__(self, plan: Plan, unanswered: frozenset[str]) -> None:
        self._plan = plan
        self._unanswered = unanswered
        self._flows = make_flows(plan).of
        self._true: set[str] = set()
        self._complete: set[str] = set()
        for wave in plan.waves:
            for key in wave:
                self._judge(plan.steps[key])

    def is_true(self, key: str) -> bool:
        """Whether its calls and records are those of a run, though perhaps not all of them."""
        return key in self._true

    def is_complete(self, key: str) -> bool:
        """Whether its records are all that a run would bring."""
        return key in self._complete

    def needs(self, key: str) -> Iterator[str]:
        """The nodes whose records decide what it does."""
        yield from (fan_out.node for fan_out in self._plan.steps[key].fan_outs)
        yield from self.sees(key)

    def sees(self, key: str) -> Iterator[str]:
        """Those that it sees as a whole: with some missing, what it makes of them is not true."""
        flow, step = self._flows[key], self._plan.steps[key]
        yield from flow.contexts
        yield from (node for nodes in flow.lists.values() for node in nodes)
        if not isinstance(step.node, Request):
            yield from step.parents

    def _judge(self, step: Step) -> None:
        key = step.node.key
        if all(map(self.is_complete, self.sees(key))) and all(self.is_true(fan_out.node) for fan_out in step.fan_outs):
            self._true.add(key)
            if key not in self._unanswered and all(map(self.is_complete, self.needs(key))):
                self._complete.add(key)


class _RehearsalMaker(Struct, frozen=True):
    plan: Plan
    result: RunResult
    calls: dict[str, list[Expanded]]
    reach: _Reach
    account: JsonObject | None
    accounts: Mapping[str, JsonObject]
    outlets: _RecordedOutlets

    def resource(self, step: Step) -> PreviewedResource:
        """What the engine did, where that is true; where it is not all, also what only a run can tell."""
        key = step.node.key
        static = preview_step(step, self.plan, self.accounts.get(key, self.account))
        if step.node.kind == "destination":
            first = tuple(self.outlets.first.get(key, ()))
            more = not all(map(self.reach.is_complete, step.parents))
            return replace(static, payloads=Payloads(self.outlets.counts.get(key, 0), first, more))
        if not isinstance(step.node, Request) or not self.reach.is_true(key):
            return static
        recorded = Listed(tuple(self.calls.get(key, ())))
        is_open = not all(map(self.reach.is_complete, self.reach.needs(key)))
        outcome = self.result.outcomes[key]
        return PreviewedResource(
            step,
            self._repeats(step, static.repeats),
            Together(recorded, static.requests if is_open else NO_REQUESTS),
            known=len(recorded),
            more=is_open or (step.again is not None and not self.reach.is_complete(key)),
            problem=static.problem,
            skipped=outcome.because if isinstance(outcome, Skipped) else (),
        )

    def _repeats(self, step: Step, repeats: tuple[Repeat, ...]) -> tuple[Repeat, ...]:
        """With the number of records that there are of each fan-out, where all are known."""
        counted = (Repeat(fan_out.over, self._count(fan_out.node)) for fan_out in step.fan_outs)
        return (*counted, *repeats[len(step.fan_outs) :])

    def _count(self, key: str) -> int | None:
        outcome = self.result.outcomes[key]
        if not self.reach.is_complete(key):
            return None
        return 0 if isinstance(outcome, Skipped) else outcome.count
