"""Paths whose steps give variables a value for each item: ``@$x``, ``#$i``, and ``%`` for the parent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.filters import build_stages, frame_of, is_tuples
from batchctl.jsonata.groups import build_group
from batchctl.jsonata.paths import build_step, kept
from batchctl.jsonata.sorting import build_sort
from batchctl.jsonata.values import Sequence, items_of
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Build, Evaluate
    from batchctl.jsonata.functions import Frame
    from batchctl.jsonata.tree import Node


def build_tuple_path(node: Node, build: Build) -> Evaluate:
    """The function that evaluates a path in which a step names variables (``@$x``, ``#$i``, ``%``) for later steps.

    It gets the context and the variables, and returns a ``Sequence`` of what is found: of dicts with the variables
    (``is_tuples``) where a path around it needs them; UNDEFINED or an empty one for nothing. With a group ``{…}`` it
    returns an object. ``node`` is the path in the syntax tree; ``build`` makes such a function for a part of it.
    """
    steps = [(step, _build_tuple_step(step, build)) for step in node.parts]
    plain = [None if step.tuple_stream else build_step(step, build, is_last=False) for step in node.parts]
    first = node.parts[0]
    made = build(first) if first.made_here else None
    group = build_group(node.group, build) if node.group else None
    from_variable = first.kind == "variable"

    def path(context: object, frame: Frame) -> object:
        values: Any = context if isinstance(context, list) and not from_variable else Sequence([context])
        bindings: Sequence | None = None
        streaming = False
        for at, (step, tuple_step) in enumerate(steps):
            streaming = streaming or step.tuple_stream
            found = values
            if made is not None and at == 0:
                found = made(values, frame)
            elif streaming:
                bindings = tuple_step(values, bindings, frame)
            else:
                walk = plain[at]
                found = walk(values, frame) if walk else values
            if not streaming and (found is UNDEFINED or not found):
                return UNDEFINED if group is None else group(found, frame)
            if step.focus is None:
                values = found
        result: Any = bindings
        if not node.tuple_stream:
            result = Sequence(item["@"] for item in bindings or ())
        if node.keep_singleton:
            result = kept(result)
        return result if group is None else group(bindings, frame)

    return path


def _build_tuple_step(step: Node, build: Build) -> Callable[[Any, Sequence | None, Frame], Sequence]:
    if step.kind == "sort":
        return _build_tuple_sort(step, build)
    evaluate, stages = build(step), build_stages(step, build)

    def walk(values: Any, bindings: Sequence | None, frame: Frame) -> Any:
        result = Sequence()
        result.tuples = True
        for binding in [{"@": item} for item in values] if bindings is None else bindings:
            frame.run.tick()
            found = evaluate(binding["@"], frame_of(binding, frame))
            for place, value in enumerate(items_of(found)):
                result.append({**binding, **_bound(step, binding, found, value, place)})
        return stages(result, frame)

    return walk


def _bound(step: Node, binding: dict[str, Any], found: object, value: Any, place: int) -> dict[str, object]:
    if is_tuples(found):
        return dict(value)
    names: dict[str, object] = {step.focus: value} if step.focus else {"@": value}
    if step.index:
        names[step.index] = place
    if step.slot and step.kind != "parent":
        names[step.slot.label] = binding["@"]
    return names


def _build_tuple_sort(step: Node, build: Build) -> Callable[[Any, Sequence | None, Frame], Any]:
    bare, stages = build_sort(_without_stages(step), build), build_stages(step, build)

    def sort(values: Any, bindings: Sequence | None, frame: Frame) -> Any:
        if bindings is not None:
            return stages(bare(bindings, frame), frame)
        result = Sequence(
            {"@": item, **({step.index: place} if step.index else {})} for place, item in enumerate(bare(values, frame))
        )
        result.tuples = True
        return stages(result, frame)

    return sort


def _without_stages(step: Node) -> Node:
    return replace(step, stages=[])
