"""``$truto_merge``: plain objects merged deep into the object that asks for them, as the npm package deepmerge does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.template.paths import OBJECT_MEMBERS
from batchctl.template.values import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable

MERGE_KEY: Final = "$truto_merge"
# JavaScript leaves alone what every object inherits and the target does not have itself.
_UNSAFE = OBJECT_MEMBERS | {"constructor", "__proto__"}


def _never(_value: object) -> bool:
    return False


def merge_all(tree: object, *, waits: Callable[[object], bool] = _never) -> object:
    """``tree`` with every ``$truto_merge`` carried out and UNDEFINED dropped (null inside a list).

    A merge of something that ``waits`` for its value stays as it is written.
    """
    top = [tree]
    pending: list[tuple[list[object] | dict[str, object], int | str]] = [(top, 0)]
    while pending:
        parent, key = pending.pop()
        node = parent[key]  # type: ignore[index]  # the key is of this parent
        if isinstance(node, dict):
            node = _merged(node) if MERGE_KEY in node and not waits(node[MERGE_KEY]) else node
            node = {name: value for name, value in node.items() if value is not UNDEFINED}
            pending.extend((node, name) for name in node)
        elif isinstance(node, list):
            node = [None if value is UNDEFINED else value for value in node]
            pending.extend((node, index) for index in range(len(node)))
        parent[key] = node  # type: ignore[index]  # as above
    return top[0]


def _merged(node: dict[str, object]) -> dict[str, object]:
    wanted = node[MERGE_KEY]
    result = {key: value for key, value in node.items() if key != MERGE_KEY}
    for value in wanted if isinstance(wanted, list) else [wanted]:
        if isinstance(value, dict):
            _merge_into(result, value)
    return result


def _merge_into(target: dict[str, object], source: dict[str, object]) -> None:
    pending = [(target, source)]
    while pending:
        into, other = pending.pop()
        for key, value in other.items():
            if key not in into and key in _UNSAFE:
                continue
            present = into.get(key)
            if isinstance(present, dict) and isinstance(value, dict):
                copy = dict(present)
                into[key] = copy
                pending.append((copy, value))
            elif isinstance(present, list) and isinstance(value, list):
                into[key] = [*present, *value]
            elif isinstance(value, dict):
                fresh: dict[str, object] = {}
                into[key] = fresh
                pending.append((fresh, value))
            else:
                into[key] = value
