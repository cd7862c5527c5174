"""The account does not have the resource: its ``capabilities.json`` beside the file does not list it.

Why:
    Names of resources are easy to guess, and a guessed one is a 404 when it is called. The file is a snapshot of the
    account that ``batchctl capabilities pull`` writes; without one nothing is checked, and one of another account
    says nothing. Here it lists ``crm/contacts`` and ``users``.

Fails:
    resources:
      - resource: crm/contact
        method: list

Passes:
    resources:
      - resource: crm/contacts
        method: list

Fix:
    Use a name that the account has, or bring the snapshot up to date: ``batchctl capabilities pull -a ID``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import Names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every request for a resource that the account lacks.

    What it has is in ``capabilities.json``, the snapshot of what the account offers.
    """
    capabilities = subject.capabilities
    if capabilities is None:
        return
    names = Names(sorted(capabilities.resources))
    for node in subject.own_requests:
        if node.resource not in capabilities.resources and capabilities.covers(node.resource):
            yield subject.finding(
                node,
                "resource",
                f'the account has no resource "{node.resource}"',
                help=names.suggestion(node.resource) or "batchctl capabilities pull brings the snapshot up to date",
            )
