"""Where a resource is written: what an error in a view or report leads back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.diagnostic import path_of

if TYPE_CHECKING:
    from batchctl.plan.planner import Plan


def line_of(key: str, plan: Plan, field: str | None = None) -> int | None:
    """The line, from 1, on which the resource ``key`` begins in its file; None for one that the plan has not.

    With a ``field`` of the resource, as an entry of ``errors`` names it, the line of that field.
    """
    step = plan.steps.get(key)
    if step is None:
        return None
    path = ("resources", step.node.index, *path_of(field or ""))
    return plan.definition.source.span(path).start.line


def place_of(key: str, plan: Plan, file: str, field: str | None = None) -> str:
    """``batch.yaml:5``; empty for a resource that the plan has not, and without a file. ``field`` as in ``line_of``."""
    line = line_of(key, plan, field)
    return f"{file}:{line}" if file and line is not None else ""
