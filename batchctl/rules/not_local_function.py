"""A function that Truto has and the embedded engine has not: ``--local`` and ``--direct`` can't evaluate it.

Why:
    It needs what only the service has.

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
            $convertMdToPdf(resources.crm.contacts.notes)

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
            $convertNotionToMarkdown(resources.crm.contacts.notes)

Fix:
    Run the batch on Truto, or leave the resource out with ``--only``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.expression import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_ADVICE = {
    "batch": "run the batch on Truto: without --local and --direct",
    "sync-job": "run the job on Truto: batchctl sync FILE --on-truto",
}


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every use of a function in an expression that Truto has and batchctl's own engine has not."""
    for node, steps, use in subject.expressions.function_uses:
        known = FUNCTIONS.get(use.name)
        if known is not None and not known.local:
            yield subject.finding(
                node,
                subject.within(node, steps, use.start, use.end),
                f"${use.name} exists on Truto and is not available locally",
                help=_ADVICE[subject.kind],
            )
