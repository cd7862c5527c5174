"""Which record came from which, and in what order: what makes ``{{resources.crm.contacts.id}}`` mean one contact.

A key says where a page or a record stands among those of its node, as if all calls had been made one after the
other. Keys of one node are never a prefix of one another, so that concatenated keys sort like their parts.
"""

from __future__ import annotations

import json
from collections import Counter, deque
from typing import TYPE_CHECKING, TypeAlias

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from batchctl.json_types import JsonObject, JsonValue

Key: TypeAlias = tuple[int, ...]
"""Where a page or a record comes in the order of its node's: keys are compared number by number, as tuples are."""
Binding: TypeAlias = "dict[str, Item]"
"""The records that a call is made for, one of each node that it fans out over, by the node's key."""


class Item(Struct, eq=False):
    """A record, together with the records that it was made from.

    ``key`` is its place in the order of its node's records (compared as tuples are). ``ancestors`` are the records, by
    node, that its call was made for; ``added`` are the keys that add_context nodes gave it.
    """

    key: Key
    record: JsonValue
    ancestors: Mapping[str, Item]
    added: JsonObject = field(default_factory=dict)


class Page(Struct, eq=False):
    """Records of one node that came together: a page of a call's answer, or what one evaluation of an expression gave.

    ``node`` is the node's key, ``key`` the page's place in the order of the node's pages. ``bound`` are the records, by
    node, that its call was made for. ``shared`` are the keys that add_context nodes added to all of the page, ``each``
    those added to each record (None: to none). ``account`` is the id of the integrated account of all records where it
    is not the run's own; ``accounts`` has an id per record (None: the run's own), where they come from several.
    ``seen`` is how many records its call had brought by then, these included.
    """

    node: str
    key: Key
    records: list[JsonValue]
    bound: Mapping[str, Item]
    shared: JsonObject = field(default_factory=dict)
    each: list[JsonObject] | None = None
    account: str | None = None
    accounts: Sequence[str | None] | None = None
    seen: int = 0

    def items(self) -> Iterator[Item]:
        """The page's records, each as an ``Item``: with the records that it was made from."""
        if self.each is None:
            for index, record in enumerate(self.records):
                yield Item((*self.key, index), record, self.bound, self.shared)
            return
        for index, (record, added) in enumerate(zip(self.records, self.each, strict=True)):
            yield Item((*self.key, index), record, self.bound, {**self.shared, **added})

    @property
    def added(self) -> JsonObject:
        """The keys, with their values, that add_context nodes added to the page, for an expression over all of it.

        Where records have different values under a key, it is the value of the last record.
        """
        merged = dict(self.shared)
        for added in self.each or ():
            merged.update(added)
        return merged


class Partners:
    """The records of one node (``items``), to be combined with those of other nodes that have the same ancestors."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = list(items)
        every = [set(item.ancestors) for item in self._items]
        self._shared = set.intersection(*every) if every else set()
        self._by_ancestor: dict[str, dict[Key, list[Item]]] = {}

    def of(self, bound: Binding) -> Iterable[Item]:
        """The node's records, in order, that can be combined with ``bound``, the records of other nodes.

        Where a record and ``bound`` both name a record of some node, it must be the same one.
        """
        name = next((name for name in reversed(bound) if name in self._shared), None)
        near = self._items if name is None else self._grouped(name).get(bound[name].key, [])
        return (item for item in near if _agree(item, bound))

    def _grouped(self, name: str) -> dict[Key, list[Item]]:
        if name not in self._by_ancestor:
            groups: dict[Key, list[Item]] = {}
            for item in self._items:
                groups.setdefault(item.ancestors[name].key, []).append(item)
            self._by_ancestor[name] = groups
        return self._by_ancestor[name]


def joined(first: Item, node: str, others: Mapping[str, Partners]) -> Iterator[Binding]:
    """Every combination of ``first``, a record of ``node``, with one record of each of the ``others`` (by node).

    Only records that go together are combined: where two have an ancestor of the same node, it is the same record. Each
    combination also has the ancestors.
    """
    yield from _extended({**first.ancestors, node: first}, list(others), others)


def _extended(bound: Binding, nodes: Sequence[str], others: Mapping[str, Partners]) -> Iterator[Binding]:
    if not nodes:
        yield bound
        return
    node, rest = nodes[0], nodes[1:]
    if node in bound:
        yield from _extended(bound, rest, others)
        return
    for item in others[node].of(bound):
        yield from _extended({**bound, **item.ancestors, node: item}, rest, others)


def _agree(item: Item, bound: Binding) -> bool:
    return all(bound.get(key, ancestor).key == ancestor.key for key, ancestor in item.ancestors.items())


def inherited(records: Sequence[JsonValue], page: Page) -> list[JsonObject] | None:
    """The keys that ``records`` get from ``page``, an object for each; an expression made them from its records.

    A record that is unchanged, or has kept its ``id``, keeps what add_context nodes gave it; any other gets what they
    gave to the page as a whole. None where nothing was added record by record.
    """
    if page.each is None:
        return None
    if page.accounts is not None:
        return [page.added if place is None else page.each[place] for place in _origins(records, page.records)]
    by_id = {_mark(record): added for record, added in zip(page.records, page.each, strict=True)}
    rest = page.added
    return [by_id.get(_mark(record), rest) for record in records]


def inherited_accounts(records: Sequence[JsonValue], page: Page) -> list[str | None] | None:
    """The id of the account of each of ``records``, which an expression made from those of ``page``.

    An item is None for the run's own account, and for a record that can't be traced back to one of the page; the result
    as a whole is None where all records of the page are of one account.
    """
    if page.accounts is None:
        return None
    return [None if place is None else page.accounts[place] for place in _origins(records, page.records)]


def _origins(records: Sequence[JsonValue], before: Sequence[JsonValue]) -> list[int | None]:
    """For each of ``records`` the place of the one ``before`` that it was made of; ids may stand there several times.

    It is the one that is the same, else of as many with its ``id`` as there are now the one at the same place.
    """
    same: dict[str, deque[int]] = {}
    by_id: dict[object, deque[int]] = {}
    for place, record in enumerate(before):
        same.setdefault(_content(record), deque()).append(place)
        by_id.setdefault(_mark(record), deque()).append(place)
    counts = Counter(map(_mark, records))
    found: list[int | None] = []
    for record in records:
        mark = _mark(record)
        equal, named = same.get(_content(record)), by_id.get(mark)
        if equal:
            found.append(equal.popleft() if len(equal) > 1 else equal[0])
        elif named and (len(named) == counts[mark] or len(by_id[mark]) == 1):
            found.append(named[0])
            named.rotate(-1)
        else:
            found.append(None)
    return found


def _content(record: JsonValue) -> str:
    return json.dumps(record, sort_keys=True)


def _mark(record: JsonValue) -> object:
    name = record.get("id") if isinstance(record, dict) else None
    return (type(name), name) if isinstance(name, str | int | float) else id(record)


def branch_key(bound: Mapping[str, Item], nodes: Sequence[str]) -> Key:
    """A key that is equal for pages made for the same records of ``nodes``, and sorts as these records do.

    ``bound`` are the records, by node, that the page was made for. It is ``(0,)`` where ``nodes`` is empty.
    """
    return tuple(step for node in nodes for step in bound[node].key) or (0,)


def binding_key(bound: Binding, nodes: Sequence[str]) -> Key:
    """A key by which the calls of a node are sorted: the places of the records of ``nodes`` that a call is made for.

    ``bound`` are these records by node.
    """
    if len(nodes) == 1:
        return bound[nodes[0]].key
    return tuple(step for node in nodes for step in bound[node].key)
