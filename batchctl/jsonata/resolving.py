"""The tree as it was read → the tree that is evaluated: paths have steps, filters belong to them, ``%`` is found."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from batchctl.javascript.errors import HostError
from batchctl.jsonata.tree import Node, Slot, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def resolve(node: Node) -> Node:
    """The syntax tree as it is evaluated, from the tree as it was read: paths have steps, and filters belong to these.

    Raises ``HostError`` where ``%`` has no parent (S0217), and for a path that can't be read, such as a number as a
    step (S0213). The nodes are changed in place.
    """
    resolved = _Resolver().resolved(node)
    if resolved.kind == "parent" or resolved.seeking:
        raise HostError("what % stands for can't be found", "S0217")
    return resolved


def _pass_on(result: Node, *parts: Node) -> None:
    """What a part still seeks, the whole seeks."""
    for part in parts:
        result.seeking += part.seeking
        if part.kind == "parent" and part.slot:
            result.seeking.append(part.slot)


def _seek(node: Node, slot: Slot) -> None:
    """Find the ancestor that ``slot`` means in ``node``, or come a level nearer."""
    if node.kind in {"name", "wildcard"}:
        slot.level -= 1
        if slot.level == 0:
            if node.slot is None:
                node.slot = slot
            else:
                slot.label = node.slot.label
            node.tuple_stream = True
    elif node.kind == "parent":
        slot.level += 1
    elif node.kind == "block":
        if node.parts:
            node.tuple_stream = True
            _seek(node.parts[-1], slot)
    elif node.kind == "path":
        node.tuple_stream = True
        steps = iter(reversed(node.parts))
        _seek(next(steps), slot)
        for step in steps:
            if slot.level <= 0:
                break
            _seek(step, slot)
    else:
        raise HostError("what % stands for can't be found", "S0217")


def _find_ancestors(path: Node) -> None:
    last = path.parts[-1]
    slots = list(last.seeking) + ([last.slot] if last.kind == "parent" and last.slot else [])
    for slot in slots:
        at = len(path.parts) - 2
        while slot.level > 0:
            if at < 0:
                path.seeking.append(slot)
                break
            step = path.parts[at]
            at -= 1
            while at >= 0 and step.focus and path.parts[at].focus:
                step = path.parts[at]
                at -= 1
            _seek(step, slot)


class _Resolver:
    def __init__(self) -> None:
        self.labels: Iterator[int] = count()

    def resolved(self, node: Node) -> Node:
        change = _CHANGES.get(node.kind)
        result = change(self, node) if change else self.parts(node)
        if node.keep_array:
            result.keep_array = True
        result.start, result.end = node.start, node.end
        return result

    def parts(self, node: Node) -> Node:
        node.parts = [self.resolved(part) for part in node.parts]
        _pass_on(node, *node.parts)
        return node

    def name(self, node: Node) -> Node:
        return Node("path", None, node.position, [node], keep_singleton=node.keep_array)

    def parent(self, node: Node) -> Node:
        node.slot = Slot(f"!{next(self.labels)}")
        return node

    def binary(self, node: Node) -> Node:
        return self.path(node) if node.value == "." else self.parts(node)

    def path(self, node: Node) -> Node:
        left = self.resolved(node.parts[0])
        path = left if left.kind == "path" else Node("path", None, node.position, [left])
        if left.kind == "parent" and left.slot:
            path.seeking = [left.slot]
        right = self.resolved(node.parts[1])
        if right.kind == "path":
            path.parts += right.parts
        else:
            if right.predicates:
                right.stages, right.predicates = right.predicates, []
            path.parts.append(right)
        for place, step in enumerate(path.parts):
            if step.kind == "literal":
                if not isinstance(step.value, str):
                    raise HostError("a value can't be a step of a path", "S0213")
                path.parts[place].kind = "name"
        path.keep_singleton = path.keep_singleton or any(step.keep_array for step in path.parts)
        for step in (path.parts[0], path.parts[-1]):
            if step.kind == "array":
                step.made_here = True
        _find_ancestors(path)
        return path

    def filter(self, node: Node) -> Node:
        result = self.resolved(node.parts[0])
        step = result.parts[-1] if result.kind == "path" else result
        predicate = self.resolved(node.parts[1])
        if predicate.seeking:
            for slot in predicate.seeking:
                if slot.level == 1:
                    _seek(step, slot)
                else:
                    slot.level -= 1
            _pass_on(step, predicate)
        kept = step.stages if result.kind == "path" else step.predicates
        kept.append(Node("filter", None, node.position, [predicate]))
        return result

    def group(self, node: Node) -> Node:
        result = self.resolved(node.parts[0])
        pairs = [(self.resolved(key), self.resolved(value)) for key, value in node.pairs]
        result.group = Node("object", "{", node.position, pairs=pairs)
        return result

    def object(self, node: Node) -> Node:
        node.pairs = [(self.resolved(key), self.resolved(value)) for key, value in node.pairs]
        for key, value in node.pairs:
            _pass_on(node, key, value)
        return node

    def order(self, node: Node) -> Node:
        result = self.resolved(node.parts[0])
        if result.kind != "path":
            result = Node("path", None, node.position, [result])
        step = Node("sort", None, node.position)
        for term in node.terms:
            expression = self.resolved(term.expression)
            _pass_on(step, expression)
            step.terms.append(Term(expression, term.descending))
        result.parts.append(step)
        _find_ancestors(result)
        return result

    def bind(self, node: Node) -> Node:
        node.parts = [node.parts[0], self.resolved(node.parts[1])]
        _pass_on(node, node.parts[1])
        return node

    def focus(self, node: Node) -> Node:
        result = self.resolved(node.parts[0])
        step = result.parts[-1] if result.kind == "path" else result
        if node.keep_array:
            step.keep_array = True
        step.focus, step.tuple_stream = str(node.parts[1].value), True
        return result

    def index(self, node: Node) -> Node:
        result = self.resolved(node.parts[0])
        step = result.parts[-1] if result.kind == "path" else result
        if result.kind != "path":
            result = Node("path", None, node.position, [result])
            step.stages, step.predicates = step.predicates, []
        name = str(node.parts[1].value)
        if step.stages:
            step.stages.append(Node("index", name, node.position))
        else:
            step.index = name
        step.tuple_stream = True
        return result

    def apply(self, node: Node) -> Node:
        left, right = self.resolved(node.parts[0]), self.resolved(node.parts[1])
        keep = left.keep_array or right.keep_array
        return Node("apply", "~>", node.position, [left, right], keep_array=keep)

    def negation(self, node: Node) -> Node:
        part = self.resolved(node.parts[0])
        value = part.value
        if part.kind == "literal" and isinstance(value, int | float) and not isinstance(value, bool):
            part.value = -value if value else -0.0
            return part
        node.parts = [part]
        _pass_on(node, part)
        return node

    def function(self, node: Node) -> Node:
        arguments = [self.resolved(part) for part in node.parts[1:]]
        _pass_on(node, *arguments)
        node.parts = [self.resolved(node.parts[0]), *arguments]
        return node

    def lambda_(self, node: Node) -> Node:
        node.parts = [_tail_called(self.resolved(node.parts[0])), *node.parts[1:]]
        return node

    def block(self, node: Node) -> Node:
        self.parts(node)
        node.made_here = any(part.made_here or (part.kind == "path" and part.parts[0].made_here) for part in node.parts)
        return node

    def transform(self, node: Node) -> Node:
        node.parts = [self.resolved(part) for part in node.parts]
        return node


def _tail_called(node: Node) -> Node:
    """A call at the end of a function becomes a value that its caller calls: loops need no depth."""
    if node.kind == "function" and not node.predicates:
        return Node("lambda", None, node.position, [node], thunk=True)
    if node.kind == "condition":
        node.parts = [node.parts[0], *(_tail_called(part) for part in node.parts[1:])]
    elif node.kind == "block" and node.parts:
        node.parts[-1] = _tail_called(node.parts[-1])
    return node


def _changed_binary(resolver: _Resolver, node: Node) -> Node:
    return resolver.apply(node) if node.value == "~>" else resolver.binary(node)


_CHANGES: Final[dict[str, Callable[[_Resolver, Node], Node]]] = {
    "name": _Resolver.name,
    "parent": _Resolver.parent,
    "binary": _changed_binary,
    "filter": _Resolver.filter,
    "group": _Resolver.group,
    "object": _Resolver.object,
    "order": _Resolver.order,
    "bind": _Resolver.bind,
    "focus": _Resolver.focus,
    "index": _Resolver.index,
    "negation": _Resolver.negation,
    "function": _Resolver.function,
    "partial": _Resolver.function,
    "lambda": _Resolver.lambda_,
    "block": _Resolver.block,
    "transform": _Resolver.transform,
}
