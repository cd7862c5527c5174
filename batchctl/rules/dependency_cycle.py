"""Resources wait for each other in a circle, so none of them could start.

Why:
    The message spells the circle out from its first resource in the file: ``a -> b -> a`` says that a needs b and b
    needs a.

Fails:
    resources:
      - name: companies
        resource: crm/companies
        method: list
        depends_on: contacts
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: companies

Passes:
    resources:
      - name: companies
        resource: crm/companies
        method: list
      - name: contacts
        resource: crm/contacts
        method: list
        depends_on: companies

Fix:
    Remove one of the dependencies that the message lists.

Since: 0.1.0
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from batchctl.diagnostics import Related

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Place, Subject

# A longer circle is still spelled out, but not every place of it is shown.
_MAX_PLACES = 8


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for each group of resources that depend on each other in a cycle."""
    for cycle in subject.graph.cycles():
        places = [_edge(subject, key, needs) for key, needs in pairwise(cycle)]
        related = tuple(
            Related(place.span, f'"{key}" needs "{needs}"')
            for place, (key, needs) in zip(places[1:_MAX_PLACES], list(pairwise(cycle))[1:], strict=False)
        )
        yield subject.finding(
            subject.graph.nodes[cycle[0]],
            places[0],
            f"resources depend on each other in a circle: {' -> '.join(cycle)}",
            help="remove one of these dependencies",
            related=related,
        )


def _edge(subject: Subject, key: str, needs: str) -> Place:
    item = next(edge.item for edge in subject.graph.edges[key] if edge.needs == needs)
    return subject.dependency(subject.graph.nodes[key], item)
