"""Several definitions run side by side, each as its own batch, with one result of all of them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from batchctl.engine.events import ignore
from batchctl.engine.failures import skip_notice
from batchctl.engine.result import Failed, NotReached, RunResult, Skipped
from batchctl.errors import BatchctlError, Interrupted
from batchctl.plan.side_by_side import key_in
from batchctl.structs import Struct, replace
from batchctl.truto.envelope import make_envelope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from batchctl.engine.events import Event, Observer
    from batchctl.engine.result import Outcome
    from batchctl.execution.executor import Executor
    from batchctl.execution.notices import Notify
    from batchctl.plan.planner import Plan

# The resource under which stands why a file could not run at all.
WHOLE = "batch"
# Calls are numbered in each run; so many of one file come before those of the next.
_SERIALS = 10**9


class Batch(Struct, frozen=True):
    """One of several definitions, ready to run; ``file`` is its name for people."""

    file: str
    plan: Plan
    executor: Executor


class Ended(Struct, frozen=True):
    """How one of several batches ended: with a result, or with the error that kept it from running.

    Both are None where it was cut short before it began.
    """

    batch: Batch
    result: RunResult | None = None
    error: BatchctlError | None = None


async def run_several(
    batches: Sequence[Batch],
    *,
    parallel: int,
    notify: Notify,
    observe: Observer = ignore,
    on_end: Callable[[Ended], None] = lambda _: None,
) -> list[Ended]:
    """Run the batches, ``parallel`` at once; one that can't run does not stop the others.

    ``on_end`` is called with each batch that ended. ``observe`` gets the events of all batches, in which a resource is
    called ``FILE::NAME``, ``notify`` all other notices. The result has how each batch ended, in the order of
    ``batches``. When cancelled, each batch has its result so far.
    """
    places = asyncio.Semaphore(parallel)

    async def one(number: int, batch: Batch) -> Ended:
        async with places:
            try:
                ended = Ended(batch, await batch.executor.run(_renamed(batch.file, number, observe), notify))
            except Interrupted:
                ended = Ended(batch)
            except BatchctlError as error:
                ended = Ended(batch, error=error)
            on_end(ended)
            return ended

    tasks = [asyncio.create_task(one(number, batch)) for number, batch in enumerate(batches)]
    try:
        await asyncio.wait(tasks)
    except (asyncio.CancelledError, KeyboardInterrupt):
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    return [Ended(batch) if task.cancelled() else task.result() for batch, task in zip(batches, tasks, strict=True)]


def together(ends: Sequence[Ended], *, began_s: float) -> RunResult:
    """One result for all batches, in which a resource is called ``FILE::NAME``.

    ``began_s`` is when they began, by ``time.monotonic``. Where a batch could not run, the resource ``FILE::batch`` has
    the error, and the batch's own resources are skipped.
    """
    outcomes: dict[str, Outcome] = {}
    answered: set[str] = set()
    for ended in ends:
        file, result = ended.batch.file, ended.result
        if ended.error is not None:
            why = key_in(file, WHOLE)
            outcomes[why] = Failed([make_envelope(0, str(ended.error))])
            outcomes.update(
                {key_in(file, key): Skipped((why,), [skip_notice((why,))]) for key in ended.batch.plan.steps}
            )
            continue
        if result is None:
            outcomes.update({key_in(file, key): NotReached() for key in ended.batch.plan.steps})
            continue
        outcomes.update({key_in(file, key): outcome for key, outcome in result.outcomes.items()})
        answered |= {key_in(file, key) for key in _answered(result)}
    return RunResult(
        outcomes,
        time.monotonic() - began_s,
        interrupted=any(ended.error is None and (ended.result is None or ended.result.interrupted) for ended in ends),
        answered=frozenset(answered),
        remarks=tuple(
            replace(remark, key=key_in(ended.batch.file, remark.key))
            for ended in ends
            if ended.result is not None
            for remark in ended.result.remarks
        ),
    )


def _answered(result: RunResult) -> set[str]:
    """The resources whose records are in the answer."""
    return {key for part, key, _ in result.answer_lists() if part == "result"}


def _renamed(file: str, number: int, observe: Observer) -> Observer:
    """Passes events on with their resource named as in the result of all."""

    def passed_on(event: Event, /) -> None:
        changes: dict[str, object] = {}
        if hasattr(event, "key"):
            changes["key"] = key_in(file, event.key)
        if hasattr(event, "serial"):
            changes["serial"] = event.serial + number * _SERIALS
        observe(replace(event, **changes))

    return passed_on if observe is not ignore else ignore
