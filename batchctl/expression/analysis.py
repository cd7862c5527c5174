"""What can be said of an expression without evaluating it: functions, paths and hyphens, with their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from batchctl.jsonata.tokens import TokenKind, tokenize
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator


class FunctionUse(Struct, frozen=True):
    """A use of the function ``$name`` in an expression: ``called`` with ``arguments``, or passed as a value.

    ``arguments`` is how many are written in its parentheses. ``start`` (of the ``$``) and ``end`` (after the name) are
    counted in code points from 0. ``lambda_arguments`` are the indexes (from 0) of arguments that are written as
    ``function(…){…}``. ``chained`` means that ``~>`` before it passes one more argument, the first; ``object_given``
    that some argument is written as an object, ``{…}``. ``last`` means that a function of the expression may end with
    this call, or that one of its arguments is ``?``.
    """

    name: str
    start: int
    end: int
    called: bool = False
    arguments: int = 0
    lambda_arguments: tuple[int, ...] = ()
    chained: bool = False
    object_given: bool = False
    last: bool = False

    @property
    def arguments_are_lambda(self) -> bool:
        """Whether any argument is written as ``function(…){…}``."""
        return bool(self.lambda_arguments)


class PathRead(Struct, frozen=True):
    """A path in an expression, such as ``resources.users.name``: ``segments`` are its names, filters left out.

    A word with hyphens is one segment, as its author meant it. ``relative`` means that the path is inside a filter or a
    sort, or after a dot, where names are those of an item and not of the input. ``start`` and ``end`` (exclusive) count
    code points from 0.
    """

    segments: tuple[str, ...]
    start: int
    end: int
    relative: bool = False


class Hyphen(Struct, frozen=True):
    """A name with a hyphen and without backticks, such as ``block-children``, which JSONata reads as a subtraction.

    ``text`` is all of the name; ``start`` and ``end`` (exclusive) count code points from 0.
    """

    text: str
    start: int
    end: int


class Analysis(Struct, frozen=True):
    """What an expression uses: its functions, the paths that it reads, and other features.

    ``analyse`` finds it out. ``variables`` are the names that it gives a value itself, ``words`` its names and strings.
    ``wildcards``: it has a ``*`` or ``**`` step. ``takes_everything``: ``$`` or ``$$`` is used without a step after it.
    ``concatenates``: it has ``&``. ``changes``: it has ``|…|…|``. ``computed_keys``: an object has a key that is
    computed, or a number in quotes. ``function_members``: an object has a function as a member. ``divides``: a ``/`` or
    ``%`` may have a zero on its right. ``makes_objects``: it makes an object itself. ``hyphens`` are names that JSONata
    reads as subtractions. ``members`` are the keys that its value may have, where it is nothing but ``{…}`` with keys
    that are written there; None for any other expression.
    """

    functions: tuple[FunctionUse, ...]
    paths: tuple[PathRead, ...]
    hyphens: tuple[Hyphen, ...]
    variables: frozenset[str]
    words: frozenset[str]
    wildcards: bool
    takes_everything: bool
    concatenates: bool
    changes: bool
    computed_keys: bool = False
    function_members: bool = False
    divides: bool = False
    makes_objects: bool = False
    members: tuple[str, ...] | None = None

    def uses(self, name: str) -> tuple[FunctionUse, ...]:
        """Every use of the function ``name`` (without ``$``), in the order of the text."""
        return tuple(use for use in self.functions if use.name == name)


def analyse(expression: str) -> Analysis:
    """What ``expression`` uses, found without evaluating it.

    It never raises: for text that is not JSONata it is what can be recognised.
    """
    return _Reader(expression).analysis()


_MAKE_OBJECTS: Final = frozenset({"merge", "sift", "spread"})
_ROOTS: Final = frozenset({"resources", "args"})
_OPENING: Final = ("(", "[", "{")
_CLOSING: Final = (")", "]", "}")
_FUNCTION: Final = frozenset({"function", "λ"})


class _Reader:
    """One pass over the tokens; brackets are matched once, so that nesting costs nothing."""

    def __init__(self, expression: str) -> None:
        self.text = expression
        self.tokens = list(tokenize(expression))
        self.partner = self._partners()
        self.bodies, self.signatures = self._bodies()

    def analysis(self) -> Analysis:
        tokens = self.tokens
        variables = frozenset(self._bound())
        paths, hyphens = self._paths()
        return Analysis(
            functions=tuple(use for use in self._functions() if use.name not in variables),
            paths=tuple(paths),
            hyphens=tuple(hyphens),
            variables=variables,
            words=frozenset(token.text for token in tokens if token.kind in {TokenKind.NAME, TokenKind.STRING}),
            wildcards=any(token.operand and token.is_operator("*", "**") for token in tokens),
            takes_everything=any(
                token.kind is TokenKind.VARIABLE and token.text in {"", "$"} and not self._operator(at + 1, ".")
                for at, token in enumerate(tokens)
            ),
            concatenates=any(token.is_operator("&") for token in tokens),
            changes=any(token.is_operator("|") for token in tokens),
            divides=any(self._may_divide_by_zero(at) for at in range(len(tokens))),
            function_members=any(self._operator(at - 1, ":") and self._is_function(at) for at in range(1, len(tokens))),
            makes_objects=any(
                (token.is_operator("{") and at not in self.bodies)
                or (token.kind is TokenKind.VARIABLE and token.text in _MAKE_OBJECTS)
                for at, token in enumerate(tokens)
            ),
            computed_keys=any(self._opens_computed(at) for at in range(len(tokens))),
            members=self._members(),
        )

    def _may_divide_by_zero(self, at: int) -> bool:
        """Whether there is a ``/`` or ``%`` here with anything but a number after it that is none other than zero."""
        if self.tokens[at].operand or not self._operator(at, "/", "%"):
            return False
        is_number = self._is(at + 1, TokenKind.NUMBER) and not self._operator(at + 2, ".", "[", "{", "^")
        return not (is_number and float(self.tokens[at + 1].text))

    def _opens_computed(self, at: int) -> bool:
        """Whether an object opens here, or a member of one begins, whose key is no string that is a name."""
        if not self._operator(at, "{") or at in self.bodies:
            return False
        return any(
            not self._is(key, TokenKind.STRING) or not self._operator(key + 1, ":") or self.tokens[key].text.isdigit()
            for key in self._keys(at)
        )

    def _keys(self, at: int) -> Iterator[int]:
        """The tokens with which the members of the object that opens at token ``at`` begin."""
        end, at = self.partner.get(at, at), at + 1
        while at < end:
            yield at
            while at < end and not self._operator(at, ","):
                at = self.partner.get(at, at) + 1
            at += 1

    def _members(self) -> tuple[str, ...] | None:
        if self.partner.get(0) != len(self.tokens) - 1 or not self._operator(0, "{") or self._opens_computed(0):
            return None
        return tuple(self.tokens[at].text for at in self._keys(0))

    def _partners(self) -> dict[int, int]:
        partner: dict[int, int] = {}
        opened: list[int] = []
        for at, token in enumerate(self.tokens):
            if token.is_operator(*_OPENING):
                opened.append(at)
            elif token.is_operator(*_CLOSING) and opened:
                start = opened.pop()
                partner[start], partner[at] = at, start
        return partner

    def _operator(self, at: int, *texts: str) -> bool:
        return 0 <= at < len(self.tokens) and self.tokens[at].is_operator(*texts)

    def _is(self, at: int, kind: TokenKind) -> bool:
        return 0 <= at < len(self.tokens) and self.tokens[at].kind is kind

    def _is_function(self, at: int) -> bool:
        token = self.tokens[at]
        return (
            self._is(at, TokenKind.NAME)
            and not token.quoted
            and token.text in _FUNCTION
            and self._operator(at + 1, "(")
        )

    def _bound(self) -> Iterator[str]:
        """The names that get a value: ``$x :=``, ``@$x``, ``#$x`` and parameters."""
        for at, token in enumerate(self.tokens):
            if token.kind is TokenKind.VARIABLE and (self._operator(at + 1, ":=") or self._operator(at - 1, "@", "#")):
                yield token.text
            elif self._is_function(at):
                parameter = at + 2
                while self._is(parameter, TokenKind.VARIABLE):
                    yield self.tokens[parameter].text
                    parameter += 2

    def _functions(self) -> Iterator[FunctionUse]:
        for at, token in enumerate(self.tokens):
            if token.kind is TokenKind.VARIABLE and token.text not in {"", "$"}:
                called = self._operator(at + 1, "(")
                count, lambdas = self._arguments(at + 1) if called else (0, ())
                chained = self._operator(at - 1, "~>")
                given = (called and self._has_object(at + 1)) or (chained and self._operator(at - 2, "}"))
                last = called and ((bool(self.bodies) and self._is_last(at)) or self._is_in_part(at + 1))
                yield FunctionUse(token.text, token.start, token.end, called, count, lambdas, chained, given, last)

    def _is_last(self, at: int) -> bool:
        """Whether a call stands where a function, a block or a branch ends, and nothing is done with its answer."""
        before, after = at - 1, self.partner.get(at + 1, at) + 1
        opens_block = self._operator(before, "(") and self.tokens[before].operand
        begins = before in self.bodies or opens_block or self._operator(before, ";", "?", ":")
        closes_body = self._operator(after, "}") and self.partner.get(after) in self.bodies
        return begins and (closes_body or self._operator(after, ")", ":", ";"))

    def _is_in_part(self, opening: int) -> bool:
        """Whether one of a call's arguments is ``?``."""
        end = self.partner.get(opening, opening)
        return any(
            self._operator(at, "?") and self._operator(at - 1, "(", ",") and self._operator(at + 1, ")", ",")
            for at in range(opening + 1, end)
        )

    def _arguments(self, opening: int) -> tuple[int, tuple[int, ...]]:
        """How many arguments a call has, and which of them are functions; none where it is not closed."""
        end = self.partner.get(opening, opening + 1)
        commas, lambdas, at = 0, [], opening + 1
        while at < end:
            if self._operator(at, ","):
                commas += 1
            elif self._operator(at - 1, "(", ",") and self._is_function(at):
                lambdas.append(commas)
            at = self.partner.get(at, at) + 1
        return (commas + 1 if end > opening + 1 else 0), tuple(lambdas)

    def _has_object(self, opening: int) -> bool:
        """Whether an argument is ``{…}``, or a list that begins with one."""
        return any(
            self._operator(at, "{") and self._operator(at - 1, "(", ",", "[")
            for at in range(opening + 1, min(self.partner.get(opening, 0), opening + 64))
        )

    def _paths(self) -> tuple[list[PathRead], list[Hyphen]]:
        paths: list[PathRead] = []
        hyphens: list[Hyphen] = []
        inner = [False]
        for at, token in enumerate(self.tokens):
            if token.is_operator(*_OPENING):
                inner.append(inner[-1] or self._opens_item(at))
            elif token.is_operator(*_CLOSING):
                del inner[max(1, len(inner) - 1) :]
            elif self._starts_path(at):
                if hyphens and token.start < hyphens[-1].end:
                    continue  # the second half of a hyphenated word
                path, found = self._path(at, relative=inner[-1])
                paths.append(path)
                hyphens += found
        return paths, hyphens

    def _opens_item(self, at: int) -> bool:
        """Whether a bracket opens a place where names are those of an item: a filter, a sort, a step."""
        token = self.tokens[at]
        if self._operator(at - 1, ".", "^"):
            return True
        if token.text == "(":
            return self._is(at - 1, TokenKind.VARIABLE) and self._operator(at - 2, ".")
        return at not in self.bodies and not token.operand

    def _bodies(self) -> tuple[set[int], set[int]]:
        """The braces that open the body of ``function(…){…}``, and the tokens of signatures such as ``<n-n:n>``."""
        bodies: set[int] = set()
        signatures: set[int] = set()
        for at in range(len(self.tokens)):
            if not self._is_function(at):
                continue
            after = self.partner.get(at + 1, at) + 1
            if self._operator(after, "<"):
                end = next((place for place in range(after, after + 64) if self._operator(place, "{")), after)
                signatures.update(range(after, end))
                after = end
            if self._operator(after, "{"):
                bodies.add(after)
        return bodies, signatures

    def _starts_path(self, at: int) -> bool:
        token = self.tokens[at]
        if token.kind is not TokenKind.NAME or not token.operand or self._is_function(at) or at in self.signatures:
            return False
        # `$$.resources` starts at the input again; any other step is a part of the path before it.
        return not self._operator(at - 1, ".") or self._after_root(at)

    def _after_root(self, at: int) -> bool:
        return self._operator(at - 1, ".") and self._is(at - 2, TokenKind.VARIABLE) and self.tokens[at - 2].text == "$"

    def _path(self, at: int, *, relative: bool) -> tuple[PathRead, list[Hyphen]]:
        root, hyphens = self.tokens[at], []
        segments, end = [root.text], root.end
        absolute = self._after_root(at)
        at = self._past_filters(at + 1)
        while self._operator(at, ".") and self._is(at + 1, TokenKind.NAME):
            step = self.tokens[at + 1]
            segments.append(step.text)
            end = step.end
            last = self._last_of_word(at + 1) if root.text in _ROOTS else at + 1
            if last > at + 1:
                end = self.tokens[last].end
                segments[-1] = self.text[step.start : end]
                hyphens.append(Hyphen(segments[-1], step.start, end))
            at = self._past_filters(last + 1)
        return PathRead(tuple(segments), root.start, end, relative and not absolute), hyphens

    def _past_filters(self, at: int) -> int:
        while True:
            if self._operator(at, "@", "#") and self._is(at + 1, TokenKind.VARIABLE):
                at += 2
            elif self._operator(at, "["):
                at = self.partner.get(at, len(self.tokens)) + 1
            else:
                return at

    def _last_of_word(self, at: int) -> int:
        """The last token of the hyphenated word that begins at token ``at``; itself where there is no hyphen."""
        while not self.tokens[at].quoted and self._operator(at + 1, "-") and self._hyphenated(at):
            at += 2
        return at

    def _hyphenated(self, at: int) -> bool:
        if not (self._is(at + 2, TokenKind.NAME) or self._is(at + 2, TokenKind.NUMBER)):
            return False
        word, dash, rest = self.tokens[at : at + 3]
        another_path = rest.text in _ROOTS and self._operator(at + 3, ".")
        return word.end == dash.start and dash.end == rest.start and not rest.quoted and not another_path
