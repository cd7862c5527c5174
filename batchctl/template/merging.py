"""``$truto_merge``: plain objects merged deep into the object that asks for them, as the npm package deepmerge does."""

from __future__ import annotations

from batchctl.errors import TemplateError
from batchctl.template.copies import MERGE_KEY
from batchctl.template.inherited import OBJECT_MEMBERS

# JavaScript leaves alone what every object inherits and the target does not have itself.
_UNSAFE = OBJECT_MEMBERS | {"constructor", "__proto__"}
_NOTHING = object()
_MAX_PARTS = 1_000_000


def merged(node: dict[str, object]) -> dict[str, object]:
    """A copy of the object ``node``, without its key ``$truto_merge`` and with the objects under that merged in deeply.

    The key must be there (else ``KeyError``) and holds one object or a list; anything in it that is no object is
    ignored, and where there is none the copy is shallow. Of two values for one key the merged one wins, of two lists
    its items come after the others. Raises ``TemplateError`` for more than a million parts, or a value that contains
    itself.
    """
    wanted = node[MERGE_KEY]
    result = {key: value for key, value in node.items() if key != MERGE_KEY}
    for value in wanted if isinstance(wanted, list) else [wanted]:
        if isinstance(value, dict):
            result = _deep(result, value)
    return result


def _deep(target: dict[str, object], source: dict[str, object]) -> dict[str, object]:
    """A merge of two objects that shares no container with either, without recursion: files can nest deep.

    What is still to be done is a place and the two values that meet there; ``_NOTHING`` for one that stands alone.
    """
    top: dict[str, object] = {}
    pending: list[tuple[dict[str, object] | list[object], object, object, object]] = [(top, "", target, source)]
    left = _MAX_PARTS
    while pending:
        parent, key, old, new = pending.pop()
        left -= 1
        if left < 0:
            raise TemplateError("a value to merge has more than a million parts, or contains itself")
        made: object = new
        if isinstance(new, list):
            items = [*(old if isinstance(old, list) else []), *new]
            made = row = list(items)
            pending.extend((row, index, _NOTHING, item) for index, item in enumerate(items))
        elif isinstance(new, dict):
            made = fresh = dict(old) if isinstance(old, dict) else {}
            unsafe = frozenset() if old is not _NOTHING and not isinstance(old, dict | list) else _UNSAFE - fresh.keys()
            pending.extend((fresh, name, _NOTHING, value) for name, value in fresh.items() if name not in new)
            for name, value in new.items():
                if name not in unsafe:
                    present = fresh.get(name, _NOTHING)
                    fresh[name] = value
                    pending.append((fresh, name, present, value))
        parent[key] = made  # type: ignore[index, call-overload]  # the key is of this parent
    result = top[""]
    if not isinstance(result, dict):
        raise TypeError("two objects merge to an object")
    return result
