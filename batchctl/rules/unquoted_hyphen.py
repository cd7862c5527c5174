"""A name with a hyphen and without backticks: JSONata subtracts.

Why:
    ``resources.block-children`` is ``resources.block`` minus ``children``, which is nothing.

Fails:
    resources:
      - resource: block-children
        method: list
      - name: ids
        type: transform
        depends_on: block-children
        persist: true
        config:
          expression: resources.block-children.id

Passes:
    resources:
      - resource: block-children
        method: list
      - name: ids
        type: transform
        depends_on: block-children
        persist: true
        config:
          expression: resources.`block-children`.id

Fix:
    Put the name in backticks; ``--fix`` does.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Edit, Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding, with a fix, for every name with a hyphen and without backticks in a path of an expression."""
    for node, steps, analysis in subject.expressions.analyses:
        for hyphen in analysis.hyphens:
            place = subject.source.exactly(subject.path(node, *steps), hyphen.start, hyphen.end)
            quoted = f"`{hyphen.text}`"
            yield subject.finding(
                node,
                subject.within(node, steps, hyphen.start, hyphen.end),
                f"{hyphen.text} is a subtraction here",
                help=f"put the name in backticks: {quoted}",
                fix=Fix(f"put {hyphen.text} in backticks", (Edit(place, quoted),)) if place else None,
            )
