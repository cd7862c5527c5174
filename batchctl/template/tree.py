"""A tree of strings, lists and objects, compiled: what is constant is shared, the rest filled in, without recursion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from batchctl.errors import TemplateError
from batchctl.template.casts import sendable
from batchctl.template.context_values import Entangled, Settling, copied
from batchctl.template.merging import MERGE_KEY, merge_all
from batchctl.template.strings import compile_cached
from batchctl.template.values import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.template.placeholders import Alternative, Evaluation, Placeholder
    from batchctl.template.strings import StringTemplate

ValueOf: TypeAlias = "Callable[[Placeholder, bool, object, int], object]"


@dataclass(frozen=True, slots=True)
class Reference:
    """A placeholder in a template.

    ``path`` leads to its string in the tree, ``offset`` and ``end`` count code points in that string; ``whole``
    says that it is all of it. ``default`` is None where none is written.
    """

    path: tuple[str | int, ...]
    offset: int
    end: int
    text: str
    alternatives: tuple[Alternative, ...]
    default: str | None
    default_cast: str | None
    whole: bool
    has_way_out: bool


@dataclass(frozen=True, slots=True)
class Rendering:
    """A rendered value, and per reference how it came to its own, in the order of ``Template.references``."""

    value: object
    trace: tuple[tuple[Reference, Evaluation], ...]


@dataclass(frozen=True, slots=True)
class Partial:
    """A value in which the ``unresolved`` placeholders stand as their own text; ``trace`` as in ``Rendering``."""

    value: object
    unresolved: tuple[Reference, ...]
    trace: tuple[tuple[Reference, Evaluation], ...] = ()


@dataclass(frozen=True, slots=True)
class _Leaf:
    string: StringTemplate
    slot: int
    unit: int | None
    first: int


@dataclass(frozen=True, slots=True)
class _Container:
    constant: dict[str, object] | list[object]
    slot: int
    unit: int | None
    children: tuple[tuple[str | int, int], ...]


class _Node:
    """A node on the way to becoming compiled."""

    __slots__ = ("children", "constant", "dynamic", "key", "parent", "slot", "unit", "value")

    def __init__(self, value: object, parent: _Node | None, key: str | int, unit: int | None) -> None:
        self.value = value
        self.parent = parent
        self.key = key
        self.unit = unit
        self.children: list[_Node] = []
        self.constant: object = value
        self.dynamic = False
        self.slot = -1

    @property
    def path(self) -> tuple[str | int, ...]:
        steps: list[str | int] = []
        node: _Node | None = self
        while node is not None and node.parent is not None:
            steps.append(node.key)
            node = node.parent
        return tuple(reversed(steps))


class Template:
    """A compiled template: rendered often, and able to tell what it reads."""

    def __init__(self, tree: object) -> None:
        self._leaves: list[_Leaf] = []
        self._containers: list[_Container] = []
        self._merging: set[int] = set()
        self._unit_slots: dict[int, int] = {}
        references: list[Reference] = []
        nodes = _listed(tree)
        for node in nodes:
            self._read_leaf(node, references)
        for node in reversed(nodes):
            self._read_container(node)
        self.references = tuple(references)
        root = nodes[0]
        self._constant, self._root = root.constant, root.slot
        self._size = 1 + max((node.slot for node in nodes), default=-1)

    def render(self, context: object) -> object:
        """The value for ``context`` (``{"args": …, "resources": …}``), UNDEFINED where nothing is left to send.

        Raises ``TemplateError``.
        """
        if self._root < 0:
            return self._constant
        return self._rendered(context, lambda placeholder, whole, known, _number: placeholder.value(known, whole))

    def render_with_trace(self, context: object) -> Rendering:
        """The same, and how each placeholder came to its value. Raises ``TemplateError``."""
        value, found = self._explained(context, lambda _path: False)
        return Rendering(value, tuple(zip(self.references, found, strict=True)))

    def render_partial(self, context: object, is_unknown: Callable[[str], bool]) -> Partial:
        """Render what is known; a placeholder that may take its value from an unknown path stays as its text.

        ``is_unknown`` says it of a path such as ``resources.crm.contacts.id``. Raises ``TemplateError``.
        """
        value, found = self._explained(context, is_unknown)
        trace = tuple(zip(self.references, found, strict=True))
        return Partial(value, tuple(reference for reference, evaluation in trace if evaluation.unknown), trace)

    def _explained(self, context: object, is_unknown: Callable[[str], bool]) -> tuple[object, list[Evaluation]]:
        found: dict[int, Evaluation] = {}

        def value_of(placeholder: Placeholder, whole: bool, known: object, number: int) -> object:
            evaluation = placeholder.evaluate(known, whole=whole, is_unknown=is_unknown)
            if number >= 0:
                found[number] = evaluation
            return evaluation.value

        value = self._constant if self._root < 0 else self._rendered(context, value_of, partial=True)
        return value, [found[number] for number in range(len(self.references))]

    def _rendered(self, context: object, value_of: ValueOf, *, partial: bool = False) -> object:
        try:
            return self._filled(context, value_of, None, partial=partial)
        except Entangled:
            own, _merges = copied(context)
            settling = Settling(lambda text: _render_inside(text, own, value_of))
            return self._filled(own, value_of, settling, partial=partial)

    def _filled(self, context: object, value_of: ValueOf, settling: Settling | None, *, partial: bool) -> object:
        slots: list[object] = [None] * self._size
        merging = set(self._merging)
        for leaf in self._leaves:
            value, merges = _leaf_value(leaf, context, value_of, settling)
            slots[leaf.slot] = value
            if merges and leaf.unit is not None:
                merging.add(leaf.unit)
        for container in self._containers:
            keep = settling is not None or container.unit in merging
            value = _assembled(container, slots, keep_undefined=keep)
            if self._unit_slots.get(container.slot) in merging or (keep and container.slot in self._unit_slots):
                value = merge_all(value, waits=_is_unresolved) if partial else merge_all(value)
            slots[container.slot] = value
        return slots[self._root]

    def _read_leaf(self, node: _Node, references: list[Reference]) -> None:
        if not isinstance(node.value, str):
            return
        string = compile_cached(node.value) if "{{" in node.value else None
        if string is None:
            return
        node.dynamic = True
        node.slot = len(self._leaves)
        self._leaves.append(_Leaf(string, node.slot, node.unit, len(references)))
        path = node.path
        for placeholder, (start, end) in zip(string.placeholders, string.spans, strict=True):
            references.append(_reference(placeholder, path, start, end, whole=string.whole))

    def _read_container(self, node: _Node) -> None:
        if not isinstance(node.value, dict | list):
            return
        plain: dict[str, object] | list[object]
        if isinstance(node.value, dict):
            plain = {child.key: child.constant for child in node.children}  # type: ignore[misc]  # names are strings
        else:
            plain = [child.constant for child in node.children]
        node.constant = plain
        merges = isinstance(node.value, dict) and MERGE_KEY in node.value and node.unit is not None
        if merges and node.unit is not None:
            self._merging.add(node.unit)
        changing = tuple((child.key, child.slot) for child in node.children if child.dynamic)
        if not changing and not merges:
            return
        node.dynamic = True
        node.slot = len(self._leaves) + len(self._containers)
        self._containers.append(_Container(plain, node.slot, node.unit, changing))
        if node.unit is not None and (node.parent is None or node.parent.unit is None):
            self._unit_slots[node.slot] = node.unit


def _listed(tree: object) -> list[_Node]:
    """The nodes of a tree, each before its children, in the order of the text.

    Raises ``TemplateError`` for what the service refuses: anything but strings, lists and objects outside an object.
    """
    nodes: list[_Node] = []
    units = 0
    pending = [_Node(tree, None, "", None)]
    above: set[int] = set()
    while pending:
        node = pending.pop()
        if node.slot == _LEAVE:
            above.discard(id(node.value))
            continue
        nodes.append(node)
        value = node.value
        if not isinstance(value, dict | list):
            if node.unit is None and not isinstance(value, str):
                raise TemplateError(
                    "a template is a string, an object, or a list of these",
                    hint="put the value inside an object",
                )
            continue
        if id(value) in above:
            raise TemplateError("the template contains itself")
        above.add(id(value))
        if node.unit is None and isinstance(value, dict):
            node.unit = units
            units += 1
        entries: Iterator[tuple[str | int, object]]
        entries = iter(value.items()) if isinstance(value, dict) else enumerate(value)
        node.children = [_Node(child, node, key, node.unit) for key, child in entries]
        leave = _Node(value, None, "", None)
        leave.slot = _LEAVE
        pending.append(leave)
        pending.extend(reversed(node.children))
    return nodes


_LEAVE = -2


def _reference(
    placeholder: Placeholder, path: tuple[str | int, ...], start: int, end: int, *, whole: bool
) -> Reference:
    return Reference(
        path=path,
        offset=start,
        end=end,
        text=placeholder.text,
        alternatives=placeholder.alternatives,
        default=placeholder.default,
        default_cast=placeholder.default_cast,
        whole=whole,
        has_way_out=placeholder.has_way_out,
    )


def _leaf_value(leaf: _Leaf, context: object, value_of: ValueOf, settling: Settling | None) -> tuple[object, bool]:
    """What a string renders to, and whether objects that it brought in ask for a merge."""
    string = leaf.string
    if string.whole:
        value = string.render(lambda placeholder, whole: value_of(placeholder, whole, context, leaf.first))
    else:
        numbers = iter(range(leaf.first, leaf.first + len(string.placeholders)))
        value = string.render(lambda placeholder, whole: value_of(placeholder, whole, context, next(numbers)))
    if not isinstance(value, dict | list):
        return sendable(value), False
    if leaf.unit is None:
        # Outside an object the service puts the value in place and looks no further.
        return copied(value)[0], False
    if settling is None:
        return copied(value, refuse_placeholders=True)
    settling.settle(value)
    return copied(value)[0], settling.merges


def _assembled(container: _Container, slots: list[object], *, keep_undefined: bool) -> object:
    made = container.constant.copy()
    for key, slot in container.children:
        value = slots[slot]
        if value is not UNDEFINED or keep_undefined:
            made[key] = value  # type: ignore[index]  # the key is of this container
        elif isinstance(made, dict):
            del made[str(key)]
        else:
            made[int(key)] = None
    return made


def _render_inside(text: str, context: object, value_of: ValueOf) -> object:
    string = compile_cached(text)
    if string is None:
        return text
    return string.render(lambda placeholder, whole: value_of(placeholder, whole, context, -1))


def _is_unresolved(merged: object) -> bool:
    """Whether what ``$truto_merge`` names still is a placeholder's text."""
    values = merged if isinstance(merged, list) else [merged]
    return any(isinstance(value, str) and compile_cached(value) is not None for value in values)
