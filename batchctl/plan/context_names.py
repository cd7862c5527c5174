"""Which keys of an account's context a plan reads."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from batchctl.definition.model import Request, SyncNode
from batchctl.plan.forms import analysed
from batchctl.plan.reads import ROOTS, RUN_ROOTS, reads
from batchctl.plan.run_row import SIZE
from batchctl.template import compile_template, parse_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from batchctl.expression import Analysis
    from batchctl.plan.planner import Plan, Step
    from batchctl.plan.reads import Segments
    from batchctl.template import Template

# What stands beside the account's keys in some nodes of a sync job.
_OF_NODES = ("payload", SIZE)


def context_names(plan: Plan) -> frozenset[str] | None:
    """The names that a plan's templates and expressions read, apart from ``args`` and ``resources``.

    These can be keys of the account's context, or keys that add_context nodes add. None where an expression reads the
    whole of its input, so that it may read any name.
    """
    analyses = _analyses(plan)
    if any(each.wildcards or each.takes_everything for each in analyses):
        return None
    loops = {str(name) for step in plan.steps.values() if step.loop for name in step.loop.segments[:2]}
    # What an expression reads of an item, too: better to let a name pass than to refuse one that is read.
    items = {str(path.segments[0]) for each in analyses for path in each.paths if path.segments}
    return frozenset(_roots(plan, analyses) | loops | items) - {*ROOTS}


def read_of_account(plan: Plan, nodes: Collection[str] | None = None) -> frozenset[str]:
    """The names that the plan reads of the account's context; one that an add_context node adds may be among them.

    ``nodes`` are the keys of the nodes to look at; None for all nodes, and the job's ``state_key`` and ``mutex_key``.
    An expression that reads the whole of its input adds no names.
    """
    loops = {
        str(step.loop.segments[1])
        for step in _steps(plan, nodes)
        if step.loop and step.loop.is_bare and len(step.loop.segments) > 1
    }
    found = _roots(plan, _analyses(plan, nodes), nodes) | (loops - plan.definition.args.keys())
    return frozenset(found) - {*ROOTS, *RUN_ROOTS, *_OF_NODES, "true", "false", "null"}


def _roots(plan: Plan, analyses: list[Analysis], nodes: Collection[str] | None = None) -> set[str]:
    paths: Iterator[Segments] = chain(
        (path.segments for each in analyses for path in each.paths if not path.relative),
        (segments for step in _steps(plan, nodes) for segments in _placeholders(step)),
        (read.segments for each in (_of_job(plan) if nodes is None else ()) for read in reads(each)),
    )
    return {segments[0] for segments in paths if segments and isinstance(segments[0], str)}


def _steps(plan: Plan, nodes: Collection[str] | None) -> Iterator[Step]:
    return (step for key, step in plan.steps.items() if nodes is None or key in nodes)


def _analyses(plan: Plan, nodes: Collection[str] | None = None) -> list[Analysis]:
    return [analysed(text) for step in _steps(plan, nodes) for text in step.jsonata()]


def _placeholders(step: Step) -> Iterator[Segments]:
    templates = [form.template for form in (step.form, step.again) if form]
    templates += [each for each in (step.condition, step.loop.template if step.loop else None) if each]
    if isinstance(step.node, SyncNode):
        templates.append(compile_template(step.node.config))
    for template in templates:
        yield from (read.segments for read in reads(template))
    is_bare = step.loop is not None and step.loop.is_bare
    if isinstance(step.node, Request) and step.node.loop_on and "{{" not in step.node.loop_on and not is_bare:
        yield parse_path(step.node.loop_on)


def _of_job(plan: Plan) -> Iterator[Template]:
    """The templates that a sync job has beside its nodes."""
    job = plan.definition.job
    if job is not None:
        yield from (compile_template(text) for text in (job.state_key, job.mutex_key) if text)
