"""The functions that an expression can call: JSONata's own, in Python or by the engine, and those of a host."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, Protocol

from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata import collections as lists
from batchctl.jsonata import numbers
from batchctl.jsonata.functions import Frame, Native, Regex
from batchctl.jsonata.pictures import picture_of
from batchctl.jsonata.signatures import signature
from batchctl.jsonata.values import Sequence, append, lookup

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.jsonata.calls import Evaluate


class Engine(Protocol):
    """A complete JSONata engine from outside of this package, to which ``library`` leaves some of JSONata's functions.

    These are the functions on text, dates and regular expressions, and those that format numbers by a pattern, which
    need no more than JSON values. ``library`` takes one and calls its ``call`` whenever an expression calls such a
    function, and its ``compiled`` for ``$eval``.
    """

    def call(self, name: str, arguments: list[object], patterns: Mapping[int, str]) -> object:
        """The JSON result of JSONata's function ``name`` (without ``$``) for ``arguments``; None where it is UNDEFINED.

        ``arguments`` are JSON values; one that is missing is UNDEFINED. ``patterns`` are those that are regular
        expressions, by index from 0, as text with slashes and flags; the values at these places in ``arguments`` are
        ignored. Raises ``HostError`` where the function fails.
        """

    def compiled(self, text: str) -> Evaluate:
        """The function that evaluates the expression ``text`` (for ``$eval``): it gets the context and a ``Frame``.

        Raises ``HostError`` (D3120) if it is not JSONata.
        """


# Written here because they meet values that JSON does not have: name → function, how many parameters it counts.
_HERE: Final[dict[str, tuple[Callable[..., object], int]]] = {
    "sum": (numbers.total, 1), "count": (lambda items: 0 if items is UNDEFINED else len(items), 1),
    "max": (numbers.largest, 1), "min": (numbers.smallest, 1), "average": (numbers.average, 1),
    "number": (numbers.number_of, 1), "floor": (numbers.floor, 1), "ceil": (numbers.ceil, 1),
    "round": (numbers.rounded, 2), "abs": (numbers.absolute, 1), "sqrt": (numbers.root, 1),
    "power": (numbers.power, 2), "random": (numbers.chance, 0), "boolean": (lists.boolean, 1),
    "not": (lists.negated, 1), "map": (lists.mapped, 2), "zip": (lists.zipped, 0), "filter": (lists.filtered, 2),
    "single": (lists.single, 2), "reduce": (lists.reduced, 3), "sift": (lists.sifted, 2), "each": (lists.each, 2),
    "keys": (lists.keys, 1), "lookup": (lookup, 2), "append": (append, 2),
    "exists": (lambda value: value is not UNDEFINED, 1), "spread": (lists.spread, 1), "merge": (lists.merged, 1),
    "reverse": (lists.reversed_, 1), "error": (lists.fail, 1), "assert": (lists.insist, 2), "type": (lists.kind_of, 1),
    "sort": (lists.sort, 2), "shuffle": (lists.shuffled, 1), "distinct": (lists.distinct, 1), "clone": (lists.clone, 1),
    "string": (lists.text, 1),
}  # fmt: skip
# By the engine: how many parameters each counts.
_BY_ENGINE: Final = {
    "substring": 3, "substringBefore": 2, "substringAfter": 2, "lowercase": 1, "uppercase": 1, "length": 1, "trim": 1,
    "pad": 3, "contains": 2, "formatNumber": 3, "formatBase": 2, "formatInteger": 2, "parseInteger": 2,
    "encodeUrlComponent": 1, "encodeUrl": 1, "decodeUrlComponent": 1, "decodeUrl": 1, "toMillis": 2, "fromMillis": 3,
    "match": 3,
}  # fmt: skip


_PICTURES: Final = frozenset({"formatNumber", "formatBase", "formatInteger", "fromMillis"})


def library(engine: Engine, signatures: Mapping[str, str]) -> dict[str, object]:
    """JSONata's functions by name, without ``$``: each a ``Native``.

    ``engine`` is called for those that need no more than JSON values, such as ``$trim``; the others are written in
    Python here. ``signatures`` are texts such as ``<s-n?:s>`` by name, for the functions that have one.
    """

    def signed(name: str) -> Any:
        return signature(signatures[name]) if name in signatures else None

    found: dict[str, object] = {name: Native(name, call, arity, signed(name)) for name, (call, arity) in _HERE.items()}
    for name, arity in _BY_ENGINE.items():
        found[name] = Native(name, _by_engine(engine, name), arity, signed(name))
    found["replace"] = Native("replace", _replace(engine), 4, signed("replace"))
    found["split"] = Native("split", _split(engine), 3, signed("split"))
    found["millis"] = Native("millis", lists.frame_time, 0, signed("millis"), with_context=True)
    found["now"] = Native("now", _now(engine), 2, signed("now"), with_context=True)
    found["eval"] = Native("eval", _evaluated(engine), 2, signed("eval"), with_context=True)
    return found


def _split(engine: Engine) -> Callable[..., object]:
    def split(text: Any, separator: Any = UNDEFINED, limit: Any = UNDEFINED) -> object:
        if separator == "" and isinstance(text, str) and any(char > "\uffff" for char in text):
            # Halves of surrogate pairs are two characters.
            units = text.encode("utf-16-le", "surrogatepass")
            halves = [units[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(units), 2)]
            places = _asked(engine, "split", ["a" * len(halves), "", limit])
            return halves[: len(places)] if isinstance(places, list) else places
        return _asked(engine, "split", [text, separator, limit])

    return split


def _by_engine(engine: Engine, name: str) -> Callable[..., object]:
    def call(*arguments: object) -> object:
        if name == "substring":
            arguments = tuple(_within_reach(each) for each in arguments)
        if name in _PICTURES:
            shown = picture_of(name, list(arguments), lambda given: _asked(engine, name, given))
            if shown is not UNDEFINED:
                return shown
        return _asked(engine, name, list(arguments))

    return call


def _within_reach(value: object) -> object:
    """An infinite place as one that no text has."""
    return math.copysign(2**31, value) if isinstance(value, float) and math.isinf(value) else value


def _asked(engine: Engine, name: str, arguments: list[object]) -> object:
    patterns = {at: value.source for at, value in enumerate(arguments) if isinstance(value, Regex)}
    answer = engine.call(name, arguments, patterns)
    if answer is None:
        return UNDEFINED
    return Sequence(answer) if name == "match" and isinstance(answer, list) else answer


def _replace(engine: Engine) -> Callable[..., object]:
    def replace(text: Any, pattern: Any, replacement: Any, limit: Any = UNDEFINED) -> object:
        if text is UNDEFINED:
            return UNDEFINED
        if isinstance(replacement, str) or pattern == "":
            given = replacement if isinstance(replacement, str) else ""
            return _asked(engine, "replace", [text, pattern, given, limit])
        if not isinstance(pattern, Regex):
            if pattern not in text:
                return text
            raise HostError("a function replaces what a pattern finds: the service would write its source here", "")
        if limit is not UNDEFINED and limit < 0:
            raise HostError("how often to replace can't be below zero", "D3011")
        found = _asked(engine, "match", [text, pattern, limit])
        matches = found if isinstance(found, list) else [] if found is UNDEFINED else [found]
        return _replaced(text, matches, replacement)

    return replace


def _replaced(text: str, matches: list[Any], replacement: Any) -> str:
    units = text.encode("utf-16-le", "surrogatepass")
    made, at = b"", 0
    for match in matches:
        start, found = 2 * int(match["index"]), match["match"]
        end = start + len(found.encode("utf-16-le", "surrogatepass"))
        given = {"match": found, "start": start // 2, "end": end // 2, "groups": match["groups"]}
        new = replacement(given)
        if not isinstance(new, str):
            raise HostError("what replaces a match is a text", "D3012")
        made += units[at:start] + new.encode("utf-16-le", "surrogatepass")
        at = end
    return (made + units[at:]).decode("utf-16-le", "surrogatepass")


def _now(engine: Engine) -> Callable[..., object]:
    def now(_: object, frame: Frame, *arguments: object) -> object:
        return _asked(engine, "fromMillis", [frame.run.began_ms, *arguments])

    return now


def _evaluated(engine: Engine) -> Callable[..., object]:
    def evaluated(context: object, frame: Frame, text: Any = UNDEFINED, focus: Any = UNDEFINED) -> object:
        if text is UNDEFINED:
            return UNDEFINED
        evaluate = engine.compiled(text)
        given = context if focus is UNDEFINED else focus
        if focus is not UNDEFINED and isinstance(focus, list) and type(focus) is not Sequence:
            given = Sequence([focus])
            given.outer = True
        try:
            return evaluate(given, frame)
        except HostError as error:
            raise HostError(f"$eval: {error}", "D3121") from None

    return evaluated
