"""Runs a plan against a backend: every node as soon as it can, every call of each, whatever fails on the way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from batchctl.engine.events import ignore
from batchctl.engine.options import RunOptions
from batchctl.engine.result import RunResult
from batchctl.engine.run import Run, Stopped

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Observer
    from batchctl.plan.planner import Plan

_USUAL = RunOptions()


async def execute(
    plan: Plan,
    backend: Backend,
    *,
    observer: Observer = ignore,
    clock: Callable[[], float] = time.monotonic,
    options: RunOptions = _USUAL,
) -> RunResult:
    """Run every node of ``plan``. A failed call is part of the result, never an exception.

    When the surrounding task is cancelled (Ctrl-C) the result so far comes back, marked ``interrupted``.
    Raises what the backend raises beside ``ServiceError``, and ``BatchctlError`` when there is no room on disk.
    """
    run = Run(plan, backend, observer, clock, options)
    interrupted = False
    try:
        await run.scheduler.run()
    except Stopped:
        pass
    except asyncio.CancelledError:
        interrupted = True
    outcomes = {key: run.nodes[key].outcome or run.nodes[key].unfinished() for key in plan.steps}
    answered = frozenset(key for key, step in plan.steps.items() if step.node.in_result)
    return RunResult(outcomes, run.now(), interrupted=interrupted, answered=answered)
