"""What an expression does with the records of a list, as far as its tree shows it: made one by one, or chosen."""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Final, NamedTuple

from batchctl.javascript.errors import HostError
from batchctl.jsonata.parsing import parse_expression
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.jsonata.tree import Node

Path = tuple[str, ...]
"""The names that lead from the input to a list."""
# All of an evaluation has one time, and what another expression reads is not known.
_OF_THE_WHOLE: Final = frozenset({"$", "now", "millis", "eval"})
# Of what filters and sorts do, these read no more of a record than the names that are written there.
_READ_NAMES: Final = frozenset(
    {"path", "name", "literal", "binary", "negation", "array", "condition", "function", "regex", "filter"}
)


class Choice(NamedTuple):
    """What an expression does that only filters and sorts the records of a list.

    ``path`` leads to the list, ``names`` are the members of a record that the filters and sorts read.
    """

    path: Path
    names: frozenset[str]


@lru_cache(maxsize=512)
def list_read(text: str) -> Path | None:
    """The path to a list, where the expression ``text`` makes one object of each of its records; None for any other.

    >>> list_read("resources.tickets.{'id': id}")
    ('resources', 'tickets')
    >>> list_read("$map(resources.tickets, function($t){ {'id': $t.id, 'all': $count(resources.tickets)} })")
    """
    tree = _parsed(text)
    if tree is None:
        return None
    if tree.kind == "path":
        path, made = _names(tree.parts[:-1]), tree.parts[-1]
        alone = path and _is_plain(tree) and made.kind == "object" and not (made.stages or made.predicates)
        return path if alone and all(_is_within(node) for node in _all_of(made)) else None
    return _mapped(tree)


@lru_cache(maxsize=512)
def choice_of(text: str) -> Choice | None:
    """The list whose records ``text`` filters or sorts, and by which members; None for any other expression.

    >>> choice_of("resources.tickets[amount > 10]^(>amount, owner.name)").path
    ('resources', 'tickets')
    >>> choice_of("resources.tickets[amount > 10].owner")
    """
    tree = _parsed(text)
    if tree is None or tree.kind != "path" or not _is_plain(tree):
        return None
    named = list(takewhile(lambda step: step.kind == "name", tree.parts))
    sorts = tree.parts[len(named) :]
    path = _names([*named[:-1], *(replace(step, stages=[]) for step in named[-1:])])
    if path is None or any(step.kind != "sort" or not _is_plain(step, stages=True) for step in sorts):
        return None
    looked_at = [stage for step in tree.parts for stage in step.stages]
    looked_at += [term.expression for step in sorts for term in step.terms]
    names = [_names_read(part, path) for part in looked_at]
    known = [each for each in names if each is not None]
    return Choice(path, frozenset().union(*known)) if names and len(known) == len(names) else None


def _parsed(text: str) -> Node | None:
    try:
        return parse_expression(text)
    except (HostError, RecursionError):
        return None


def _names_read(node: Node, path: Path) -> frozenset[str] | None:
    """Every name in a part of a filter or sort; None where it may read more of the records at ``path``."""
    if node.kind == "path" and node.parts[0].kind == "variable" and node.parts[0].value == "$":
        # From the root on, but not what is in the list.
        read = _names(node.parts[1:])
        apart = _is_plain(node) and read is not None and read[: len(path)] != path[: len(read)]
        return frozenset() if apart else None
    if node.kind not in _READ_NAMES or not _is_plain(node, stages=True):
        return None
    found = {str(node.value)} if node.kind == "name" else set()
    parts = [*node.parts, *node.stages]
    if node.kind == "function":
        called, *parts = node.parts
        # With a text first, or nothing, a function may take the record itself as what it works on.
        if called.kind != "variable" or called.value in _OF_THE_WHOLE or not parts or parts[0].kind == "literal":
            return None
    for part in parts:
        names = _names_read(part, path)
        if names is None:
            return None
        found |= names
    return frozenset(found)


def _mapped(call: Node) -> Path | None:
    """The list of ``$map(list, function($record){ {…} })``."""
    if call.kind != "function" or len(call.parts) != 3 or call.parts[0].value != "map" or not _is_plain(call):
        return None
    path = _names(call.parts[1].parts) if call.parts[1].kind == "path" and _is_plain(call.parts[1]) else None
    function = call.parts[2]
    if path is None or function.kind != "lambda" or function.signature or len(function.parts) != 2:
        return None
    body = function.parts[0]
    if not _makes_object(body):
        return None
    return path if all(_is_within(node) and not _meets(node, path) for node in _all_of(body)) else None


def _names(steps: list[Node]) -> Path | None:
    plain = bool(steps) and all(step.kind == "name" and _is_plain(step) for step in steps)
    return tuple(str(step.value) for step in steps) if plain else None


def _is_plain(node: Node, *, stages: bool = False) -> bool:
    """Whether nothing is done with what a node finds, but for its filters where ``stages`` says so."""
    marks = (() if stages else node.stages, node.predicates, node.group, node.focus, node.index, node.slot)
    return not any(marks) and not (node.keep_array or node.keep_singleton or node.tuple_stream)


def _makes_object(body: Node) -> bool:
    """Whether a function with this body answers one object, or nothing."""
    if not _is_plain(body):
        return False
    if body.kind == "block" and body.parts:
        return _makes_object(body.parts[-1])
    if body.kind == "lambda" and body.thunk:
        return _makes_object(body.parts[0])
    return body.kind == "object" or (body.kind == "function" and body.parts[0].value == "merge")


def _all_of(node: Node) -> Iterator[Node]:
    yield node
    for part in node.children():
        yield from _all_of(part)


def _is_within(node: Node) -> bool:
    """Whether a part of an expression reads nothing but what is at hand."""
    if node.kind == "variable":
        return node.value not in _OF_THE_WHOLE
    return node.kind not in {"parent", "transform"}


def _meets(node: Node, path: Path) -> bool:
    """Whether a part of the body of a function reads the list, or may."""
    if node.kind == "variable":
        return node.value == ""
    if node.kind in {"wildcard", "descendant"}:
        return True
    if node.kind != "path" or node.parts[0].kind != "name":
        return False
    names = [str(step.value) for step in node.parts if step.kind == "name"]
    return all(one == other for one, other in zip(names, path, strict=False))
