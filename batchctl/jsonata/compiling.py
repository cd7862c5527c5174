"""The tree → one Python function that evaluates it, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.calls import apply, build_call, build_chain, build_lambda, build_partial
from batchctl.jsonata.filters import build_filter
from batchctl.jsonata.functions import Frame, Native, Regex
from batchctl.jsonata.groups import build_group
from batchctl.jsonata.operators import OPERATORS
from batchctl.jsonata.paths import build_path
from batchctl.jsonata.signatures import signature
from batchctl.jsonata.tuples import build_tuple_path
from batchctl.jsonata.values import Function, MadeArray, Sequence, collapsed, is_number, keys_of, lookup, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Build, Evaluate
    from batchctl.jsonata.tree import Node

# What these answer is never a sequence.
_PLAIN: Final = frozenset({"literal", "binary", "negation", "array", "object", "lambda", "regex", "bind"})


def build(node: Node) -> Evaluate:
    """The function that evaluates ``node``, a part of the syntax tree, from the context and the variables."""
    return built(node, build)


def built(node: Node, build: Build) -> Evaluate:
    """The function that evaluates ``node``, a part of the syntax tree, from the context and the variables.

    ``build`` makes such a function for each part of ``node``.
    """
    evaluate = _BUILDERS[node.kind](node, build)
    for predicate in node.predicates:
        evaluate = _filtered(evaluate, build_filter(predicate, build))
    if node.kind != "path" and node.group is not None:
        evaluate = _filtered(evaluate, build_group(node.group, build))
    if node.kind in _PLAIN and not node.predicates and node.group is None and node.value != "..":
        return evaluate
    return _kept_array(evaluate) if node.keep_array else _one_value(evaluate)


def _filtered(evaluate: Evaluate, stage: Callable[[Any, Frame], Any]) -> Evaluate:
    return lambda context, frame: stage(evaluate(context, frame), frame)


def _kept_array(evaluate: Evaluate) -> Evaluate:
    def kept(context: object, frame: Frame) -> object:
        value = evaluate(context, frame)
        if type(value) is Sequence and not value.tuples:
            value.keep = True
        return collapsed(value)

    return kept


def _one_value(evaluate: Evaluate) -> Evaluate:
    def one(context: object, frame: Frame) -> object:
        value = evaluate(context, frame)
        return collapsed(value) if type(value) is Sequence else value

    return one


def _literal(node: Node, _: Build) -> Evaluate:
    value = node.value
    return lambda context, frame: value


def _name(node: Node, _: Build) -> Evaluate:
    name = str(node.value)
    return lambda context, frame: lookup(context, name)


def _wildcard(_: Node, __: Build) -> Evaluate:
    def wildcard(context: object, frame: Frame) -> object:
        if isinstance(context, Sequence) and context.outer and context:
            context = context[0]
        values = _members(context)
        if not any(isinstance(value, list) for value in values):
            return Sequence(values)
        return [leaf for value in values for leaf in _leaves(value)]

    return wildcard


def _members(value: object) -> list[object]:
    if isinstance(value, dict):
        return [value[key] for key in keys_of(value)]
    return list(value) if isinstance(value, list) else []


def _leaves(value: object) -> list[object]:
    return [leaf for item in value for leaf in _leaves(item)] if isinstance(value, list) else [value]


def _descendant(_: Node, __: Build) -> Evaluate:
    def descendants(context: object, frame: Frame) -> object:
        if context is UNDEFINED:
            return UNDEFINED
        found = Sequence()
        pending = [context]
        while pending:
            frame.run.tick()
            value = pending.pop()
            if not isinstance(value, list):
                found.append(value)
            pending += reversed(_members(value))
        return found[0] if len(found) == 1 else found

    return descendants


def _parent(node: Node, _: Build) -> Evaluate:
    slot = node.slot
    return lambda context, frame: frame.lookup(slot.label) if slot else UNDEFINED


def _condition(node: Node, build: Build) -> Evaluate:
    asked, then = build(node.parts[0]), build(node.parts[1])
    otherwise = build(node.parts[2]) if len(node.parts) > 2 else None

    def condition(context: object, frame: Frame) -> object:
        if truth(asked(context, frame)):
            return then(context, frame)
        return otherwise(context, frame) if otherwise else UNDEFINED

    return condition


def _block(node: Node, build: Build) -> Evaluate:
    parts = [build(part) for part in node.parts]
    if len(parts) == 1 and node.parts[0].kind != "bind":
        # Nothing in it can give a variable a value.
        only = parts[0]
        return lambda context, frame: only(context, Frame(frame, frame.run))

    def block(context: object, frame: Frame) -> object:
        inner = Frame(frame, frame.run)
        value: object = UNDEFINED
        for part in parts:
            value = part(context, inner)
        return value

    return block


def _bind(node: Node, build: Build) -> Evaluate:
    name, value_of = str(node.parts[0].value), build(node.parts[1])

    def bind(context: object, frame: Frame) -> object:
        value = value_of(context, frame)
        frame.names[name] = value
        return value

    return bind


def _variable(node: Node, _: Build) -> Evaluate:
    name = str(node.value)
    if not name:
        return lambda context, frame: context[0] if isinstance(context, Sequence) and context.outer else context
    return lambda context, frame: frame.lookup(name)


def _regex(node: Node, _: Build) -> Evaluate:
    source = str(node.value)

    def regex(context: object, frame: Frame) -> object:
        def matches(*arguments: object) -> object:
            match = frame.lookup("match")
            found = apply(match, [arguments[0] if arguments else UNDEFINED, made], None, frame)
            if isinstance(found, list):
                return found[0] if found else UNDEFINED
            return found

        made = Regex(source, matches)
        return made

    return regex


def _binary(node: Node, build: Build) -> Evaluate:
    left, right = build(node.parts[0]), build(node.parts[1])
    token, position = str(node.value), node.position
    if token in {"and", "or"}:
        return _logical(left, right, token, position)
    operate = OPERATORS[token]

    def binary(context: object, frame: Frame) -> object:
        one = left(context, frame)
        other = right(context, frame)
        try:
            return operate(one, other)
        except HostError as error:
            error.position, error.token = position, token
            raise

    return binary


def _logical(left: Evaluate, right: Evaluate, token: str, position: int) -> Evaluate:
    decides = token == "or"  # noqa: S105  # an operator

    def logical(context: object, frame: Frame) -> object:
        one = left(context, frame)
        try:
            return decides if truth(one) is decides else truth(right(context, frame))
        except HostError as error:
            error.position, error.token = position, token
            raise

    return logical


def _negation(node: Node, build: Build) -> Evaluate:
    part, position = build(node.parts[0]), node.position

    def negation(context: object, frame: Frame) -> object:
        value = part(context, frame)
        if value is UNDEFINED:
            return UNDEFINED
        if not is_number(value):
            raise HostError("only a number can be negated", "D1002").at(position, "-")
        return -value if value else -float(value)  # type: ignore[operator,arg-type]  # it is a number

    return negation


def _array(node: Node, build: Build) -> Evaluate:
    parts = [(build(part), part.kind == "array") for part in node.parts]
    kind = MadeArray if node.made_here else list

    def array(context: object, frame: Frame) -> object:
        made: list[object] = kind()
        for evaluate, is_array in parts:
            value = evaluate(context, frame)
            if value is UNDEFINED:
                continue
            if isinstance(value, list) and not is_array:
                made.extend(value)
            else:
                made.append(value)
        return made

    return array


def _path(node: Node, build: Build) -> Evaluate:
    return build_tuple_path(node, build) if any(step.tuple_stream for step in node.parts) else build_path(node, build)


def _transform(node: Node, build: Build) -> Evaluate:
    pattern, update = build(node.parts[0]), build(node.parts[1])
    delete = build(node.parts[2]) if len(node.parts) > 2 else None
    position = node.position

    def transform(context: object, frame: Frame) -> object:
        def changed(value: object) -> object:
            if value is UNDEFINED:
                return UNDEFINED
            clone = frame.lookup("clone")
            if not isinstance(clone, Function):
                raise HostError("$clone is no function", "T2013").at(position, "|")
            result = apply(clone, [value], None, frame)
            found = pattern(result, frame)
            for match in found if isinstance(found, list) else [] if found is UNDEFINED else [found]:
                _change(match, update(match, frame), node.parts[1].position)
                if delete is not None:
                    _delete(match, delete(match, frame), node.parts[2].position)
            return result

        return Native("", changed, 1, signature("<(oa):o>"))

    return transform


def _change(match: object, update: object, position: int) -> None:
    if update is UNDEFINED:
        return
    if not isinstance(update, dict):
        raise HostError("what a transform writes is an object", "T2011").at(position, "|")
    if match is None and update:
        raise HostError(f"Cannot set properties of null (setting '{next(iter(update))}')")
    if isinstance(match, dict):
        match.update(update)


def _delete(match: object, names: object, position: int) -> None:
    if names is UNDEFINED:
        return
    listed = names if isinstance(names, list) else [names]
    if any(not isinstance(name, str) for name in listed):
        raise HostError("what a transform deletes are names", "T2012").at(position, "|")
    if isinstance(match, dict):
        for name in listed:
            match.pop(name, None)


_BUILDERS: Final[dict[str, Callable[[Node, Build], Evaluate]]] = {
    "path": _path,
    "name": _name,
    "literal": _literal,
    "wildcard": _wildcard,
    "descendant": _descendant,
    "parent": _parent,
    "condition": _condition,
    "block": _block,
    "bind": _bind,
    "variable": _variable,
    "regex": _regex,
    "binary": _binary,
    "negation": _negation,
    "array": _array,
    "object": build_group,
    "function": build_call,
    "partial": build_partial,
    "apply": build_chain,
    "lambda": build_lambda,
    "transform": _transform,
}
