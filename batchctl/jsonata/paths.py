"""Paths: steps, one behind the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.javascript.errors import HostError
from batchctl.javascript.objects import BareObject, SpecialObject
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.filters import build_filter
from batchctl.jsonata.groups import build_group
from batchctl.jsonata.sorting import build_sort
from batchctl.jsonata.values import MadeArray, Sequence, items_of, one_or_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Build, Evaluate
    from batchctl.jsonata.functions import Frame
    from batchctl.jsonata.tree import Node

    Step = Callable[[list[Any], Frame], Any]


def build_path(node: Node, build: Build) -> Evaluate:
    """The function that evaluates a path, such as ``a.b[c]^(d){e: f}``, from the context and the variables.

    It returns the one value that is found, or a list of several; for none UNDEFINED or an empty ``Sequence``. ``node``
    is the path in the syntax tree; ``build`` makes such a function for a part of it.
    """
    first, last = node.parts[0], len(node.parts) - 1
    if last == 0 and _is_plain_name(first) and not node.keep_singleton and node.group is None:
        return _build_name(str(first.value))
    steps = [build_step(step, build, is_last=at == last) for at, step in enumerate(node.parts)]
    if first.made_here:
        steps[0] = build(first)
    if last and not node.keep_singleton and node.group is None and all(map(_is_plain_name, node.parts[1:])):
        if _is_plain_name(first):
            return _members_of(None, [str(step.value) for step in node.parts], steps)
        if first.kind == "variable" and first.value and not (first.stages or first.predicates or first.keep_array):
            return _members_of(str(first.value), [str(step.value) for step in node.parts[1:]], steps)
    group = build_group(node.group, build) if node.group else None
    from_variable, keep = first.kind == "variable", node.keep_singleton

    def path(context: object, frame: Frame) -> object:
        values: Any = context if isinstance(context, list) and not from_variable else Sequence([context])
        values = _walked(values, steps, frame)
        if keep:
            values = kept(values)
        return values if group is None else group(values, frame)

    if keep or group is not None or first.made_here or any(step.kind == "sort" or step.stages for step in node.parts):
        return path
    return _of_one([_single(step, build) for step in node.parts], steps, path, from_variable=from_variable)


def _walked(values: Any, steps: list[Step], frame: Frame) -> Any:
    """What all steps find, one behind the other; nothing as soon as one has found nothing."""
    for step in steps:
        values = step(values, frame)
        if not values:
            break
    return values


def _single(step: Node, build: Build) -> Evaluate:
    """A step over one item."""
    if _is_plain_name(step):
        name = str(step.value)
        return lambda item, frame: _member(item, name)
    return build(step)


def _of_one(singles: list[Evaluate], steps: list[Step], path: Evaluate, *, from_variable: bool) -> Evaluate:
    """A path as long as each step finds one value; from the first list on, as all paths."""
    last = len(steps) - 1

    def of_one(context: object, frame: Frame) -> object:
        if isinstance(context, list) and not from_variable:
            return path(context, frame)
        value: Any = context
        tick = frame.run.tick
        for at, evaluate in enumerate(singles):
            tick()
            value = evaluate(value, frame)
            if value is UNDEFINED:
                return UNDEFINED
            if isinstance(value, list):
                values = _flat([value], is_last=at == last)
                return _walked(values, steps[at + 1 :], frame) if values else values
        return value

    return of_one


def _members_of(variable: str | None, names: list[str], steps: list[Step]) -> Evaluate:
    """``$order.owner.name``, ``owner.name``: nearly always of one object, whose members are found as they stand."""

    def members(context: object, frame: Frame) -> object:
        found: Any = context if variable is None else frame.lookup(variable)
        for name in names:
            if type(found) is not dict and type(found) is not BareObject:
                break
            found = found.get(name, UNDEFINED)
        else:
            return found
        values: Any = context if isinstance(context, list) and variable is None else Sequence([context])
        return _walked(values, steps, frame)

    return members


def _is_plain_name(step: Node) -> bool:
    return step.kind == "name" and not (step.stages or step.predicates or step.keep_array or step.group)


def _build_name(name: str) -> Evaluate:
    """A path of one name: most are."""

    def one(context: object, frame: Frame) -> object:
        if type(context) is dict:
            return context.get(name, UNDEFINED)
        if isinstance(context, list):
            return _flat([_member(item, name) for item in context], is_last=True)
        return _member(context, name)

    return one


def _member(item: object, name: str) -> object:
    if isinstance(item, SpecialObject):
        return item.member(name)
    if isinstance(item, dict):
        return item.get(name, UNDEFINED)
    if isinstance(item, list):
        return one_or_list(Sequence(each for inner in item for each in items_of(_member(inner, name))))
    return UNDEFINED


def kept(values: Any) -> Any:
    """``values`` marked so that a list stays a list when it has one item, as ``[]`` in a path asks for.

    A ``Sequence`` is marked itself, a ``MadeArray`` becomes the only item of one; anything else is returned unchanged.
    Raises ``HostError`` for UNDEFINED.
    """
    if isinstance(values, MadeArray):
        values = Sequence([values])
    if values is UNDEFINED:
        raise HostError("Cannot set properties of undefined (setting 'keepSingleton')")
    if isinstance(values, Sequence):
        values.keep = True
    return values


def build_step(step: Node, build: Build, *, is_last: bool) -> Step:
    """The function that evaluates one step of a path over all items that the step before has found.

    It gets these items and the variables, and returns what the step finds, in one list: for a last step that finds one
    list, that list itself. ``step`` is a part of the syntax tree, and ``is_last`` says that no step follows it;
    ``build`` makes the function that evaluates a part of it.
    """
    if step.kind == "sort":
        return build_sort(step, build)
    stages = [build_filter(stage, build) for stage in step.stages]
    if _is_plain_name(step):
        name = str(step.value)

        def names(values: list[Any], frame: Frame) -> Any:
            return _flat([_member(item, name) for item in values], is_last=is_last)

        return names
    evaluate = build(step)

    def walk(values: list[Any], frame: Frame) -> Any:
        found = []
        tick = frame.run.tick
        for item in values:
            tick()
            value = evaluate(item, frame)
            for stage in stages:
                value = stage(value, frame)
            found.append(value)
        return _flat(found, is_last=is_last)

    return walk


def _flat(found: list[Any], *, is_last: bool) -> Any:
    """What a step found for each item, in one sequence; a last step that found one list answers that list."""
    kept = [value for value in found if value is not UNDEFINED]
    if is_last and len(kept) == 1 and isinstance(kept[0], list) and type(kept[0]) is not Sequence:
        return kept[0]
    result = Sequence()
    for value in kept:
        if isinstance(value, list) and type(value) is not MadeArray:
            result.extend(value)
        else:
            result.append(value)
    return result
