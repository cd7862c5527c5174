"""Where a resource is written: what an error in a view or report leads back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from batchctl.plan.planner import Plan


def line_of(key: str, plan: Plan) -> int | None:
    """The line, from 1, on which the resource ``key`` begins in its file; None for one that the plan has not."""
    step = plan.steps.get(key)
    return plan.definition.source.span(("resources", step.node.index)).start.line if step else None


def place_of(key: str, plan: Plan, file: str) -> str:
    """``batch.yaml:5``; empty for a resource that the plan has not, and without a file."""
    line = line_of(key, plan)
    return f"{file}:{line}" if file and line is not None else ""
