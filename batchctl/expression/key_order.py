"""The order in which JavaScript lists the keys of an object: whole numbers first, ascending, then the others."""

from __future__ import annotations

import json
import re
from typing import Final

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_INDEX_KEY: Final = re.compile(r'"(?:0|[1-9][0-9]{0,9})"\s*:')
_LAST_INDEX: Final = 2**32 - 2
_MOST_EXACT: Final = 2**53


def ordered_keys(keys: list[str]) -> list[str]:
    """``keys`` as JavaScript lists them; the same list where that is their order already."""
    indexes = [key for key in keys if is_index(key)]
    if not indexes:
        return keys
    indexes.sort(key=int)
    return indexes + [key for key in keys if not is_index(key)]


def is_index(key: str) -> bool:
    """Whether JavaScript lists ``key`` among the numbers."""
    return _INDEX.fullmatch(key) is not None and int(key) <= _LAST_INDEX


def order_keys(value: object) -> object:
    """``value`` with the keys of its objects in JavaScript's order. Only what has to change is copied."""
    return _rebuilt(value) if _has_indexes(value) else value


def order_keys_of_text(text: str) -> str:
    """The same for JSON text, which is parsed only if a key in it looks like a number."""
    if _INDEX_KEY.search(text) is None:
        return text
    return to_json(order_keys(json.loads(text)))


def to_json(value: object) -> str:
    """JSON text, as JavaScript writes it: no blanks, nothing escaped that need not be."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _has_indexes(value: object) -> bool:
    """Objects of one shape are looked at once: a list of records has few."""
    fine: set[tuple[str, ...]] = set()
    pending: list[object] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            shape = tuple(item)
            if shape not in fine:
                if ordered_keys(list(shape)) != list(shape):
                    return True
                fine.add(shape)
            children: object = item.values()
        elif isinstance(item, list):
            children = item
        else:
            continue
        pending.extend(child for child in children if child.__class__ is dict or child.__class__ is list)  # type: ignore[attr-defined]  # either is iterable
    return False


def _rebuilt(value: object) -> object:
    if not isinstance(value, dict | list):
        return value
    top: list[object] = [value]
    pending: list[tuple[object, object]] = [(top, 0)]
    while pending:
        holder, place = pending.pop()
        item = holder[place]  # type: ignore[index]  # a list or a dict of our own
        if isinstance(item, dict):
            item = {key: item[key] for key in ordered_keys(list(item))}
            pending.extend((item, key) for key, child in item.items() if isinstance(child, dict | list))
        else:
            item = list(item)
            pending.extend((item, index) for index, child in enumerate(item) if isinstance(child, dict | list))
        holder[place] = item  # type: ignore[index]  # as above
    return top[0]
