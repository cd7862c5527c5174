"""A name with a hyphen and without backticks: JSONata subtracts.

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
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics import Edit, Fix
from batchctl.rules.base import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Every such name in a path."""
    for node, steps, _, analysis in subject.analyses:
        for hyphen in analysis.hyphens:
            path = subject.at(node, *steps)
            place = subject.source.exactly(path, hyphen.start, hyphen.end)
            quoted = f"`{hyphen.text}`"
            yield Finding(
                f"{hyphen.text} is a subtraction here",
                path,
                place or subject.source.span(path),
                help=f"put the name in backticks: {quoted}",
                resource=node.key,
                fix=Fix(f"put {hyphen.text} in backticks", (Edit(place, quoted),)) if place else None,
            )
