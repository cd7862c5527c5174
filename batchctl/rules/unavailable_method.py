"""The account's resource does not have the method: its ``capabilities.json`` beside the file does not list it.

Why:
    What a resource can do depends on the integration: many can be listed but not created. Such a call is an error
    when it is made. The file is a snapshot of the account that ``batchctl capabilities pull`` writes, undocumented
    methods included. Here it lists ``list``, ``get`` and ``create`` of ``crm/contacts``.

Fails:
    resources:
      - resource: crm/contacts
        method: delete
        id: "1"

Passes:
    resources:
      - resource: crm/contacts
        method: get
        id: "1"

Fix:
    Use a method that the resource has, or bring the snapshot up to date: ``batchctl capabilities pull -a ID``.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.diagnostics.spelling import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every request with a method that its resource lacks.

    What a resource has is in ``capabilities.json``, the snapshot of what the account offers.
    """
    for node, offered in subject.offered:
        if node.method not in offered.methods:
            yield subject.finding(
                node,
                "method",
                f'{node.resource} has no method "{node.method}" in this account{offered.mark}',
                help=suggestion(node.method, offered.methods),
            )
