"""Plans of several files as one that views and reports can show: each resource under its file's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.linking import joined
from batchctl.plan.definition_graph import build_graph
from batchctl.plan.planner import FanOut, Plan
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from batchctl.definition.model import Resource
    from batchctl.plan.planner import Step


def key_in(file: str, key: str) -> str:
    """The name of the resource ``key`` of one of several files: ``contacts.batch.yaml::notes``."""
    return f"{file}::{key}"


def side_by_side(plans: Mapping[str, Plan]) -> Plan:
    """One plan with the resources of several files, each under the name ``FILE::NAME``, for showing what was run.

    ``plans`` are the plans by the names of their files, at least one. The result can't be run.
    """
    steps: dict[str, Step] = {}
    waves: list[list[str]] = []
    before = 0
    for file, plan in plans.items():
        for key, step in plan.steps.items():
            steps[key_in(file, key)] = _moved(step, file, before)
        for number, wave in enumerate(plan.waves):
            waves += [[]] * (number == len(waves))
            waves[number] = [*waves[number], *(key_in(file, key) for key in wave)]
        before += plan.source.resources
    first = next(iter(plans.values())).definition
    accounts = dict.fromkeys(plan.definition.integrated_account_id for plan in plans.values())
    nodes = tuple(step.node for step in steps.values())
    definition = replace(
        first,
        integrated_account_id=", ".join(accounts),
        args={},
        resources=nodes,
        payload={},
        name=f"{len(plans)} files",
        secrets=frozenset(secret for plan in plans.values() for secret in plan.definition.secrets),
    )
    source = joined([plan.source for plan in plans.values()])
    return Plan(definition, build_graph(nodes), tuple(map(tuple, waves)), steps, source)


def _moved(step: Step, file: str, before: int) -> Step:
    parents = tuple(key_in(file, parent) for parent in step.parents)
    node: Resource = replace(
        step.node, key=key_in(file, step.node.key), index=step.node.index + before, depends_on=parents
    )
    fan_outs = tuple(FanOut(key_in(file, each.node), each.over) for each in step.fan_outs)
    return replace(step, node=node, parents=parents, fan_outs=fan_outs)
