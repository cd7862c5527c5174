"""An expression reads one resource behind a spool of several, and gets the records of all of them.

Why:
    A spool hands on one list of all that it waits for, and that list takes the place of each of them: behind it,
    ``resources.crm.notes`` has the users, too.

Fails:
    resources:
      - resource: crm/notes
        method: list
      - resource: crm/users
        method: list
      - name: both
        type: spool
        depends_on: [crm/notes, crm/users]
      - name: digest
        type: transform
        depends_on: both
        persist: true
        config: {expression: resources.crm.notes.text}

Passes:
    resources:
      - resource: crm/notes
        method: list
      - resource: crm/users
        method: list
      - name: all-notes
        type: spool
        depends_on: crm/notes
      - name: all-users
        type: spool
        depends_on: crm/users
      - name: digest
        type: transform
        depends_on: [all-notes, all-users]
        persist: true
        config: {expression: "{'texts': resources.crm.notes.text, 'names': resources.crm.users.name}"}

Fix:
    Give each its own spool, and let the transform depend on all of them. Where all records are meant, read them by the
    name of the spool.

Since: 0.1.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.definition.model import Spool, Transform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.rules.finding import Finding
    from batchctl.rules.subject import Subject

_Place = tuple[str, ...]


def check(subject: Subject) -> Iterator[Finding]:
    """A finding for every expression that reads one of several resources behind the spool that mixes them."""
    mixed = {node.key: found for node in subject.resources if (found := _mixed(subject, node.key))}
    if not mixed:
        return
    for node, steps, analysis in subject.expressions.analyses:
        sources = subject.graph.sources(node.key)
        places = mixed.get(sources[0], ()) if len(sources) == 1 and isinstance(node, Transform) else ()
        for path in analysis.paths:
            read = next((place for place in places if path.segments[1 : 1 + len(place)] == place), None)
            if read is None or path.segments[0] != "resources":
                continue
            yield subject.finding(
                node,
                subject.within(node, steps, path.start, path.end),
                f"resources.{'.'.join(read)} has the records of {_listed(places)} behind the spool {sources[0]}",
                help="give each its own spool, and depend on all of these",
            )


def _mixed(subject: Subject, key: str) -> tuple[_Place, ...]:
    """The addresses of the resources whose records the spool ``key`` puts together; empty for one alone."""
    if not isinstance(subject.graph.nodes[key], Spool):
        return ()
    # The last address is that of the request that the records come from.
    places = [found[-1] for source in subject.graph.sources(key) if (found := subject.graph.places(source))]
    return tuple(dict.fromkeys(places)) if len(set(places)) > 1 else ()


def _listed(places: tuple[_Place, ...]) -> str:
    names = ["/".join(place) for place in places]
    return f"{', '.join(names[:-1])} and {names[-1]}"
