"""What differs between the requests of two previews: added, removed, or altered in some fields."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from batchctl.plan.flat_requests import Flat, Side


class FieldChange(Struct, frozen=True):
    """A field of a request or resource that differs: its text ``before`` and ``after``, None where it is missing.

    ``hidden`` means that the difference is in a secret, so that the two texts look the same.
    """

    name: str
    before: str | None
    after: str | None
    hidden: bool = False


class Altered(Struct, frozen=True):
    """A request that both previews have, but with different values in ``fields``."""

    before: Flat
    after: Flat
    fields: tuple[FieldChange, ...]


class ResourceChange(Struct):
    """The differences between two previews in one resource; ``key`` is its name.

    ``state`` is ``added`` or ``removed`` for a resource that only one preview has, else ``altered``, even where nothing
    differs. ``traits`` are the differing fields of the resource itself, the lists its differing requests; ``same`` is
    how many requests do not differ.
    """

    key: str
    state: str
    traits: tuple[FieldChange, ...] = ()
    added: list[Flat] = field(default_factory=list)
    removed: list[Flat] = field(default_factory=list)
    altered: list[Altered] = field(default_factory=list)
    same: int = 0

    @property
    def differs(self) -> bool:
        """Whether anything of the resource, itself or a request, is added, removed or altered."""
        return bool(self.state != "altered" or self.traits or self.added or self.removed or self.altered)


def compare(before: Side, after: Side) -> list[ResourceChange]:
    """The differences from ``before`` to ``after``: an entry for each resource of either, those of ``after`` first.

    The entry of a resource in which nothing differs has False as ``differs``.
    """
    changes = [_compared(key, before, after) for key in after.requests]
    gone = [key for key in before.requests if key not in after.requests]
    changes += [ResourceChange(key, "removed", removed=list(before.requests[key])) for key in gone]
    return changes


def _compared(key: str, before: Side, after: Side) -> ResourceChange:
    if key not in before.requests:
        return ResourceChange(key, "added", added=list(after.requests[key]))
    change = ResourceChange(key, "altered", _differing(before.traits[key], after.traits[key]))
    old, new = _without_equals(before.requests[key], after.requests[key])
    change.same = len(after.requests[key]) - len(new)
    for pairing in (lambda flat: flat.line, lambda flat: flat.bindings or None, _only(old, new)):
        old, new = _pair(change, old, new, pairing)
    change.removed, change.added = old, new
    return change


def _without_equals(old: Sequence[Flat], new: Sequence[Flat]) -> tuple[list[Flat], list[Flat]]:
    """Both without the requests that the other has, too; a request that is there twice counts twice."""
    both = Counter(map(_identity, old)) & Counter(map(_identity, new))
    return _left(old, both.copy()), _left(new, both.copy())


def _left(flats: Sequence[Flat], taken: Counter[Hashable]) -> list[Flat]:
    left = []
    for flat in flats:
        identity = _identity(flat)
        if taken[identity]:
            taken[identity] -= 1
        else:
            left.append(flat)
    return left


def _identity(flat: Flat) -> Hashable:
    return tuple(sorted(flat.exact.items()))


def _only(old: Sequence[Flat], new: Sequence[Flat]) -> Callable[[Flat], Hashable]:
    """Two that are alone are one request that changed."""
    alone = len(old) == len(new) == 1
    return lambda _flat: "the only one" if alone else None


def _pair(
    change: ResourceChange, old: list[Flat], new: list[Flat], mark: Callable[[Flat], Hashable]
) -> tuple[list[Flat], list[Flat]]:
    """Take out those that have the same mark, in order, as altered ones; no mark, no pair."""
    waiting: defaultdict[Hashable, list[Flat]] = defaultdict(list)
    for flat in reversed(old):
        waiting[mark(flat)].append(flat)
    added = []
    for flat in new:
        there = waiting[mark(flat)] if mark(flat) is not None else []
        if there:
            before = there.pop()
            change.altered.append(Altered(before, flat, tuple(_field_changes(before, flat))))
        else:
            added.append(flat)
    left = {id(flat) for flats in waiting.values() for flat in flats}
    return [flat for flat in old if id(flat) in left], added


def _field_changes(before: Flat, after: Flat) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*before.exact, *after.exact)):
        if before.exact.get(name) != after.exact.get(name):
            old, new = before.shown.get(name), after.shown.get(name)
            yield FieldChange(name, old, new, hidden=old == new)


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[FieldChange, ...]:
    names = dict.fromkeys((*before, *after))
    return tuple(
        FieldChange(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def totals(changes: Sequence[ResourceChange]) -> tuple[int, int, int, int]:
    """How many requests of all resources are added, removed, altered and unchanged, in this order."""
    return (
        sum(len(change.added) for change in changes),
        sum(len(change.removed) for change in changes),
        sum(len(change.altered) for change in changes),
        sum(change.same for change in changes),
    )
