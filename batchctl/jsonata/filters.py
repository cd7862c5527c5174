"""Filters: by place, or by what is true; and the tuples that ``@``, ``#`` and ``%`` make of items."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.functions import Frame
from batchctl.jsonata.values import Sequence, is_number, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Build
    from batchctl.jsonata.tree import Node


def build_filter(node: Node, build: Build) -> Callable[[Any, Frame], Any]:
    """The function that evaluates a filter ``[…]`` of a path.

    It gets the values found so far and the variables, and returns the item at an index (rounded down, from the end if
    negative; the items at several for a list of numbers), or the items for which the condition is true by ``truth``, in
    a ``Sequence``: empty for none; where the index is a number and the item a list, that list itself. A single value
    counts as a list of it. ``node`` is the filter in the syntax tree; ``build`` makes the function that evaluates a
    part of it.
    """
    predicate = node.parts[0]
    value = predicate.value
    if predicate.kind == "literal" and isinstance(value, int | float) and not isinstance(value, bool):
        return _by_place(math.floor(value))
    evaluate = build(predicate)

    def filtered(values: Any, frame: Frame) -> Any:
        items = values if isinstance(values, list) else Sequence([values])
        results = Sequence()
        results.tuples = is_tuples(values)
        tick = frame.run.tick
        for index, item in enumerate(items):
            tick()
            around = frame_of(item, frame) if results.tuples else frame
            answer = evaluate(item["@"] if results.tuples else item, around)
            places = _places(answer)
            if places is not None:
                size = len(items)
                results.extend(item for place in places if (place + size if place < 0 else place) == index)
            elif truth(answer):
                results.append(item)
        return results

    return filtered


def _places(answer: Any) -> list[int] | None:
    """The places that a filter names, None where it decides by truth."""
    if answer is True or answer is False:
        return None
    if isinstance(answer, list):
        return [math.floor(each) for each in answer] if not {False} & {is_number(each) for each in answer} else None
    return [math.floor(answer)] if is_number(answer) else None


def _by_place(place: int) -> Callable[[Any, Frame], Any]:
    def item(values: Any, frame: Frame) -> Any:
        items = values if isinstance(values, list) else [values]
        at = place + len(items) if place < 0 else place
        found = items[at] if 0 <= at < len(items) else UNDEFINED
        if isinstance(found, list):
            return found
        results = Sequence([] if found is UNDEFINED else [found])
        results.tuples = is_tuples(values)
        return results

    return item


def is_tuples(values: object) -> bool:
    """Whether ``values`` is a list of dicts with the values of the variables that ``@``, ``#`` and ``%`` name.

    That is a ``Sequence`` marked so; such a dict has the item itself under ``@``. False for anything else.
    """
    return type(values) is Sequence and values.tuples


def frame_of(item: dict[str, object], frame: Frame) -> Frame:
    """A frame inside ``frame`` whose variables are those of ``item``: their values by name."""
    return Frame(frame, frame.run, dict(item))


def build_stages(node: Node, build: Build) -> Callable[[Any, Frame], Any]:
    """The function that evaluates what follows a step of a path: filters ``[…]`` and index variables ``#$i``.

    It gets the values found so far and the variables, and returns those that remain, as a list. An index variable
    writes each item's index from 0 into its dict (see ``is_tuples``). ``node`` is the step in the syntax tree;
    ``build`` makes the function that evaluates a part of it.
    """
    stages = [
        _numbered(str(stage.value)) if stage.kind == "index" else build_filter(stage, build) for stage in node.stages
    ]

    def through(values: Any, frame: Frame) -> Any:
        for stage in stages:
            values = stage(values, frame)
        return values

    return through


def _numbered(name: str) -> Callable[[Any, Frame], Any]:
    def numbered(values: Any, frame: Frame) -> Any:
        for place, item in enumerate(values):
            item[name] = place
        return values

    return numbered
