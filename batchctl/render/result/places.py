"""Where a resource is written: what an error in a view or report leads back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.diagnostic import path_of

if TYPE_CHECKING:
    from batchctl.plan.planner import Plan


def line_of(key: str, plan: Plan, field: str | None = None) -> int | None:
    """The line, from 1, on which the resource ``key`` begins in its file; None for one that is not in the plan.

    With a ``field`` of the resource, as an error names it (``query.limit``), it is the line of that field. Where the
    file does not have that field, it is the nearest one around it.
    """
    found = _place(key, plan, field)
    return found[1] if found else None


def file_of(key: str, plan: Plan, file: str) -> str:
    """The name of the file that the resource ``key`` is in: ``file``, or one that it includes."""
    found = _place(key, plan)
    return (found[0] if found else None) or file


def place_of(key: str, plan: Plan, file: str, field: str | None = None) -> str:
    """File and line of the resource ``key``: ``batch.yaml:5``; empty where it is not in the plan, or ``file`` is empty.

    With a ``field`` of the resource, as an error names it (``query.limit``), it is the line of that field. Where the
    file does not have that field, it is the nearest one around it.
    """
    found = _place(key, plan, field)
    return f"{found[0] or file}:{found[1]}" if file and found else ""


def _place(key: str, plan: Plan, field: str | None = None) -> tuple[str | None, int] | None:
    """The included file, None for the definition's own, and the line there."""
    step, source = plan.steps.get(key), plan.source
    if step is None:
        return None
    span = source.span(("resources", step.node.index, *path_of(field or "")))
    part = source.part_at(span)
    return None if part.source is source.own else part.source.file, span.start.line - part.lines
