"""Values that a placeholder brings in whole, copied: what is rendered shares nothing with the context."""

from __future__ import annotations

from typing import Final

from batchctl.errors import TemplateError
from batchctl.javascript.values import UNDEFINED, sendable
from batchctl.json_types import FileData
from batchctl.template.placeholders import PLACEHOLDER

MERGE_KEY: Final = "$truto_merge"
_MAX_PARTS = 10_000_000
# Deeper than any text can nest that was read in; a value that contains itself gets there soon.
_MAX_DEPTH = 100_000


class Entangled(Exception):
    """Raised for a value, read for a placeholder, that has a placeholder or the key ``$truto_merge`` in itself.

    The service renders such a value too, step by step (that key merges objects), so the fast way of rendering can't be
    taken.
    """


def copied(value: object, *, refuse_entangled: bool = False) -> object:
    """A deep copy of ``value`` as JSON can hold it; files (``FileData``) stay the same objects.

    UNDEFINED (JavaScript's ``undefined``) and methods are left out of objects and null in a list, and UNDEFINED by
    themselves; infinity and NaN are null. With ``refuse_entangled`` raises ``Entangled`` for a value that has a
    placeholder, or below its top the key ``$truto_merge``, since the service renders these too. Raises
    ``TemplateError`` for a value that contains itself or has more than ten million parts.
    """
    top: list[object] = [None]
    parts = 0
    pending: list[tuple[object, list[object] | dict[str, object], object, int]] = [(value, top, 0, 0)]
    while pending:
        item, parent, key, depth = pending.pop()
        made: object = item
        if isinstance(item, FileData):
            pass
        elif isinstance(item, dict):
            if refuse_entangled and depth and MERGE_KEY in item:
                raise Entangled
            made = fresh = {name: child for name, child in item.items() if sendable(child) is not UNDEFINED}
            pending.extend([(child, fresh, name, depth + 1) for name, child in fresh.items() if not _is_done(child)])
            parts += len(fresh)
        elif isinstance(item, list):
            made = row = item.copy()
            pending.extend([(child, row, index, depth + 1) for index, child in enumerate(item) if not _is_done(child)])
            parts += len(row)
        elif isinstance(item, str):
            if refuse_entangled and "{{" in item and PLACEHOLDER.search(item):
                raise Entangled
        else:
            made = sendable(item)
            made = None if made is UNDEFINED and depth else made
        parent[key] = made  # type: ignore[index, call-overload]  # the key is of this parent
        if parts > _MAX_PARTS or depth > _MAX_DEPTH:
            raise TemplateError("a value has more than ten million parts, or contains itself")
    return top[0]


def _is_done(value: object) -> bool:
    """Whether a value is surely its own copy, as most are: a list of a million texts is gone through often."""
    kind = type(value)
    return kind is int or kind is bool or (kind is str and "{{" not in value)  # type: ignore[operator]  # a str


def brought_in(value: object) -> object:
    """A copy of ``value``, to replace a placeholder that is all of a string somewhere inside an object.

    It is a deep copy as JSON can hold it: UNDEFINED and JavaScript methods are left out of objects and null in lists;
    infinity and NaN are null. A method by itself gives UNDEFINED. Raises ``Entangled`` where an object or list has a
    placeholder, or below its top the key ``$truto_merge``, which the service renders too, and ``TemplateError`` where
    it contains itself or has more than ten million parts.
    """
    return copied(value, refuse_entangled=True) if isinstance(value, dict | list) else sendable(value)


def put_in_place(value: object) -> object:
    """A copy of ``value``, to replace a placeholder that is all of a string with no object around it.

    It is a deep copy as JSON can hold it: UNDEFINED and JavaScript methods are left out of objects and null in lists;
    infinity and NaN are null. A method by itself gives UNDEFINED. Placeholders inside ``value`` stay text: the service
    does not render them here. Raises ``TemplateError`` where it contains itself or has more than ten million parts.
    """
    return copied(value) if isinstance(value, dict | list) else sendable(value)
