"""A function given to one of Truto's functions that takes a field name or an object to match.

Why:
    On the service it is not called: ``$groupBy(xs, function($x) {…})`` puts everything into one group.

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
            $groupBy(resources.crm.contacts, function($c) { $c.company })

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
            $groupBy(resources.crm.contacts, "company")

Fix:
    Give it a field name or an object to match.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.expression import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every expression that passes a function where one of Truto's functions does not call it.

    That is one that takes a field name or an object to match instead, as ``$groupBy`` does.
    """
    for node, steps, use in subject.expressions.function_uses:
        known = FUNCTIONS.get(use.name)
        if known is not None and not known.lambdas and use.arguments_are_lambda:
            yield subject.finding(
                node,
                subject.within(node, steps, use.start, use.end),
                f"${use.name} does not call a function that it is given: the service takes it for a value",
                help=f"give it a field name or an object to match: {known.usage}",
            )
