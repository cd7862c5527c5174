"""Objects and lists that a placeholder brings in whole: copied, and their own placeholders replaced.

The service walks into what it has just put in place, and changes it where it stands, so that a second
placeholder meets the changed value. ``settle`` does the same to a copy of the context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.template.merging import MERGE_KEY
from batchctl.template.placeholders import PLACEHOLDER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Values that bring in values can grow without end.
_MOST_VALUES = 1_000_000


class Entangled(Exception):
    """A value brought in holds a placeholder itself."""


def copied(value: object, *, refuse_placeholders: bool = False) -> tuple[object, bool]:
    """A plain deep copy, without recursion, and whether an object inside has ``$truto_merge``.

    Raises ``Entangled`` for a placeholder in a string, if asked to, and ``TemplateError`` for a value that
    contains itself.
    """
    top: list[object] = [None]
    merges = False
    seen = 0
    pending: list[tuple[object, list[object] | dict[str, object], object]] = [(value, top, 0)]
    while pending:
        item, parent, key = pending.pop()
        made: object = item
        if isinstance(item, dict):
            merges = merges or (MERGE_KEY in item and parent is not top)
            made = fresh = dict.fromkeys(item)
            pending.extend((child, fresh, name) for name, child in item.items())
            seen += len(item)
        elif isinstance(item, list):
            row: list[object] = [None] * len(item)
            made = row
            pending.extend((child, row, index) for index, child in enumerate(item))
            seen += len(item)
        elif refuse_placeholders and isinstance(item, str) and "{{" in item and PLACEHOLDER.search(item):
            raise Entangled
        parent[key] = made  # type: ignore[index, call-overload]  # the key is of this parent
        if seen > _MOST_VALUES * 10:
            raise TemplateError("a value has more than ten million parts, or contains itself")
    return top[0], merges


class Settling:
    """Replaces the placeholders inside values, in place; counts, since values can bring in one another for ever."""

    def __init__(self, render: Callable[[str], object]) -> None:
        self._render = render
        self._left = _MOST_VALUES
        self.merges = False

    def settle(self, top: object) -> None:
        """Replace every placeholder inside ``top``, a list or an object. Raises ``TemplateError``."""
        walk: list[tuple[object, Iterator[object], object, object]] = [(top, _keys(top), None, None)]
        active = {id(top)}
        while walk:
            node, keys, owner, place = walk[-1]
            child = self._next_container(node, keys)
            if child is None:
                walk.pop()
                active.discard(id(node))
                if owner is not None:
                    owner[place] = node  # type: ignore[index]  # the place is of this owner
            else:
                key, inner = child
                if id(inner) in active:
                    raise TemplateError("a value brings in itself through its own placeholder")
                active.add(id(inner))
                walk.append((inner, _keys(inner), node, key))

    def _next_container(self, node: object, keys: Iterator[object]) -> tuple[object, object] | None:
        """Go on through ``node`` up to the next object or list to go into."""
        for key in keys:
            self._left -= 1
            if self._left < 0:
                raise TemplateError("values that bring in one another never come to an end")
            value = node[key]  # type: ignore[index]  # the key is of this node
            if isinstance(value, str) and "{{" in value:
                value = self._render(value)
                node[key] = value  # type: ignore[index]  # as above
                if isinstance(value, dict | list):
                    return key, value
            elif isinstance(value, dict):
                self.merges = self.merges or MERGE_KEY in value
                return key, dict(value)
            elif isinstance(value, list):
                return key, list(value)
        return None


def _keys(node: object) -> Iterator[object]:
    return iter(list(node)) if isinstance(node, dict) else iter(range(len(node)))  # type: ignore[arg-type]  # a list
