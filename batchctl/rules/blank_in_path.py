"""A path in a placeholder with a blank inside: ``{{ args.user ids }}`` reads ``args.user``, else ``ids``.

Why:
    A blank separates two paths, of which the first with a value is taken. Nearly always one name was meant, with ``_``
    or a dot; then the wrong value is sent, or the placeholder itself.

Fails:
    args: {user: "7", user_ids: "8"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{ args.user ids }}", one: "{{args.user}}", all: "{{args.user_ids}}"}

Passes:
    args: {user_ids: "8"}
    resources:
      - resource: crm/contacts
        method: list
        query: {id: "{{ args.user_ids }}"}

Fix:
    Write the name as it is in the data; where the second path is meant as a fallback, write ``|`` between them.

Since: 0.2.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every path in a placeholder that has a blank inside, alternatives included."""
    for node, read in subject.placeholders.reads:
        paths = read.path.split()
        if len(paths) > 1:
            yield subject.finding(
                node,
                read.reference,
                f'the blank in "{read.path[:60]}" makes two paths of it: {paths[0]}, else {paths[1]}',
                help=f"did you mean {'_'.join(paths)}, or {' | '.join(paths)}?",
            )
