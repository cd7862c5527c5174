"""Which keys of an account's context a plan reads."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from batchctl.definition.model import Request
from batchctl.plan.forms import analysed
from batchctl.plan.reads import ROOTS
from batchctl.template import parse_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.plan.planner import Plan, Step


def context_names(plan: Plan) -> frozenset[str] | None:
    """The roots beside ``args`` and ``resources``; None where an expression takes everything, so that any may be read.

    A bare name in ``loop_on`` may be a key of the context, too.
    """
    analyses = [analysed(text) for step in plan.steps.values() for text in _expressions(step)]
    if any(each.wildcards or each.takes_everything for each in analyses):
        return None
    paths = chain(
        (path.segments for each in analyses for path in each.paths),
        (parse_path(text) for step in plan.steps.values() for text in _placeholders(step)),
    )
    roots = {str(segments[0]) for segments in paths if segments}
    loops = {str(name) for step in plan.steps.values() if step.loop for name in step.loop.segments[:2]}
    return frozenset(roots | loops) - {*ROOTS}


def _expressions(step: Step) -> Iterator[str]:
    for form in filter(None, (step.form, step.again)):
        yield from form.expressions.values()
    node = step.node
    yield from filter(None, (node.run_if, getattr(node, "expression", None)))


def _placeholders(step: Step) -> Iterator[str]:
    templates = [form.template for form in (step.form, step.again) if form]
    templates += [each for each in (step.condition, step.loop.template if step.loop else None) if each]
    for template in templates:
        for reference in template.references:
            yield from (path.path for path in reference.alternatives)
    if isinstance(step.node, Request) and step.node.loop_on and "{{" not in step.node.loop_on:
        yield step.node.loop_on
