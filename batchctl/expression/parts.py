"""Expressions that make one object of each record of a list, evaluated over a part of the list after the other.

The engine has a copy of its own of what it evaluates, and one of its answer. Over a part these are small, so a
transform over many records takes little more memory than the records and what it makes of them.
"""

from __future__ import annotations

import json
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from batchctl.errors import ExpressionError
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import to_json
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.parsing import parse_expression
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from batchctl.expression.compiled import Expression
    from batchctl.javascript.limits import Limits
    from batchctl.jsonata.tree import Node

Path = tuple[str, ...]
# Records in a part: few enough to be small, many enough that a part costs little.
_PART: Final = 2_000
# All of an evaluation has one time, and what another expression reads is not known.
_OF_THE_WHOLE: Final = frozenset({"$", "now", "millis", "eval"})


def evaluate_in_parts(expression: Expression, data: object, limits: Limits) -> object:
    """The value of an expression over ``data`` (JSON values), part by part where it makes an object of each record.

    UNDEFINED where there is none. Raises ``ExpressionError``.
    """
    path = list_read(expression.text)
    records = None if path is None else _at(data, path)
    if path is None or not isinstance(records, list) or len(records) <= _PART:
        return _over(expression, expression.only_read(data), limits)
    made: list[object] = []
    deadline, left = time.monotonic() + limits.time_s, limits.result_bytes
    for start in range(0, len(records), _PART):
        part = _with(data, path, records[start : start + _PART])
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise _too_long(limits)
        within = replace(limits, time_s=left_s, result_bytes=left)
        try:
            answer = expression.evaluate_json(to_json(expression.only_read(part)), limits=within)
        except ExpressionError as error:
            raise _of_all(error, limits) from None
        if answer is not None:
            left = max(left - len(answer), 1)
            found = json.loads(answer)
            made += found if isinstance(found, list) else [found]
    return made if len(made) > 1 else made[0] if made else UNDEFINED


def _of_all(error: ExpressionError, limits: Limits) -> ExpressionError:
    """The error of a part, where that part had less time than the whole."""
    return _too_long(limits) if error.code == "D1012" else error


def _too_long(limits: Limits) -> ExpressionError:
    return ExpressionError(f"the expression took longer than {limits.time_s:g} s", code="D1012")


def _over(expression: Expression, data: object, limits: Limits) -> object:
    answer = expression.evaluate_json(to_json(data), limits=limits)
    return UNDEFINED if answer is None else json.loads(answer)


def _at(data: Any, path: Path) -> object:
    for name in path:
        if not isinstance(data, dict):
            return None
        data = data.get(name)
    # A list within the list would be opened, too.
    return data if isinstance(data, list) and all(isinstance(record, dict) for record in data) else None


def _with(data: Any, path: Path, records: list[Any]) -> object:
    return {**data, path[0]: _with(data[path[0]], path[1:], records)} if path else records


@lru_cache(maxsize=512)
def list_read(text: str) -> Path | None:
    """Where the list is that ``text`` makes an object of each record of; None for any other expression.

    >>> list_read("resources.tickets.{'id': id}")
    ('resources', 'tickets')
    >>> list_read("$map(resources.tickets, function($t){ {'id': $t.id, 'all': $count(resources.tickets)} })")
    """
    try:
        tree = parse_expression(text)
    except (HostError, RecursionError):
        return None
    if tree.kind == "path":
        path, made = _names(tree.parts[:-1]), tree.parts[-1]
        alone = path and _is_plain(tree) and made.kind == "object" and not (made.stages or made.predicates)
        return path if alone and all(_is_within(node) for node in _all_of(made)) else None
    return _mapped(tree)


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


def _is_plain(node: Node) -> bool:
    marks = (node.stages, node.predicates, node.group, node.focus, node.index, node.slot)
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
    parts = [*node.parts, *node.stages, *node.predicates, *(term.expression for term in node.terms)]
    parts += [part for pair in node.pairs for part in pair]
    for part in [*parts, *([node.group] if node.group else [])]:
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
