"""The service's own way through a template, step for step, for where compiled rendering does not do.

That is where values bring in placeholders of their own, or something is merged. The npm package walks a copy of
the template with the npm package traverse, into the values that it has just put in place, and changes these where
they stand, so that a later placeholder meets the changed value. A second walk carries out the merges.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from batchctl.errors import TemplateError
from batchctl.javascript.values import UNDEFINED
from batchctl.template.copies import MERGE_KEY, copied
from batchctl.template.merging import merged

Visit: TypeAlias = Callable[[object], object]
# Values that bring in one another can grow without end; the package runs out of its stack at half this depth.
_MAX_VISITS = 1_000_000
_MAX_DEPTH = 3_000


class Walk:
    """Renders a tree of lists and objects step by step, exactly as the service does, values brought in included.

    ``value_of`` gets every string and other value that is no object or list, those inside values that it returned too,
    and returns what replaces it; the values that it returns are changed in place. ``waits`` gets what an object has
    under ``$truto_merge``, which is merged into the object, and says whether that is left as it is written. After
    ``most_visits`` values rendering gives up with ``TemplateError``.
    """

    def __init__(self, value_of: Visit, waits: Callable[[object], bool], *, most_visits: int = _MAX_VISITS) -> None:
        self._value_of = value_of
        self._waits = waits
        self._merges = False
        self._left = most_visits

    def render(self, tree: object) -> object:
        """The rendered value of ``tree`` (JSON values), copied, as JSON can hold it.

        UNDEFINED where ``tree`` is a single string and ``value_of`` returns UNDEFINED for it. Raises ``TemplateError``
        for values that bring in one another without end or too deep, and what ``value_of`` raises.
        """
        top: list[object] = [tree]
        pending: list[tuple[list[object], int]] = [(top, 0)]
        while pending:
            parent, index = pending.pop()
            node = parent[index]
            if isinstance(node, list):
                row = list(node)
                parent[index] = row
                pending.extend((row, place) for place in reversed(range(len(row))))
            else:
                parent[index] = self._object(node) if isinstance(node, dict) else self._value_of(node)
        return copied(top[0])

    def _object(self, node: dict[str, object]) -> object:
        self._merges = False
        replaced = self._mapped(node, self._replaced)
        return self._mapped(replaced, self._merged) if self._merges else replaced

    def _replaced(self, node: object) -> object:
        if isinstance(node, dict):
            self._merges = self._merges or MERGE_KEY in node
            return node
        return node if isinstance(node, list) else self._value_of(node)

    def _merged(self, node: object) -> object:
        if isinstance(node, dict) and MERGE_KEY in node and not self._waits(node[MERGE_KEY]):
            return merged(node)
        return node

    def _mapped(self, root: object, visit: Visit) -> object:
        """``traverse(root).map(visit)``: each container copied, visited, and then the children of the answer."""
        frame = _Frame(None, "", root, visit(_shallow(root)))
        stack = [frame]
        above = {id(root)}
        while stack:
            frame = stack[-1]
            child = self._next(frame, visit, above)
            if child is not None:
                above.add(id(child.source))
                stack.append(child)
                if len(stack) > _MAX_DEPTH:
                    raise TemplateError("values that bring in one another nest too deep, or have no end")
                continue
            stack.pop()
            above.discard(id(frame.source))
            if frame.parent is not None:
                frame.parent.keep(frame.key, frame.node)
        return frame.node

    def _next(self, frame: _Frame, visit: Visit, above: set[int]) -> _Frame | None:
        """Go on through a container, up to the next one to go into."""
        for key in frame.keys:
            self._left -= 1
            if self._left < 0:
                raise TemplateError("values that bring in one another never come to an end")
            source = frame.get(key)
            made = _shallow(source)
            if made is not source and id(source) in above:
                frame.remove(key)
                frame.keep(key, made)
                continue
            made = visit(made)
            if not isinstance(source, dict | list):
                frame.keep(key, made)
            if isinstance(made, dict | list):
                return _Frame(frame, key, source, made)
            frame.keep(key, made)
        return None


class _Frame:
    """A container on the way: where it came from, what it is now, and the keys that it had when it was entered."""

    __slots__ = ("key", "keys", "node", "parent", "source")

    def __init__(self, parent: _Frame | None, key: object, source: object, node: object) -> None:
        self.parent, self.key, self.source, self.node = parent, key, source, node
        self.keys = iter(list(node) if isinstance(node, dict) else range(len(node)))  # type: ignore[arg-type]  # a list

    def get(self, key: object) -> object:
        """The child, UNDEFINED where something removed it meanwhile."""
        return self.node[key] if self._has(key) else UNDEFINED  # type: ignore[index]  # it has the key

    def keep(self, key: object, value: object) -> None:
        """Put a child in its place, unless that is gone."""
        if self._has(key):
            self.node[key] = value  # type: ignore[index]  # as above

    def remove(self, key: object) -> None:
        """Take a child away; in a list, those after it move up."""
        del self.node[key]  # type: ignore[attr-defined]  # as above

    def _has(self, key: object) -> bool:
        if isinstance(self.node, dict):
            return key in self.node
        return key < len(self.node)  # type: ignore[operator, arg-type]  # an index of a list


def _shallow(value: object) -> object:
    return value.copy() if isinstance(value, dict | list) else value
