"""From a tree of strings, lists and objects to its strings with placeholders and the containers around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import TemplateError
from batchctl.structs import Struct, field
from batchctl.template.copies import MERGE_KEY, brought_in, put_in_place
from batchctl.template.strings import compile_cached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.template.placeholders import Compiled, Evaluation
    from batchctl.template.strings import StringTemplate

_UNCHANGING = -1
_LEAVE = -2


class Leaf(Struct, frozen=True, eq=False):
    """A string with placeholders inside a template, one of the ``leaves`` of a ``ParsedTree``.

    ``path`` is the keys and indexes that lead to it, ``first`` the number of its first placeholder among all of the
    template, counted from 0. ``inside`` means that there is an object somewhere around it.
    """

    string: StringTemplate
    path: tuple[str | int, ...]
    first: int
    inside: bool

    def compiled(self) -> Compiled:
        """A function from the context, which paths start in, to the rendered value of this string.

        The function raises ``TemplateError`` for a malformed path or an unknown type, and ``Entangled`` for a value
        that has to be rendered too.
        """
        value_of, finish = self.string.compiled, self.finish
        if not self.string.whole or self.string.placeholders[0].is_text:
            return value_of

        def value(context: object) -> object:
            made = value_of(context)
            return made if type(made) is str or type(made) is int else finish(made)

        return value

    def finish(self, value: object) -> object:
        """``value``, as ``explained`` returned it, copied as JSON can hold it: the result shares nothing with it.

        Raises ``Entangled`` for a value with a placeholder in it that has to be rendered itself, and ``TemplateError``
        for one that contains itself.
        """
        return brought_in(value) if self.inside else put_in_place(value)

    def explained(self, context: object, is_unknown: Callable[[str], bool], found: list[Evaluation]) -> object:
        """The value of this string, not yet copied; how each of its placeholders got a value is written into ``found``.

        ``found`` has an item for each placeholder of the whole template; those of this string begin at index ``first``.
        ``context`` is the object that paths start in; ``is_unknown`` gets a path and says whether only a run knows its
        value, so that the placeholder stays text. Raises ``TemplateError`` for a malformed path or an unknown type.
        """

        def value_of(number: int) -> object:
            placeholder = self.string.placeholders[number]
            evaluation = placeholder.evaluate(context, whole=self.string.whole, is_unknown=is_unknown)
            found[self.first + number] = evaluation
            return evaluation.value

        return self.string.render(value_of)


class Container(Struct, frozen=True):
    """An object or a list of a template that has placeholders somewhere in it.

    ``constant`` is the object or list itself, to be copied for every rendering. ``children`` are the members that
    change: the key or index, and the number of the value that is put there: from 0 the strings with placeholders, then
    the objects and lists around them, as a rendering makes them.
    """

    constant: dict[str, object] | list[object]
    children: tuple[tuple[str | int, int], ...]


class ParsedTree(Struct, frozen=True):
    """A template taken apart for rendering: the strings with placeholders, and the objects and lists around them.

    ``tree`` is the template with a ``Leaf`` in place of each such string. Rendering makes a numbered row of values:
    from 0 those of ``leaves``, in the order of the text, then those of ``containers``, an inner one before an outer
    one. ``merges`` means that an object has the key ``$truto_merge``.
    """

    tree: object
    leaves: tuple[Leaf, ...]
    containers: tuple[Container, ...]
    merges: bool


class _Node(Struct, eq=False):
    value: object
    parent: _Node | None
    key: str | int
    inside: bool
    made: object = None
    number: int = _UNCHANGING
    children: list[_Node] = field(default_factory=list)

    @property
    def path(self) -> tuple[str | int, ...]:
        steps: list[str | int] = []
        node = self
        while node.parent is not None:
            steps.append(node.key)
            node = node.parent
        return tuple(reversed(steps))


def parse_tree(tree: object) -> ParsedTree:
    """The template ``tree``, JSON data, taken apart for rendering.

    Raises ``TemplateError`` for one that contains itself, and for a number, null, true or false outside of any object,
    which the service refuses.
    """
    nodes = _listed(tree)
    leaves: list[Leaf] = []
    first = 0
    for node in nodes:
        string = compile_cached(node.value) if isinstance(node.value, str) and "{{" in node.value else None
        node.made = node.value
        if string is not None:
            node.number = len(leaves)
            leaf = Leaf(string, node.path, first, node.inside)
            leaves.append(leaf)
            first += len(string.placeholders)
            node.made = leaf
    containers: list[Container] = []
    for node in reversed(nodes):
        container = _filled(node)
        if container is not None and container.children:
            node.number = len(leaves) + len(containers)
            containers.append(container)
    merges = any(node.inside and isinstance(node.value, dict) and MERGE_KEY in node.value for node in nodes)
    return ParsedTree(nodes[0].made, tuple(leaves), tuple(containers), merges)


def _filled(node: _Node) -> Container | None:
    if isinstance(node.value, dict):
        constant: dict[str, object] | list[object] = {str(child.key): child.made for child in node.children}
    elif isinstance(node.value, list):
        constant = [child.made for child in node.children]
    else:
        return None
    node.made = constant
    changing = tuple((child.key, child.number) for child in node.children if child.number != _UNCHANGING)
    return Container(constant, changing)


def _listed(tree: object) -> list[_Node]:
    """The nodes of a tree, each before its children, in the order of the text; without recursion."""
    nodes: list[_Node] = []
    pending = [_Node(tree, None, "", inside=False)]
    above: set[int] = set()
    while pending:
        node = pending.pop()
        value = node.value
        if node.number == _LEAVE:
            above.discard(id(value))
            continue
        nodes.append(node)
        if not isinstance(value, dict | list):
            if not node.inside and not isinstance(value, str):
                raise TemplateError(
                    "a template is a string, an object, or a list of these",
                    hint="put the value inside an object",
                )
            continue
        if id(value) in above:
            raise TemplateError("the template contains itself")
        above.add(id(value))
        node.inside = node.inside or isinstance(value, dict)
        entries: Iterator[tuple[str | int, object]]
        entries = iter(value.items()) if isinstance(value, dict) else enumerate(value)
        node.children = [_Node(child, node, key, inside=node.inside) for key, child in entries]
        pending.append(_Node(value, None, "", inside=False, number=_LEAVE))
        pending.extend(reversed(node.children))
    return nodes
