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
Binding: TypeAlias = "dict[str, Item]"


class Item(Struct, eq=False):
    """A record and where it came from.

    ``key`` is its place in the order of its node's records, ``ancestors`` the records (by node) that its call was made
    for, ``added`` what add_context nodes added to it.
    """

    key: Key
    record: JsonValue
    ancestors: Mapping[str, Item]
    added: JsonObject = field(default_factory=dict)


class Page(Struct, eq=False):
    """Records that came together: a page of a call, or what one evaluation gave.

    ``bound`` are the records that its call was made for. ``shared`` is what add_context nodes added to the page as a
    whole, ``each`` what they added record by record (None: nothing). ``account`` is the integrated account that they
    come from, where that is not the run's own; ``accounts`` are those of the records, one by one, of a page that was
    gathered from several. ``seen`` is how many records its call had brought when it came, or how many were gathered.
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
        """Its records, each with its lineage."""
        if self.each is None:
            for index, record in enumerate(self.records):
                yield Item((*self.key, index), record, self.bound, self.shared)
            return
        for index, (record, added) in enumerate(zip(self.records, self.each, strict=True)):
            yield Item((*self.key, index), record, self.bound, {**self.shared, **added})

    @property
    def added(self) -> JsonObject:
        """The added keys that an expression over the whole page sees; of keys added per record, the last one's."""
        merged = dict(self.shared)
        for added in self.each or ():
            merged.update(added)
        return merged


class Partners:
    """The records of a node, indexed for combining them with those of other nodes that share an ancestor.

    ``items`` are these records.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = list(items)
        every = [set(item.ancestors) for item in self._items]
        self._shared = set.intersection(*every) if every else set()
        self._by_ancestor: dict[str, dict[Key, list[Item]]] = {}

    def of(self, bound: Binding) -> Iterable[Item]:
        """The records, in order, that were made from the same ancestors as ``bound``, as far as both have them."""
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
    """Every combination of ``first`` (a record of ``node``) with one record of each of ``others``, by node.

    Combined records must have the same ancestors wherever they share an ancestor's node.
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
    """The keys added to each of ``records``, which an expression made from the records of ``page``.

    A record that is unchanged, or keeps its ``id``, keeps what was added to it; any other gets what was added to the
    page as a whole. None where nothing was added record by record.
    """
    if page.each is None:
        return None
    if page.accounts is not None:
        return [page.added if place is None else page.each[place] for place in _origins(records, page.records)]
    by_id = {_mark(record): added for record, added in zip(page.records, page.each, strict=True)}
    rest = page.added
    return [by_id.get(_mark(record), rest) for record in records]


def inherited_accounts(records: Sequence[JsonValue], page: Page) -> list[str | None] | None:
    """The accounts of ``records``, which an expression made from those of ``page``; None for an unknown one.

    None as a whole where the page is of one account.
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
    """A key for the branch of a page: the places of the records of ``nodes`` it was made for, or ``(0,)``.

    ``bound`` are the records, by node, that the page was made for.
    """
    return tuple(step for node in nodes for step in bound[node].key) or (0,)


def binding_key(bound: Binding, nodes: Iterable[str]) -> Key:
    """A key that orders a call among those of its node: the places of the records of ``nodes`` it is made for."""
    return tuple(step for node in nodes for step in bound[node].key)
