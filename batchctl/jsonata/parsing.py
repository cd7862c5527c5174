"""Text → tree, by binding powers. The text is known to be JSONata: the engine has compiled it before."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Final

from batchctl.javascript.errors import HostError
from batchctl.jsonata.resolving import resolve
from batchctl.jsonata.tokens import Token, TokenKind, tokenize
from batchctl.jsonata.tree import Node, Term
from batchctl.patterns import lazy_regex

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

_POWERS: Final = {
    ".": 75, "[": 80, "{": 70, "(": 80, "@": 80, "#": 80, "?": 20, "+": 50, "-": 50, "*": 60, "/": 60, "%": 60,
    "=": 40, "<": 40, ">": 40, "^": 40, ":=": 10, "!=": 40, "<=": 40, ">=": 40, "~>": 40, "?:": 40, "??": 40,
    "and": 30, "or": 25, "in": 40, "&": 50,
}  # fmt: skip
_WORDS: Final = frozenset({"and", "or", "in"})
_CONSTANTS: Final = {"true": True, "false": False, "null": None}
_ESCAPE: Final = lazy_regex(r"\\(u[0-9a-fA-F]{4}|[\s\S])")
_ESCAPED: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_HIGH_LOW: Final = lazy_regex("[\ud800-\udbff][\udc00-\udfff]")
_UNEXPECTED: Final = "the expression can't be read"


def parse_expression(text: str) -> Node:
    """The syntax tree of the JSONata expression ``text``, ready to be evaluated.

    Raises ``HostError`` for text that is not JSONata.
    """
    reader = _Reader(text)
    node = reader.expression(0)
    if reader.token is not None:
        raise HostError(_UNEXPECTED, "S0201")
    return resolve(node)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = list(tokenize(text))
        self.at = 0

    @property
    def token(self) -> Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self) -> Token:
        token = self.token
        if token is None:
            raise HostError(_UNEXPECTED, "S0207")
        self.at += 1
        return token

    def is_next(self, *texts: str) -> bool:
        """Whether the next token is one of these operators."""
        return self.token is not None and self.token.is_operator(*texts)

    def take(self, text: str) -> bool:
        if self.is_next(text):
            self.at += 1
            return True
        return False

    def need(self, text: str) -> Token:
        if not self.is_next(text):
            raise HostError(_UNEXPECTED, "S0202")
        return self.next()

    def operator(self) -> str:
        """The operator that the next token is after a value; empty if it is none."""
        token = self.token
        if token is None or token.quoted:
            return ""
        if token.kind is TokenKind.OPERATOR or (token.kind is TokenKind.NAME and token.text in _WORDS):
            return token.text
        return ""

    def expression(self, power: int) -> Node:
        start = self.token.start if self.token else 0
        left = self.operand(self.next())
        while power < _POWERS.get(self.operator(), 0):
            left.start, left.end = start, self.tokens[self.at - 1].end
            left = self.infix(left, self.next())
        left.start, left.end = start, self.tokens[self.at - 1].end
        return left

    def operand(self, token: Token) -> Node:
        position = token.end
        if token.kind is TokenKind.NAME:
            if not token.quoted and token.text in _CONSTANTS:
                return Node("literal", _CONSTANTS[token.text], position)
            return Node("name", token.text, position)
        if token.kind is TokenKind.VARIABLE:
            return Node("variable", token.text, position)
        if token.kind is TokenKind.STRING:
            return Node("literal", unescaped(token.text), position)
        if token.kind is TokenKind.NUMBER:
            return Node("literal", number_of(token.text), position)
        if token.kind is TokenKind.REGEX:
            return Node("regex", token.text, position)
        opening = _OPENING.get(token.text) if token.kind is TokenKind.OPERATOR else None
        if opening is None:
            raise HostError(_UNEXPECTED, "S0211")
        return opening(self, position)

    def infix(self, left: Node, token: Token) -> Node:
        follow = _FOLLOWING.get(token.text)
        if follow is not None:
            return follow(self, left, token.end)
        return Node("binary", token.text, token.end, [left, self.expression(_POWERS[token.text])])

    def negation(self, position: int) -> Node:
        return Node("negation", "-", position, [self.expression(70)])

    def block(self, position: int) -> Node:
        parts = []
        while not self.is_next(")"):
            parts.append(self.expression(0))
            if not self.take(";"):
                break
        self.need(")")
        return Node("block", None, position, parts)

    def array(self, position: int) -> Node:
        parts: list[Node] = []
        while not self.is_next("]"):
            item = self.expression(0)
            if self.is_next(".."):
                # A range names the place of its operator.
                dots = self.next()
                item = Node("binary", "..", dots.end, [item, self.expression(0)])
            parts.append(item)
            if not self.take(","):
                break
        self.need("]")
        return Node("array", "[", position, parts)

    def pairs(self) -> list[tuple[Node, Node]]:
        found: list[tuple[Node, Node]] = []
        while not self.is_next("}"):
            key = self.expression(0)
            self.need(":")
            found.append((key, self.expression(0)))
            if not self.take(","):
                break
        self.need("}")
        return found

    def object(self, position: int) -> Node:
        return Node("object", "{", position, pairs=self.pairs())

    def transform(self, position: int) -> Node:
        parts = [self.expression(0)]
        self.need("|")
        parts.append(self.expression(0))
        if self.take(","):
            parts.append(self.expression(0))
        self.need("|")
        return Node("transform", None, position, parts)

    def call(self, left: Node, position: int) -> Node:
        node = Node("function", "(", position, [left])
        while not self.is_next(")"):
            if self.is_next("?"):
                node.kind = "partial"
                node.parts.append(Node("placeholder", "?", self.next().end))
            else:
                node.parts.append(self.expression(0))
            if not self.take(","):
                break
        self.need(")")
        if left.kind == "name" and left.value in {"function", "λ"}:
            return self.function(node)
        return node

    def function(self, call: Node) -> Node:
        parameters = call.parts[1:]
        signature = None
        if self.is_next("<"):
            signature, depth = self.next().text, 1
            while depth:
                token = self.next()
                depth += (token.text == "<") - (token.text == ">")
                signature += token.text
        self.need("{")
        body = self.expression(0)
        self.need("}")
        return Node("lambda", None, call.position, [body, *parameters], signature=signature)

    def filter(self, left: Node, position: int) -> Node:
        if self.take("]"):
            step = left
            while step.kind == "filter":
                step = step.parts[0]
            step.keep_array = True
            return left
        node = Node("filter", "[", position, [left, self.expression(0)])
        self.need("]")
        return node

    def order(self, left: Node, position: int) -> Node:
        self.need("(")
        terms = []
        while True:
            descending = self.take(">")
            if not descending:
                self.take("<")
            terms.append(Term(self.expression(0), descending))
            if not self.take(","):
                break
        self.need(")")
        return Node("order", "^", position, [left], terms=terms)

    def group(self, left: Node, position: int) -> Node:
        return Node("group", "{", position, [left], pairs=self.pairs())

    def bind(self, left: Node, position: int) -> Node:
        return Node("bind", ":=", position, [left, self.expression(9)])

    def focus(self, left: Node, position: int) -> Node:
        return Node("focus", "@", position, [left, self.expression(80)])

    def index(self, left: Node, position: int) -> Node:
        return Node("index", "#", position, [left, self.expression(80)])

    def choice(self, left: Node, position: int) -> Node:
        parts = [left, self.expression(0)]
        if self.take(":"):
            parts.append(self.expression(0))
        return Node("condition", None, position, parts)

    def elvis(self, left: Node, position: int) -> Node:
        return Node("condition", None, position, [copy.deepcopy(left), left, self.expression(0)])

    def coalesce(self, left: Node, position: int) -> Node:
        asked = Node("function", "(", 0, [Node("variable", "exists"), copy.deepcopy(left)])
        return Node("condition", None, position, [asked, left, self.expression(0)])


_OPENING: Final[dict[str, Callable[[_Reader, int], Node]]] = {
    "-": _Reader.negation,
    "(": _Reader.block,
    "[": _Reader.array,
    "{": _Reader.object,
    "|": _Reader.transform,
    "*": lambda _, position: Node("wildcard", "*", position),
    "**": lambda _, position: Node("descendant", "**", position),
    "%": lambda _, position: Node("parent", "%", position),
}
_FOLLOWING: Final[dict[str, Callable[[_Reader, Node, int], Node]]] = {
    "(": _Reader.call,
    "[": _Reader.filter,
    "{": _Reader.group,
    "^": _Reader.order,
    ":=": _Reader.bind,
    "@": _Reader.focus,
    "#": _Reader.index,
    "?": _Reader.choice,
    "?:": _Reader.elvis,
    "??": _Reader.coalesce,
}


def unescaped(text: str) -> str:
    r"""The text that a string literal stands for, given without its quotes: ``\n`` becomes a line break.

    It never raises: of an escape that is not known the backslash alone is left out.
    """

    def character(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code[1:], 16)) if len(code) == 5 else _ESCAPED.get(code, code)

    if "\\" not in text:
        return text
    return _HIGH_LOW.sub(
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), _ESCAPE.sub(character, text)
    )


def number_of(digits: str) -> float:
    """The number literal ``digits`` as a double, or as an int where it is whole and exact.

    One beyond the largest double is infinite.
    """
    if digits.isdigit() and len(digits) < 16:
        return int(digits)
    return float(digits)
