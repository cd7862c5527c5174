"""``{key: value}``: objects, and groups of what a path finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import is_index, ordered_keys
from batchctl.javascript.objects import BareObject
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.filters import frame_of, is_tuples
from batchctl.jsonata.functions import Frame
from batchctl.jsonata.values import append, items_of, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Build, Evaluate
    from batchctl.jsonata.tree import Node


def build_group(node: Node, build: Build) -> Callable[[Any, Frame], object]:
    """The function that evaluates ``{key: value}``: an object, or after a path one with the found items grouped by key.

    It gets the context, or what the path found, and the variables. The value is evaluated once for each key, with all
    items of that key as context. A member whose key or value is UNDEFINED is left out; it raises ``HostError`` for a
    key that is no text (T1003), null included, and for one that two members have (D1009). ``node`` is the object in the
    syntax tree; ``build`` makes the function that evaluates a part of it.
    """
    pairs = [(build(key), build(value)) for key, value in node.pairs]
    position = node.position
    named = _named(node)
    written = [] if named is None else [(name, value) for name, (_, value) in zip(named, pairs, strict=True)]

    def group(values: Any, frame: Frame) -> object:
        if named is not None and not isinstance(values, list):
            frame.run.tick()
            made = BareObject()
            for name, evaluate in written:
                found = evaluate(values, frame)
                if found is not UNDEFINED:
                    made[name] = found
            return made
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


def _named(node: Node) -> list[str] | None:
    """The keys of an object, where all are written as names that differ and stay in their order."""
    keys = [key.value for key, _ in node.pairs if key.kind == "literal" and not key.predicates]
    names = [key for key in keys if isinstance(key, str) and not is_index(key)]
    return names if len(set(names)) == len(node.pairs) else None


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
        more[key] += items_of(item)
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
    merged = {name: [value] for name, value in tuples[0].items()}
    for item in tuples[1:]:
        for name, value in item.items():
            merged.setdefault(name, []).append(value)
    return {name: joined(values) for name, values in merged.items()}
