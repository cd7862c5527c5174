"""Paths: steps, filters, sorts and groups."""

from __future__ import annotations

import math
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import ordered_keys
from batchctl.javascript.objects import BareObject, SpecialObject
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.functions import Frame
from batchctl.jsonata.operators import compare
from batchctl.jsonata.values import MadeArray, Sequence, append, is_number, truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Build, Evaluate
    from batchctl.jsonata.tree import Node

    Step = Callable[[list[Any], Frame], Any]


def build_path(node: Node, build: Build) -> Evaluate:
    """``a.b[c]^(d){e: f}``."""
    first, last = node.parts[0], len(node.parts) - 1
    if last == 0 and _is_plain_name(first) and not node.keep_singleton and node.group is None:
        return _build_name(str(first.value))
    steps = [build_step(step, build, is_last=at == last) for at, step in enumerate(node.parts)]
    made = build(first) if first.made_here else None
    group = build_group(node.group, build) if node.group else None
    from_variable, keep = first.kind == "variable", node.keep_singleton

    def path(context: object, frame: Frame) -> object:
        values: Any = context if isinstance(context, list) and not from_variable else Sequence([context])
        for at, step in enumerate(steps):
            values = made(values, frame) if made is not None and at == 0 else step(values, frame)
            if values is UNDEFINED or not values:
                break
        if keep:
            values = kept(values)
        return values if group is None else group(values, frame)

    return path


def _is_plain_name(step: Node) -> bool:
    return step.kind == "name" and not (step.stages or step.predicates or step.keep_array or step.group)


def _build_name(name: str) -> Evaluate:
    """A path of one name: most are."""

    def one(context: object, frame: Frame) -> object:
        if type(context) is dict:
            return context.get(name, UNDEFINED)
        if isinstance(context, SpecialObject):
            return context.member(name)
        if isinstance(context, dict):
            return context.get(name, UNDEFINED)
        if isinstance(context, list):
            return _flat([_member(item, name) for item in context], is_last=True)
        return UNDEFINED

    return one


def _member(item: object, name: str) -> object:
    if isinstance(item, SpecialObject):
        return item.member(name)
    if isinstance(item, dict):
        return item.get(name, UNDEFINED)
    if isinstance(item, list):
        found = Sequence(each for inner in item for each in spread(_member(inner, name)))
        return _only(found)
    return UNDEFINED


def spread(value: object) -> list[Any]:
    """A list as it is, anything else alone in one, nothing in none."""
    return value if isinstance(value, list) else [] if value is UNDEFINED else [value]


def _only(found: Sequence) -> object:
    return found if len(found) > 1 else found[0] if found else UNDEFINED


def kept(values: Any) -> Any:
    """A sequence that stays a list, however short."""
    if isinstance(values, MadeArray):
        values = Sequence([values])
    if values is UNDEFINED:
        raise HostError("Cannot set properties of undefined (setting 'keepSingleton')")
    if isinstance(values, Sequence):
        values.keep = True
    return values


def build_step(step: Node, build: Build, *, is_last: bool) -> Step:
    """One step of a path, over all that the one before has found."""
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


def build_filter(node: Node, build: Build) -> Callable[[Any, Frame], Any]:
    """``[…]``: by place, or by what is true."""
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
    """Whether the items are tuples of variables."""
    return type(values) is Sequence and values.tuples


def frame_of(item: dict[str, object], frame: Frame) -> Frame:
    """The variables of a tuple."""
    return Frame(frame, frame.run, dict(item))


def build_sort(node: Node, build: Build) -> Step:
    """``^(…)``: stable, what is missing last."""
    terms = [(build(term.expression), term.descending) for term in node.terms]
    stages = build_stages(node, build)
    position = node.position

    def sort(values: list[Any], frame: Frame) -> Any:
        tuples = is_tuples(values)

        def keyed(item: Any) -> list[object]:
            frame.run.tick()
            around = frame_of(item, frame) if tuples else frame
            return [evaluate(item["@"] if tuples else item, around) for evaluate, _ in terms]

        def by(one: tuple[list[object], Any], other: tuple[list[object], Any]) -> int:
            return _order(one[0], other[0], terms, position)

        if len(values) < 2:
            return stages(values, frame)
        pairs = [(keyed(item), item) for item in values]
        ordered = Sequence(item for _, item in sorted(pairs, key=cmp_to_key(by)))
        ordered.tuples = tuples
        return stages(ordered, frame)

    return sort


def _order(ones: list[object], others: list[object], terms: list[tuple[Evaluate, bool]], position: int) -> int:
    for one, other, (_, descending) in zip(ones, others, terms, strict=True):
        if one is UNDEFINED or other is UNDEFINED:
            if one is not other:
                return 1 if one is UNDEFINED else -1
            continue
        for value in (one, other):
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise HostError("a sort compares numbers or texts", "T2008").at(position, "^")
        if isinstance(one, str) is not isinstance(other, str):
            raise HostError("a sort can't compare a number and a text", "T2007").at(position, "^")
        found = compare(one, other)
        if found != 0:
            found = 1 if found is None else found
            return -found if descending else found
    return 0


def build_stages(node: Node, build: Build) -> Callable[[Any, Frame], Any]:
    """What follows a step: filters, and places that get a name."""
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


def build_group(node: Node, build: Build) -> Callable[[Any, Frame], object]:
    """``{key: value}`` over a sequence, or an object."""
    pairs = [(build(key), build(value)) for key, value in node.pairs]
    position = node.position

    def group(values: Any, frame: Frame) -> object:
        tuples = is_tuples(values)
        items = values if isinstance(values, list) else [values]
        groups: dict[str, tuple[object, int]] = {}
        more: dict[str, list[Any]] = {}
        for item in items or [UNDEFINED]:
            frame.run.tick()
            around = frame_of(item, frame) if tuples else frame
            context = item["@"] if tuples else item
            for place, (key_of, _) in enumerate(pairs):
                key = key_of(context, around)
                if key is not UNDEFINED:
                    _add(groups, more, _key(key, position), item, place, position)
        result = BareObject()
        for key in ordered_keys(list(groups)):
            data, place = groups[key]
            value = _value(pairs[place][1], more.get(key, data), frame, tuples=tuples)
            if value is not UNDEFINED:
                result[key] = value
        return result

    return group


def _key(key: object, position: int) -> str:
    if not isinstance(key, str):
        raise HostError("the key of an object is a text", "T1003").at(position, "{")
    return key


def _add(
    groups: dict[str, tuple[object, int]], more: dict[str, list[Any]], key: str, item: object, place: int, position: int
) -> None:
    known = groups.get(key)
    if known is None:
        groups[key] = (item, place)
    elif known[1] != place:
        raise HostError(f'two members of an object have the key "{key}"', "D1009").at(position, "{")
    elif key in more:
        more[key] += item if isinstance(item, list) else [item]
    else:
        joined = append(known[0], item)
        if known[0] is UNDEFINED or item is UNDEFINED:
            groups[key] = (joined, place)
        else:
            more[key] = joined  # type: ignore[assignment]  # two values make a list


def _value(evaluate: Evaluate, data: Any, frame: Frame, *, tuples: bool) -> object:
    if not tuples:
        return evaluate(data, frame)
    merged = _merged(data)
    return evaluate(merged.pop("@", UNDEFINED), Frame(frame, frame.run, merged))


def _merged(tuples: Any) -> dict[str, Any]:
    if not isinstance(tuples, list):
        return dict(tuples)
    merged = dict(tuples[0])
    for item in tuples[1:]:
        for name, value in item.items():
            merged[name] = append(merged.get(name, UNDEFINED), value)
    return merged
