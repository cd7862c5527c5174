"""Where the pitfalls are in an expression: only where it is written there, never on a guess."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from batchctl.expression.pitfalls import PITFALLS
from batchctl.javascript.errors import HostError
from batchctl.jsonata.parsing import parse_expression
from batchctl.patterns import lazy_regex
from batchctl.structs import Struct
from batchctl.truto_functions.currencies import digits_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from batchctl.expression.pitfalls import Pitfall
    from batchctl.jsonata.tree import Node

_MADE_BY: Final = {
    "dtFromIso": "date",
    "dtFromFormat": "date",
    "dependencyGraph": "graph",
    "convertCurrencyFromSubunit": "amount",
}
_OF_DATE: Final = {
    **dict.fromkeys(("plus", "minus", "set", "startOf", "endOf", "setZone", "toUTC", "toLocal"), "date"),
    "diff": "duration",
}
COUNTING: Final = frozenset({"+", "-", "*", "/", "%", "<", "<=", ">", ">="})
_TOTALS: Final = frozenset({"sum", "max", "min", "average", "sort"})
_WITH_OFFSET: Final = lazy_regex(r"T.*(Z|[+-]\d\d(:?\d\d)?)$", re.IGNORECASE)
_LETTERS: Final = lazy_regex(r"([A-Za-z])\1*")
_QUOTED: Final = lazy_regex(r"'[^']*'")
_MOST_CURRENCIES: Final = 2
_WHOLE: Final = frozenset({"round", "floor", "ceil", "count"})
_DEFAULT_OVERLAP: Final = 200
_CALL_DIRECTLY: Final = frozenset({"sort", "each", "sift"})
_MAX_NODES: Final = 20_000


class PitfallUse(Struct, frozen=True):
    """A place in an expression where it has the ``pitfall``: code points ``start`` to ``end`` (exclusive), from 0."""

    pitfall: Pitfall
    start: int
    end: int


@lru_cache(maxsize=512)
def find_pitfalls(text: str) -> tuple[PitfallUse, ...]:
    """The pitfalls that the ``text`` of an expression alone shows, in the order of their places.

    Empty for text that is not JSONata.
    """
    try:
        tree = parse_expression(text)
    except (HostError, RecursionError):
        return ()
    search = _Search(tree)
    found = {(use.start, use.end, use.pitfall.name): use for use in search.found()}
    return tuple(found[key] for key in sorted(found))


class _Search:
    def __init__(self, tree: Node) -> None:
        self.nodes = all_nodes(tree)
        self.kinds: dict[str, str] = {}
        for node in self.nodes:
            if node.kind == "bind":
                name = str(node.parts[0].value)
                # A name that is given several values is of no one kind.
                self.kinds[name] = "" if name in self.kinds else self.kind(node.parts[1])

    def found(self) -> Iterator[PitfallUse]:
        for node in self.nodes:
            if node.kind == "binary":
                yield from self.operator(node)
            for call in _handing_on(node):
                if called(call) in _CALL_DIRECTLY and any(part.kind == "lambda" for part in call.parts[1:]):
                    yield PitfallUse(PITFALLS["function-handed-on"], call.start, call.end)
            for term in node.terms:
                if self.kind(term.expression) == "amount":
                    yield PitfallUse(PITFALLS["amount-is-text"], term.expression.start, term.expression.end)
            for pitfall, applies in _CALLS.get(called(node) or _method(node), ()):
                if applies(self, node.parts[1:]):
                    yield PitfallUse(PITFALLS[pitfall], node.start, node.end)

    def operator(self, node: Node) -> Iterator[PitfallUse]:
        sides = {self.kind(part) for part in node.parts}
        if node.value == "&" and sides & {"date", "duration"}:
            at = next(part for part in node.parts if self.kind(part) in {"date", "duration"})
            yield PitfallUse(PITFALLS["date-in-text"], at.start, at.end)
        if self.compares_dates(node, sides):
            yield PitfallUse(PITFALLS["dates-compared"], node.start, node.end)
        if node.value in COUNTING and "amount" in sides:
            yield PitfallUse(PITFALLS["amount-is-text"], node.start, node.end)

    def compares_dates(self, node: Node, sides: set[str]) -> bool:
        if node.value == "in":
            return self.kind(node.parts[0]) == "date" and self.items(node.parts[1]) == "date"
        return node.value in {"=", "!="} and sides == {"date"}

    def kind(self, node: Node) -> str:
        """What an expression makes, as far as it is written there; empty where that is open."""
        if node.kind == "variable":
            return self.kinds.get(str(node.value), "")
        if node.kind == "function":
            return _MADE_BY.get(called(node) or "", "")
        if node.kind == "path":
            return self.kind_of_path(node)
        if node.kind == "block" and node.parts:
            return self.kind(node.parts[-1])
        if node.kind == "condition" and len(node.parts) == 3:
            then, otherwise = self.kind(node.parts[1]), self.kind(node.parts[2])
            return then if then == otherwise else ""
        return "object" if node.kind == "object" else ""

    def kind_of_path(self, node: Node) -> str:
        *before, last = node.parts
        if last.kind != "function":
            return self.kind(last) if last.kind == "variable" and not before else ""
        if name := called(last):
            return _MADE_BY.get(name, "")
        method = last.parts[0]
        if (before and method.kind == "path" and self.kind(before[-1]) == "date") or self._is_date(before):
            return _OF_DATE.get(str(method.parts[0].value), "")
        return ""

    def _is_date(self, steps: list[Node]) -> bool:
        """Whether methods on methods of a date end at a date."""
        if not steps:
            return False
        *before, last = steps
        if last.kind == "function" and last.parts[0].kind == "path":
            return self._is_date(before) and _OF_DATE.get(str(last.parts[0].parts[0].value)) == "date"
        return self.kind(last) == "date"

    def items(self, node: Node) -> str:
        """The kind of the items of a list that is written there, or of what a path makes many of."""
        if node.kind == "array":
            kinds = {self.kind(part) for part in node.parts}
            return kinds.pop() if len(kinds) == 1 else ""
        return self.kind(node)


def all_nodes(tree: Node) -> list[Node]:
    """The nodes of the syntax tree ``tree``, itself first, the others in no certain order; at most about 20,000."""
    found: list[Node] = []
    pending = [tree]
    while pending and len(found) < _MAX_NODES:
        node = pending.pop()
        found.append(node)
        pending += node.children()
    return found


def called(node: Node) -> str | None:
    """The name, without ``$``, of the function that ``node``, a part of a syntax tree, calls by its name.

    None for a node that does nothing of the kind.
    """
    is_call = node.kind in {"function", "partial"} and node.parts[0].kind == "variable"
    return str(node.parts[0].value) if is_call else None


def _handing_on(node: Node) -> list[Node]:
    """The calls that hand functions over as they are: those at the end of a function, and those applied in part."""
    if node.kind == "partial":
        return [node]
    return _last_of(node.parts[0]) if node.kind == "lambda" else []


def _last_of(node: Node) -> list[Node]:
    if node.kind == "condition":
        return [call for branch in node.parts[1:] for call in _last_of(branch)]
    if node.kind == "block" and node.parts:
        return _last_of(node.parts[-1])
    return [node] if node.kind == "function" else []


def _method(node: Node) -> str:
    """``.toFormat`` where that method of a value is called; empty elsewhere."""
    is_call = node.kind == "function" and node.parts[0].kind == "path"
    return f".{node.parts[0].parts[0].value}" if is_call else ""


def _literal(arguments: list[Node], at: int) -> object:
    return arguments[at].value if at < len(arguments) and arguments[at].kind == "literal" else None


def _member(node: Node, name: str) -> Node | None:
    return next((value for key, value in node.pairs if key.value == name), None) if node.kind == "object" else None


def _orders(_: _Search, arguments: list[Node]) -> bool:
    if len(arguments) < 3:
        return False
    given = arguments[2].parts if arguments[2].kind == "array" else [arguments[2]]
    return any(is_desc_in_capitals(each.value) for each in given)


def is_unknown_encoding(word: object) -> bool:
    """Whether ``word`` is text that is none of the encodings which ``$sign`` and ``$digest`` know."""
    return isinstance(word, str) and word not in {"hex", "base64", "base64-urlSafe"}


def is_lower_case_code(code: object) -> bool:
    """Whether ``code`` is text with a small letter in it, which no currency's code has."""
    return isinstance(code, str) and code != code.upper()


def is_desc_in_capitals(word: object) -> bool:
    """Whether ``word`` is ``desc`` with a capital letter in it, which ``$orderBy`` does not know."""
    return isinstance(word, str) and word.lower() == "desc" != word


def _encoding(at: int) -> Callable[[_Search, list[Node]], bool]:
    return lambda _, arguments: is_unknown_encoding(_literal(arguments, at))


def _makes_object(search: _Search, arguments: list[Node]) -> bool:
    return any(search.kind(argument) == "object" for argument in arguments)


def _chunks(_: _Search, arguments: list[Node]) -> bool:
    if len(arguments) < 2:
        return False
    size, overlap = _member(arguments[1], "chunkSize"), _member(arguments[1], "chunkOverlap")
    most = _DEFAULT_OVERLAP if overlap is None else overlap.value
    return bool(size) and _is_number(size.value if size else None) and _is_number(most) and size.value <= most  # type: ignore[operator,union-attr]  # both are numbers


def lacks_offset(text: str) -> bool:
    """Whether the date and time ``text``, in ISO 8601, has no offset from UTC (``Z``, ``+02:00``) at its end.

    True also of a date alone, and of text of any other form.
    """
    return _WITH_OFFSET.search(text) is None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _zoned(_: _Search, arguments: list[Node]) -> bool:
    text = _literal(arguments, 0)
    return len(arguments) > 1 and isinstance(text, str) and lacks_offset(text)


def _date_itself(search: _Search, arguments: list[Node]) -> bool:
    return bool(arguments) and search.kind(arguments[0]) in {"date", "duration"}


def _dates(search: _Search, arguments: list[Node]) -> bool:
    return bool(arguments) and search.items(arguments[0]) == "date"


def _default(_: _Search, arguments: list[Node]) -> bool:
    return len(arguments) > 3 and not (arguments[3].kind == "literal" and arguments[3].value is None)


def _several_parents(_: _Search, arguments: list[Node]) -> bool:
    key = _literal(arguments, 1)
    if not isinstance(key, str) or arguments[0].kind != "array":
        return False
    parents = [_member(record, key) for record in arguments[0].parts]
    return any(parent is not None and parent.kind == "array" and len(parent.parts) > 1 for parent in parents)


def _amounts(search: _Search, arguments: list[Node]) -> bool:
    return bool(arguments) and search.items(arguments[0]) == "amount"


def _function_for_text(_: _Search, arguments: list[Node]) -> bool:
    return len(arguments) > 2 and isinstance(_literal(arguments, 1), str) and arguments[2].kind == "lambda"


def _lower_case(_: _Search, arguments: list[Node]) -> bool:
    return is_lower_case_code(_literal(arguments, 1))


def _loses_a_cent(_: _Search, arguments: list[Node]) -> bool:
    if len(arguments) < 2 or (called(arguments[0]) in _WHOLE and len(arguments[0].parts) == 2):
        return False
    code, amount = _literal(arguments, 1), _literal(arguments, 0)
    digits = digits_of(code) if isinstance(code, str) else _MOST_CURRENCIES
    if not digits or not isinstance(amount, int | float):
        return bool(digits)
    unrounded = float(amount * 10**digits)
    return math.floor(unrounded) != round(unrounded)


def _format(at: int) -> Callable[[_Search, list[Node]], bool]:
    def misspelt(_: _Search, arguments: list[Node]) -> bool:
        text = _literal(arguments, at)
        if not isinstance(text, str):
            return False
        letters = {found.group() for found in _LETTERS.finditer(_QUOTED.sub(" ", text))}
        minutes_for_months = (
            "mm" in letters and letters & {"d", "dd"} and not letters & {"h", "hh", "H", "HH", "M", "MM"}
        )
        return bool(
            minutes_for_months or letters & {"YY", "YYYY"} or ("DD" in letters and letters & {"yy", "yyyy", "MM"})
        )

    return misspelt


def _dated(_: _Search, arguments: list[Node]) -> bool:
    return len(arguments) > 3 and any(value.value == "date" for _, value in arguments[3].pairs)


_CALLS: Final[dict[str, tuple[tuple[str, Callable[[_Search, list[Node]], bool]], ...]]] = {
    "orderBy": (("order-in-capitals", _orders),),
    "sign": (("unknown-encoding", _encoding(3)),),
    "digest": (("unknown-encoding", _encoding(2)),),
    "jsToXml": (("object-made-for-xml", _makes_object),),
    "xmlToJs": (("object-made-for-xml", _makes_object),),
    "recursiveCharacterTextSplitter": (("chunks-within-overlap", _chunks),),
    "dtFromIso": (("zone-after-reading", _zoned),),
    "string": (("date-in-text", _date_itself),),
    "distinct": (("distinct-dates", _dates),),
    "mapValues": (("default-of-map-values", _default),),
    "dependencyGraph": (("several-parents", _several_parents),),
    "convertCurrencyFromSubunit": (("currency-in-lower-case", _lower_case),),
    "convertCurrencyToSubunit": (("currency-in-lower-case", _lower_case), ("cent-lost", _loses_a_cent)),
    "convertQueryToSql": (("date-in-sql", _dated),),
    "replace": (("function-for-text", _function_for_text),),
    "removeEmpty": (("empty-of-object", _makes_object),),
    "dtFromFormat": (("letters-of-a-format", _format(1)),),
    ".toFormat": (("letters-of-a-format", _format(0)),),
    **dict.fromkeys(_TOTALS, (("amount-is-text", _amounts),)),
}
