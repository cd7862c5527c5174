"""JSONata text → tokens with their places. No grammar: what a linter needs, and nothing that can fail."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from batchctl.patterns import lazy_regex
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


class TokenKind(Enum):
    """What a token is: ``NAME``, ``VARIABLE``, ``STRING``, ``NUMBER``, ``REGEX``, ``OPERATOR`` or ``UNCLOSED``.

    The last is a string, name, regex or comment whose end is missing; brackets and commas are operators, and so are
    ``and``, ``or`` and ``in``.
    """

    NAME = "name"
    VARIABLE = "variable"
    STRING = "string"
    NUMBER = "number"
    REGEX = "regex"
    OPERATOR = "operator"
    UNCLOSED = "unclosed"


class Token(Struct, frozen=True):
    """A token of a JSONata expression.

    ``text`` is without quotes, backticks or ``$``; ``start`` and ``end`` (exclusive) count code points from 0.
    ``operand`` is True where a value is expected: there ``*`` is a wildcard, elsewhere a product. ``quoted`` means that
    it was in quotes, backticks or slashes.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    operand: bool
    quoted: bool = False

    def is_operator(self, *texts: str) -> bool:
        """Whether it is one of the operators ``texts``, such as ``"+"``."""
        return self.kind is TokenKind.OPERATOR and self.text in texts


_SKIPPED: Final = lazy_regex(r"(?:[ \t\n\r\v]+|/\*[\s\S]*?\*/)+")
_OPERATORS: Final = lazy_regex(r"\.\.|:=|!=|>=|<=|\*\*|~>|\?:|\?\?|[.\[\]{}(),@#;:?+\-*/%|=<>^&!~]")
_NUMBER: Final = lazy_regex(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?")
_WORD: Final = lazy_regex(r"[^ \t\n\r\v.\[\]{}(),@#;:?+\-*/%|=<>^&!~\"'`]+")
_STRING: Final = lazy_regex(r"\"(?:[^\"\\]|\\[\s\S])*\"|'(?:[^'\\]|\\[\s\S])*'")
_REGEX_PART: Final = lazy_regex(r"\\[\s\S]|[()\[\]{}/]")
_FLAGS: Final = lazy_regex(r"[im]*")
_ENDS_OPERAND: Final = frozenset({")", "]", "}"})
_OPERAND_OPERATORS: Final = frozenset({"*", "**", "%", "?"})
_WORD_OPERATORS: Final = frozenset({"and", "or", "in"})


def tokenize(expression: str) -> Iterator[Token]:
    """The tokens of a JSONata ``expression``, without comments, in order. It never raises.

    Text that JSONata can't read becomes a token of kind UNCLOSED.
    """
    at, operand = 0, True
    while at < len(expression):
        if skipped := _SKIPPED.match(expression, at):
            at = skipped.end()
            continue
        token = _token(expression, at, operand=operand)
        yield token
        at = token.end
        operand = _operand_follows(token)


def _operand_follows(token: Token) -> bool:
    if token.kind is not TokenKind.OPERATOR:
        return False
    if token.operand and token.text in _OPERAND_OPERATORS:
        return False
    return token.text not in _ENDS_OPERAND


def _token(text: str, at: int, *, operand: bool) -> Token:
    char = text[at]
    if char in "\"'":
        return _string(text, at, operand=operand)
    if char == "`":
        end = text.find("`", at + 1)
        if end < 0:
            return Token(TokenKind.UNCLOSED, text[at + 1 :], at, len(text), operand)
        return Token(TokenKind.NAME, text[at + 1 : end], at, end + 1, operand, quoted=True)
    if text.startswith("/*", at):
        return Token(TokenKind.UNCLOSED, text[at + 1 :], at, len(text), operand)
    if char == "/" and operand:
        return _regex(text, at)
    if found := _OPERATORS.match(text, at):
        return Token(TokenKind.OPERATOR, found[0], at, found.end(), operand)
    if found := _NUMBER.match(text, at):
        return Token(TokenKind.NUMBER, found[0], at, found.end(), operand)
    return _word(text, at, operand=operand)


def _string(text: str, at: int, *, operand: bool) -> Token:
    found = _STRING.match(text, at)
    if found is None:
        return Token(TokenKind.UNCLOSED, text[at + 1 :], at, len(text), operand)
    return Token(TokenKind.STRING, text[at + 1 : found.end() - 1], at, found.end(), operand, quoted=True)


def _regex(text: str, at: int) -> Token:
    """``/…/flags``: a slash inside brackets does not end it."""
    depth = 0
    for part in _REGEX_PART.finditer(text, at + 1):
        if part[0] in "([{":
            depth += 1
        elif part[0] in ")]}":
            depth -= 1
        elif part[0] == "/" and depth == 0:
            flags = _FLAGS.match(text, part.end())
            end = flags.end() if flags else part.end()
            return Token(TokenKind.REGEX, text[at:end], at, end, operand=True, quoted=True)
    return Token(TokenKind.UNCLOSED, text[at + 1 :], at, len(text), operand=True)


def _word(text: str, at: int, *, operand: bool) -> Token:
    found = _WORD.match(text, at)
    word, end = (found[0], found.end()) if found else (text[at], at + 1)
    if word.startswith("$"):
        return Token(TokenKind.VARIABLE, word[1:], at, end, operand)
    if word in _WORD_OPERATORS and not operand:
        return Token(TokenKind.OPERATOR, word, at, end, operand)
    return Token(TokenKind.NAME, word, at, end, operand)
