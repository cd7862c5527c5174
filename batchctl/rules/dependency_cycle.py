"""Resources wait for each other in a circle, so none of them could start.

The message spells the circle out from its first resource in the file: ``a -> b -> a`` says that a needs b and
b needs a.

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
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from batchctl.diagnostics import Related
from batchctl.rules.base import Finding, dependency_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.json_types import DataPath
    from batchctl.rules.subject import Subject

# A longer circle is still spelled out, but not every place of it is shown.
_MOST_PLACES = 8


def check(subject: Subject) -> Iterator[Finding]:
    """One finding per knot of resources that need each other."""
    for cycle in subject.graph.cycles():
        places = [_edge_path(subject, key, needs) for key, needs in pairwise(cycle)]
        related = tuple(
            Related(subject.source.span(path), f'"{key}" needs "{needs}"')
            for path, (key, needs) in zip(places[1:_MOST_PLACES], list(pairwise(cycle))[1:], strict=False)
        )
        yield Finding(
            f"resources depend on each other in a circle: {' -> '.join(cycle)}",
            places[0],
            subject.source.span(places[0]),
            help="remove one of these dependencies",
            related=related,
            resource=cycle[0],
        )


def _edge_path(subject: Subject, key: str, needs: str) -> DataPath:
    item = next(edge.item for edge in subject.graph.edges[key] if edge.needs == needs)
    return dependency_path(subject, key, item)
