"""An expression calls a function that neither JSONata nor Truto has.

Why:
    The service stops at it, and the resource has no result.

Fails:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: |
            $uppercas(resources.crm.contacts.name)

Passes:
    resources:
      - resource: crm/contacts
        method: list
      - name: names
        type: transform
        depends_on: crm/contacts
        persist: true
        config:
          expression: |
            $uppercase(resources.crm.contacts.name)

Fix:
    Correct the name; a function of your own is defined with ``$name := function(…) {…}``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion
from batchctl.expression import FUNCTIONS, check_syntax
from batchctl.plan.forms import analysed
from batchctl.rules.views.expressions import severity_above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every call of a function that neither JSONata, nor Truto, nor the expression itself defines."""
    for node, steps, use in subject.expressions.function_uses:
        if use.called and use.name not in FUNCTIONS:
            yield subject.finding(
                node,
                subject.within(node, steps, use.start, use.end),
                f"there is no function ${use.name}",
                help=suggestion(use.name, FUNCTIONS),
            )
    for path, text in subject.expressions.above:
        if check_syntax(text) is not None:
            continue
        analysis = analysed(text)
        for use in analysis.functions:
            if use.called and use.name not in FUNCTIONS and use.name not in analysis.variables:
                yield subject.finding(
                    None,
                    subject.within(None, path, use.start, use.end),
                    f"there is no function ${use.name}",
                    help=suggestion(use.name, FUNCTIONS),
                    severity=severity_above(path),
                )
