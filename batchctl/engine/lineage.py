"""Which record came from which: what makes ``{{resources.crm.contacts.id}}`` mean one contact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from batchctl.definition.model import JsonValue

Binding = dict[str, "Item"]


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """A record, and the records of its ancestors (by node key, farthest first) that its call was made for."""

    record: JsonValue
    ancestors: Mapping[str, Item]


def bindings(nodes: Sequence[str], items: Mapping[str, Sequence[Item]]) -> Iterator[Binding]:
    """Every way to choose one record per node, in order, such that all agree on their common ancestors.

    With no nodes that is the one empty way. Give the deepest node first: it brings its ancestors along.
    """
    yield from _extended({}, nodes, items)


def _extended(bound: Binding, nodes: Sequence[str], items: Mapping[str, Sequence[Item]]) -> Iterator[Binding]:
    if not nodes:
        yield bound
        return
    node, rest = nodes[0], nodes[1:]
    if node in bound:
        yield from _extended(bound, rest, items)
        return
    for item in items[node]:
        if all(bound.get(key, ancestor) is ancestor for key, ancestor in item.ancestors.items()):
            yield from _extended({**bound, **item.ancestors, node: item}, rest, items)
