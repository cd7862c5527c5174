"""Runs a plan against a backend: every node as soon as it can, every call of each, whatever fails on the way."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, assert_never

from batchctl.definition.model import AddContext, Request, Spool, SyncNode, Transform
from batchctl.definition.sync_job import end_nodes
from batchctl.engine.context import Context, Stopped
from batchctl.engine.events import ignore
from batchctl.engine.flow import make_flows
from batchctl.engine.nodes.add_context import AddContextRun
from batchctl.engine.nodes.destination import DestinationRun
from batchctl.engine.nodes.request import RequestRun
from batchctl.engine.nodes.spool import SpoolRun
from batchctl.engine.nodes.state import StateRun
from batchctl.engine.nodes.transform import TransformRun
from batchctl.engine.options import RunOptions
from batchctl.engine.result import RunResult, Skipped
from batchctl.errors import BatchctlError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.definition.model import Resource
    from batchctl.engine.backends.base import Backend
    from batchctl.engine.events import Observer
    from batchctl.engine.nodes.base import NodeRun
    from batchctl.engine.outlets import Outlets
    from batchctl.plan.planner import Plan

_USUAL = RunOptions()


async def execute(
    plan: Plan,
    backend: Backend,
    *,
    observer: Observer = ignore,
    clock: Callable[[], float] = time.monotonic,
    options: RunOptions = _USUAL,
    outlets: Outlets | None = None,
) -> RunResult:
    """Run every node of ``plan`` with the answers of ``backend``; failed calls are part of the result, not raised.

    ``observer`` gets the events of the run, ``outlets`` are where a sync job keeps state and delivers records (None for
    a batch), ``clock`` returns seconds that never go back. When the surrounding task is cancelled (Ctrl-C) the result
    so far is returned, marked ``interrupted``. Raises ``FixtureError`` and ``StoreError`` of the backend (its
    ``ServiceError`` is an error of the call), and ``BatchctlError`` when there is no room on disk; their ``result`` is
    what there was until then.
    """
    context = Context(plan, make_flows(plan), backend, observer, clock, options, outlets)
    nodes = _assembled(context)
    interrupted = False
    try:
        try:
            await context.scheduler.run()
        except Stopped:
            await _end_stopped(context, nodes)
    except Stopped:
        # By an error of what is done at the end.
        pass
    except asyncio.CancelledError:
        interrupted = True
    except BatchctlError as error:
        error.result = _result(context, nodes, interrupted=True)
        raise
    return _result(context, nodes, interrupted=interrupted)


def _result(context: Context, nodes: dict[str, NodeRun], *, interrupted: bool) -> RunResult:
    plan = context.plan
    for key, node in nodes.items():
        if isinstance(node, RequestRun) and (states := _states_left_out(node, nodes)):
            context.remarks.add_no_calls(key, states)
    outcomes = {key: nodes[key].outcome or nodes[key].unfinished() for key in plan.steps}
    answered = frozenset(key for key, step in plan.steps.items() if step.node.in_result)
    accounts = {key: frozenset(node.accounts) for key, node in nodes.items() if isinstance(node, RequestRun)}
    return RunResult(
        outcomes,
        context.now(),
        interrupted=interrupted,
        answered=answered,
        remarks=context.remarks.all(),
        accounts=accounts,
        left_out=frozenset(key for key, node in nodes.items() if node.has_left_out),
    )


def _states_left_out(node: RequestRun, nodes: Mapping[str, NodeRun]) -> list[str]:
    """The get_state nodes without which a request made no call: their ``run_if`` was not true; else empty."""
    if node.figures().calls or node.outcome is None or isinstance(node.outcome, Skipped):
        return []
    return [key for key in node.flow.streams if isinstance(nodes[key], StateRun) and nodes[key].has_left_out]


async def _end_stopped(context: Context, nodes: dict[str, NodeRun]) -> None:
    """Do what a sync job does at its end, after its first error has stopped everything before that.

    Raises ``Stopped`` at the first error of that.
    """
    ends = end_nodes(context.plan.definition.resources)
    before = [node for key, node in nodes.items() if key not in ends]
    if not ends or not any(node.has_errors for node in before):
        return
    context.begin_end()
    for node in before:
        node.break_off()
    for key in ends:
        nodes[key].queued = False
        context.scheduler.ready(nodes[key])
    await context.scheduler.run()


def _assembled(context: Context) -> dict[str, NodeRun]:
    """The nodes of the run, each knowing who reads it and who waits for it."""
    # What lies deeper comes first, and of a wave what stands first in the file.
    ranks = {key: rank for rank, key in enumerate(key for wave in context.plan.waves for key in reversed(wave))}
    nodes: dict[str, NodeRun] = {}
    for key, rank in ranks.items():
        step = context.plan.steps[key]
        nodes[key] = _kind(step.node)(step, context.flows.of[key], context, rank)
        if key in context.flows.kept_items:
            nodes[key].kept = []
    context.nodes.update(nodes)
    for node in nodes.values():
        for key in {*node.step.parents, *node.flow.waits, *node.flow.streams}:
            nodes[key].dependents.append(node)
        for key in node.flow.streams:
            if isinstance(node, AddContextRun):
                nodes[key].annotators.append(node)
            else:
                nodes[key].readers.append(node)
        context.scheduler.ready(node)
    return nodes


def _kind(node: Resource) -> type[NodeRun]:
    match node:
        case Request():
            return RequestRun
        case Transform():
            return TransformRun
        case AddContext():
            return AddContextRun
        case Spool():
            return SpoolRun
        case SyncNode(kind="destination"):
            return DestinationRun
        case SyncNode():
            return StateRun
        case _:
            assert_never(node)
