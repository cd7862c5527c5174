"""Which keys of an account's context a plan reads."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from batchctl.definition.model import AddContext, Request, SyncNode
from batchctl.plan.forms import analysed
from batchctl.plan.reads import ROOTS, RUN_ROOTS, reads
from batchctl.plan.run_row import SIZE
from batchctl.template import compile_template, parse_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

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
    analyses = [analysed(text) for step in plan.steps.values() for text in step.jsonata()]
    if any(each.wildcards or each.takes_everything for each in analyses):
        return None
    loops = {str(name) for step in plan.steps.values() if step.loop for name in step.loop.segments[:2]}
    # What an expression reads of an item, too: better to let a name pass than to refuse one that is read.
    items = {str(path.segments[0]) for each in analyses for path in each.paths if path.segments}
    of_job = _first(read.segments for each in _of_job(plan) for read in reads(each))
    return frozenset(_roots(plan.steps.values(), analyses) | of_job | loops | items) - {*ROOTS}


def read_of_account(plan: Plan, nodes: Collection[str] | None = None) -> frozenset[str]:
    """The names that the plan reads of the account's context.

    One that an add_context node adds may be among them, unless that has it as the key of an object: ``{"title": …}``.
    ``nodes`` are the keys of the nodes to look at; None for all nodes, and the job's ``state_key`` and ``mutex_key``.
    An expression that reads the whole of its input adds no names.
    """
    found: set[str] = set()
    for key, step in plan.steps.items():
        if nodes is None or key in nodes:
            contexts = [plan.graph.nodes[each] for each in plan.graph.contexts(key)]
            added = [each.expression for each in contexts if isinstance(each, AddContext)]
            found |= {name for name in _read_by(step, plan) if not any(_is_key(name, text) for text in added)}
    if nodes is None:
        found |= _first(read.segments for each in _of_job(plan) for read in reads(each))
    return frozenset(found) - {*ROOTS, *RUN_ROOTS, *_OF_NODES, "true", "false", "null"}


def _read_by(step: Step, plan: Plan) -> set[str]:
    loop = step.loop
    over = {str(loop.segments[1])} if loop and loop.is_bare and len(loop.segments) > 1 else set[str]()
    return _roots([step], [analysed(text) for text in step.jsonata()]) | (over - plan.definition.args.keys())


def _is_key(name: str, expression: str) -> bool:
    return re.search(rf"[{{,]\s*([\"']){re.escape(name)}\1\s*:", expression) is not None


def _roots(steps: Iterable[Step], analyses: Iterable[Analysis]) -> set[str]:
    return _first(
        chain(
            (path.segments for each in analyses for path in each.paths if not path.relative),
            (segments for step in steps for segments in _placeholders(step)),
        )
    )


def _first(paths: Iterable[Segments]) -> set[str]:
    return {segments[0] for segments in paths if segments and isinstance(segments[0], str)}


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
