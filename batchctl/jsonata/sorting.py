"""``^(…)``: the order of a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.collections import merge_sorted
from batchctl.jsonata.filters import build_stages, frame_of, is_tuples
from batchctl.jsonata.operators import compare
from batchctl.jsonata.values import Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Build, Evaluate
    from batchctl.jsonata.functions import Frame
    from batchctl.jsonata.tree import Node


def build_sort(node: Node, build: Build) -> Callable[[list[Any], Frame], Any]:
    """The function that evaluates the sort ``^(…)`` of a path: it gets the items found so far and the variables.

    It returns a new list of them. Equal items keep their order; those without a value to sort by come last, also where
    the order descends. It raises ``HostError`` where such a value is neither a number nor a text, null included
    (T2008), or a number meets a text (T2007). ``node`` is the sort in the syntax tree; ``build`` makes the function
    that evaluates a part of it.
    """
    terms = [(build(term.expression), term.descending) for term in node.terms]
    stages = build_stages(node, build)
    position = node.position

    def sort(values: list[Any], frame: Frame) -> Any:
        tuples = is_tuples(values)

        def keyed(item: Any) -> list[object]:
            frame.run.tick()
            around = frame_of(item, frame) if tuples else frame
            return [evaluate(item["@"] if tuples else item, around) for evaluate, _ in terms]

        def comes_after(one: tuple[list[object], Any], other: tuple[list[object], Any]) -> bool:
            return _order(one[0], other[0], terms, position) > 0

        if len(values) < 2:
            return stages(values, frame)
        pairs = [(keyed(item), item) for item in values]
        quick = _by_one_key(pairs, descending=terms[0][1]) if len(terms) == 1 else None
        ordered = Sequence(item for _, item in merge_sorted(pairs, comes_after)) if quick is None else quick
        ordered.tuples = tuples
        return stages(ordered, frame)

    return sort


def _by_one_key(pairs: list[tuple[list[object], Any]], *, descending: bool) -> Sequence | None:
    """The items in order where all their keys are numbers, or texts of ASCII; None where they are not."""
    kinds = {type(key) for (key,), _ in pairs}
    if not (kinds <= {int, float} and all(key == key for (key,), _ in pairs)) and not (  # noqa: PLR0124  # NaN
        kinds == {str} and all(str(key).isascii() for (key,), _ in pairs)
    ):
        return None
    return Sequence(item for _, item in sorted(pairs, key=_first_key, reverse=descending))


def _first_key(pair: tuple[list[Any], Any]) -> Any:
    return pair[0][0]


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
