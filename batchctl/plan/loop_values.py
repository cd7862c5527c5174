"""What placeholders read of a loop's elements, and whether one has a value for all of them at once.

A million elements are gone through by Python's own ``map``, at tens of nanoseconds each.
"""

from __future__ import annotations

from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING

from batchctl.plan.reads import on_one_line, reads_of
from batchctl.template import KNOWN_TYPES, is_plain_name, parse_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from batchctl.json_types import JsonValue
    from batchctl.plan.loops import Loop
    from batchctl.template import Reference

# Every type but ``json`` converts these, or leaves them as they are; other values can be refused.
_SCALARS = frozenset({str, int, float, bool, type(None)})


def surely_in_all(reference: Reference, loop: Loop, elements: list[JsonValue]) -> bool:
    """Whether the first path of a placeholder surely has a value for every one of a loop's ``elements``.

    It is quick, and answers False where a closer look is needed: for a path that is not below the element, an element
    without the name, and a value that its type may not be able to convert.
    """
    first = reference.alternatives[0]
    path = parse_path(first.path)
    steps = path[len(loop.segments) :]
    if path[: len(loop.segments)] != loop.segments or ":ignore-empty-str" in reference.text:
        return False
    if (first.cast or "str") not in KNOWN_TYPES - {"json"}:
        return False
    values: Iterable[JsonValue] = elements
    for step in steps:
        if not is_plain_name(step):
            return False
        # Without a value there is a default, or the like, for those that have a way out.
        values = map(dict.get, values, repeat(step)) if reference.has_fallback else map(itemgetter(step), values)  # type: ignore[arg-type]  # what is no object raises
    try:
        return _SCALARS.issuperset(map(type, values))
    except (TypeError, LookupError):
        return False


def reads_element(reference: Reference, loop: Loop) -> bool:
    """Whether a placeholder may read the element of ``loop``, a part of it, or an object that holds it."""
    return any(
        on_one_line(read.segments, loop.segments) or any(not isinstance(step, str | int) for step in read.segments)
        for read in reads_of(reference)
    )
