"""Pitfalls that values show: the second engine evaluates an expression over data, and each value is looked at.

A time without an offset, parents in a list, a code in lower case come from records and arguments; an expression alone
does not tell.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from batchctl.errors import ExpressionError
from batchctl.expression.exact import ExactProgram, function_named
from batchctl.expression.pitfall_search import (
    COUNTING,
    PitfallUse,
    all_nodes,
    called,
    is_desc_in_capitals,
    is_lower_case_code,
    is_unknown_encoding,
    lacks_offset,
)
from batchctl.expression.pitfalls import PITFALLS, shown_by_values
from batchctl.javascript.limits import Limits
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.compiling import built
from batchctl.jsonata.functions import Native
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.calls import Evaluate
    from batchctl.jsonata.functions import Frame
    from batchctl.jsonata.tree import Node

    Judge = Callable[[list[Any]], bool]

# An evaluation is observed beside the one that counts: it must not take long.
_BRIEFLY: Final = Limits(time_s=1)
_LOOKS_LIKE_A_TIME: Final = lazy_regex(r"\d{4}-?(\d\d|W\d\d)")
_AMOUNTS: Final = "convertCurrencyFromSubunit"


class _Amount(str):
    """A text that ``$convertCurrencyFromSubunit`` has answered."""

    __slots__ = ()


def observed_pitfalls(text: str, data: object, limits: Limits = _BRIEFLY) -> tuple[PitfallUse, ...]:
    """The pitfalls that the expression ``text`` has over the input ``data``, in the order of their places.

    It evaluates the expression, for a second at most unless ``limits`` are given; where that fails or goes beyond
    ``limits``, those found so far are returned. Empty for text that is not JSONata.
    """
    if not shown_by_values(text):
        return ()
    watch = _Watch()
    with suppress(ExpressionError):
        ExactProgram(text, watch.build, {_AMOUNTS: _marking(function_named(_AMOUNTS))}).run(data, limits)
    return tuple(watch.found[key] for key in sorted(watch.found))


def _marking(function: object) -> Native:
    assert isinstance(function, Native)  # noqa: S101 - functions of the library are
    call = function.call

    def marked(*given: object) -> object:
        answer = call(*given)
        return _Amount(answer) if isinstance(answer, str) else answer

    return Native(function.name, marked, function.arity, function.signature)


class _Watch:
    """Builds an evaluator that looks at the operands of operators, the arguments of calls and the keys of sorts."""

    def __init__(self) -> None:
        self.found: dict[tuple[int, int, str], PitfallUse] = {}
        self._parents: dict[int, tuple[Node, int, int]] = {}
        self._values: dict[int, list[Any]] = {}

    def build(self, node: Node) -> Evaluate:
        """What ``jsonata.compiling.build`` makes, watched."""
        if not self._parents:
            self._prepare(node)
        evaluate = built(node, self.build)
        if id(node) not in self._parents:
            return evaluate
        parent, place, count = self._parents[id(node)]

        def watched(context: object, frame: Frame) -> object:
            value = evaluate(context, frame)
            values = self._values.setdefault(id(parent), [UNDEFINED] * count)
            values[place] = value
            if place == count - 1:
                self._judge(parent, values)
            return value

        return watched

    def _prepare(self, tree: Node) -> None:
        """Who is an operand or an argument of what."""
        self._parents[id(tree)] = (tree, 0, 1)
        # The call of a ~> belongs to it.
        for node in sorted(all_nodes(tree), key=lambda node: node.kind == "apply"):
            self._watch(node, *_operands(node))
            for term in node.terms:
                self._parents[id(term.expression)] = (term.expression, 0, 1)

    def _watch(self, node: Node, *parts: Node) -> None:
        for place, part in enumerate(parts):
            self._parents[id(part)] = (node, place, len(parts))

    def _judge(self, node: Node, values: list[Any]) -> None:
        if node.kind == "binary":
            judges = [(name, judge) for name, operators, judge in _OPERATORS if node.value in operators]
        else:
            judges = list(_CALLS.get(called(_call_in(node)), ()))
        if len(values) == 1 and isinstance(values[0], _Amount):
            judges = [("amount-is-text", _amount)]
        for name, judge in judges:
            if judge(values):
                at = _marked(node, values, name)
                self.found[at.start, at.end, name] = PitfallUse(PITFALLS[name], at.start, at.end)


def _marked(node: Node, values: list[Any], name: str) -> Node:
    """What is pointed at: of a text that is put together the date, as in the search without values."""
    if node.kind != "binary" or name != "date-in-text":
        return node
    return next(part for part, value in zip(node.parts, values, strict=True) if _in_text([value]))


def _call_in(node: Node) -> Node:
    """The call of ``value ~> $name(…)``, or the node itself."""
    return node.parts[1] if node.kind == "apply" else node


def _operands(node: Node) -> list[Node]:
    """What a node takes: both sides, or the arguments of a call that is judged, with what stands left of a ``~>``."""
    if node.kind == "binary":
        return node.parts
    if called(_call_in(node)) not in _CALLS:
        return []
    given = _call_in(node).parts[1:]
    return [node.parts[0], *given] if node.kind == "apply" else given


def _at(values: list[Any], place: int) -> Any:
    return values[place] if place < len(values) else UNDEFINED


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is(value: object, *kinds: str) -> bool:
    return isinstance(value, SpecialObject) and value.kind in kinds


def _dates_in(value: object) -> int:
    return sum(_is(each, "date") for each in _listed(value))


def _zoned(values: list[Any]) -> bool:
    text, zone = _at(values, 0), _at(values, 1)
    is_time = isinstance(text, str) and _LOOKS_LIKE_A_TIME.match(text) is not None
    return is_time and isinstance(zone, str) and lacks_offset(text)


def _several(values: list[Any]) -> bool:
    key = _at(values, 1)
    records = [each for each in _listed(_at(values, 0)) if isinstance(each, dict)]
    return isinstance(key, str) and any(isinstance(each.get(key), list) and len(each[key]) > 1 for each in records)


def _capitals(values: list[Any]) -> bool:
    return any(map(is_desc_in_capitals, _listed(_at(values, 2))))


def _encoding(place: int) -> Judge:
    return lambda values: is_unknown_encoding(_at(values, place))


def _lower_case(values: list[Any]) -> bool:
    return is_lower_case_code(_at(values, 1))


def _dated(values: list[Any]) -> bool:
    kinds = _at(values, 3)
    return isinstance(kinds, dict) and not isinstance(kinds, SpecialObject) and "date" in kinds.values()


def _in_text(values: list[Any]) -> bool:
    return any(_is(value, "date", "duration") for value in values)


def _compared(values: list[Any]) -> bool:
    return _is(values[0], "date") and bool(_dates_in(_at(values, 1)))


def _amount(values: list[Any]) -> bool:
    return any(isinstance(each, _Amount) for value in values for each in _listed(value))


_OPERATORS: Final[tuple[tuple[str, frozenset[str], Judge], ...]] = (
    ("date-in-text", frozenset({"&"}), _in_text),
    ("dates-compared", frozenset({"=", "!=", "in"}), _compared),
    ("amount-is-text", COUNTING, _amount),
)
_CALLS: Final[dict[str | None, tuple[tuple[str, Judge], ...]]] = {
    "dtFromIso": (("zone-after-reading", _zoned),),
    "dependencyGraph": (("several-parents", _several),),
    "orderBy": (("order-in-capitals", _capitals), ("amount-is-text", _amount)),
    "sign": (("unknown-encoding", _encoding(3)),),
    "digest": (("unknown-encoding", _encoding(2)),),
    "convertCurrencyFromSubunit": (("currency-in-lower-case", _lower_case),),
    "convertCurrencyToSubunit": (("currency-in-lower-case", _lower_case),),
    "convertQueryToSql": (("date-in-sql", _dated),),
    "distinct": (("distinct-dates", lambda values: _dates_in(values[0]) > 1),),
    "string": (("date-in-text", _in_text),),
    **dict.fromkeys(("sum", "max", "min", "average", "sort"), (("amount-is-text", _amount),)),
}
