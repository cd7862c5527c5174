"""Which fields of records a person would look at first, and how many fit side by side."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from batchctl.json_types import JsonValue

GAP = 2
# Below so many columns a cell tells nothing.
_NARROWEST = 6
_LEAST = 3
_USUAL = 28
_MAX_COUNT = 8
_LONG_TEXT = 60

_IDENTIFYING = ("id", "name", "title", "subject", "display_name", "first_name", "last_name", "email", "status")
_NAME_LIKE = lazy_regex(r"(?:^|_)(?:name|title|subject|label|summary|email|number|key|code)$")
_TOLD_ELSEWHERE = lazy_regex(r"^(?:https?://|[0-9a-f]{8}-[0-9a-f]{4}-)", re.IGNORECASE)


class Column(Struct, frozen=True):
    """A field shown as a column, and its width in columns of the terminal."""

    name: str
    width: int


def choose_fields(records: Iterable[JsonValue]) -> list[str]:
    """The names of all fields of ``records``, the most useful to look at first.

    Identifying fields come first, then names, simple fields that vary, constant ones, long texts, nested ones; fields
    that are empty everywhere come last.
    """
    objects = [record for record in records if isinstance(record, dict)]
    shapes = set(map(tuple, objects))
    values: Mapping[str, Sequence[JsonValue]]
    if len(shapes) == 1:
        values = dict(zip(shapes.pop(), zip(*map(dict.values, objects), strict=True), strict=True))
    else:
        values = {name: [each[name] for each in objects if name in each] for name in dict.fromkeys(chain(*objects))}
    return sorted(values, key=lambda name: _rank(name, values[name]))


def in_reading_order(chosen: Sequence[str], records: Iterable[JsonValue]) -> list[str]:
    """The fields ``chosen`` in the order to show them: ids and names first, the others as the records have them."""
    first = [name for name in _IDENTIFYING if name in chosen]
    order = dict.fromkeys(chain.from_iterable(record for record in records if isinstance(record, dict)))
    return first + [name for name in order if name in chosen and name not in first]


def lay_out(names: Sequence[str], natural: dict[str, int], available: int) -> list[Column]:
    """As many of the fields ``names``, in order, as fit side by side into ``available`` columns of the terminal.

    ``natural`` is the width that each would have with enough room. The last one may be cut; room that is left goes to
    those that were cut.
    """
    widths: dict[str, int] = {}
    left = available
    for name in names[:_MAX_COUNT]:
        room = left - (GAP if widths else 0)
        wanted = min(natural[name], _USUAL)
        if wanted > room and (room < _NARROWEST and widths):
            break
        widths[name] = max(1, min(wanted, room))
        left = room - widths[name]
        if left <= 0:
            break
    for name, given in widths.items():
        more = min(natural[name] - given, left)
        if more > 0:
            widths[name] += more
            left -= more
    return [Column(name, given) for name, given in widths.items()]


def squeeze(names: Sequence[str], natural: dict[str, int], available: int) -> list[Column]:
    """All of the fields ``names``, in order, the widest narrowed until they fit into ``available`` columns.

    It is for fields that were asked for: leaving one out would be worse than cutting its values, so only those without
    any room are left out. ``natural`` is the width that each would have with enough room.
    """
    shown = list(names[: max(1, (available + GAP) // (_LEAST + GAP))])
    widths = [natural[name] for name in shown]
    room = available - GAP * (len(shown) - 1)
    while sum(widths) > room and max(widths) > 1:
        widest = max(range(len(widths)), key=widths.__getitem__)
        second = max((each for each in widths if each < widths[widest]), default=1)
        widths[widest] -= max(1, min(widths[widest] - second, sum(widths) - room))
    return [Column(name, given) for name, given in zip(shown, widths, strict=True)]


def _rank(name: str, values: Sequence[JsonValue]) -> tuple[int, int]:
    first = next(filter(_is_simple, values), None)
    if first is None:
        return (7 if any(values) else 8, 0)
    if name in _IDENTIFYING:
        return (0, _IDENTIFYING.index(name))
    text = next((value for value in values if value and isinstance(value, str)), "")
    if len(text) > _LONG_TEXT or _TOLD_ELSEWHERE.match(text):
        return (5, 0)
    varies = len(values) == 1 or any(str(value) != str(first) for value in filter(_is_simple, values))
    if _NAME_LIKE.search(name):
        return (1 if varies else 3, 0)
    return (2 if varies else 4, 0)


def _is_simple(value: JsonValue) -> bool:
    return isinstance(value, str | int | float) and value != ""
