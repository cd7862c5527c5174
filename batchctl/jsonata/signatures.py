"""``<s-n?:s>``: which arguments a function takes, as JSONata's own functions and those of expressions declare it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.values import Function
from batchctl.structs import Struct

_ARRAYS: Final = {
    "a": "arrays", "b": "booleans", "f": "functions", "n": "numbers", "o": "objects", "s": "strings",
}  # fmt: skip
_ANY: Final = {"a": "[asnblfom]", "f": "f", "j": "[asnblom]", "x": "[asnblfom]"}


class _Parameter(Struct):
    kind: str
    pattern: str
    subtype: str | None = None
    context: re.Pattern[str] | None = None


class Signature:
    """The parameters of a function, as a text such as ``<a<n>-f?:x>`` declares them.

    Raises ``HostError`` for a choice of types that JSONata does not allow.
    """

    __slots__ = ("parameters", "pattern", "plain")

    def __init__(self, text: str) -> None:
        self.parameters = _parameters(text)
        self.pattern = re.compile("^" + "".join(f"({each.pattern})" for each in self.parameters) + "$")
        # Letters of arguments that pass as they are, found out before.
        self.plain: set[str] = set()

    def checked(self, arguments: list[object], context: object) -> list[object]:
        """The arguments as the function gets them: ``context`` for one that is left out, a list around a single value.

        That is only where the signature says so: else a missing one is UNDEFINED. It is the same list where nothing
        changes. Raises ``HostError`` for an argument of the wrong type (T0410, for items of a list T0412) and a context
        of the wrong type (T0411).
        """
        given = "".join([letter(argument) for argument in arguments])
        if given in self.plain:
            return arguments
        found = self.pattern.match(given)
        if found is None:
            raise self._refused(given)
        passed: list[object] = []
        at = 0
        for place, parameter in enumerate(self.parameters, 1):
            letters = found[place] or ""
            if not letters:
                if parameter.context is None:
                    passed.append(arguments[at] if at < len(arguments) else UNDEFINED)
                    at += 1
                elif parameter.context.search(letter(context)):
                    passed.append(context)
                else:
                    raise HostError(f"the context is of the wrong kind for argument {at + 1}", "T0411")
            for single in letters:
                passed.append(_checked(parameter, single, letters, arguments[at], at))
                at += 1
        if "a" not in given and len(passed) == len(arguments) and not any(each.kind == "a" for each in self.parameters):
            self.plain.add(given)
        return passed

    def _refused(self, given: str) -> HostError:
        good, pattern = 0, "^"
        for parameter in self.parameters:
            pattern += f"(?:{parameter.pattern})"
            found = re.match(pattern, given)
            if found is None:
                break
            good = found.end()
        return HostError(f"argument {good + 1} is of the wrong kind", "T0410")


def letter(value: object) -> str:
    """The letter for the type of a value in signatures: ``s``, ``n``, ``b``, ``l``, ``a``, ``o``, ``f`` or ``m``.

    They stand for a text, a number, a boolean, null, a list, an object, a function and UNDEFINED (a value that is
    missing); see https://docs.jsonata.org/programming#function-signatures.
    """
    if isinstance(value, str):
        return "s"
    if value is None:
        return "l"
    if isinstance(value, bool):
        return "b"
    if isinstance(value, int | float):
        return "n"
    if isinstance(value, list):
        return "a"
    if isinstance(value, Function):
        return "f"
    return "m" if value is UNDEFINED else "o"


def _checked(parameter: _Parameter, single: str, letters: str, argument: object, at: int) -> object:
    if parameter.kind != "a":
        return argument
    if single == "m":
        return UNDEFINED
    wanted = parameter.subtype
    if isinstance(argument, list):
        if wanted is not None and argument and any(letter(item) != wanted[0] for item in argument):
            raise _no_array(wanted, at)
        return argument
    if wanted is not None and letters != wanted:
        raise _no_array(wanted, at)
    return [argument]


def _no_array(wanted: str, at: int) -> HostError:
    return HostError(f"argument {at + 1} must be an array of {_ARRAYS.get(wanted, wanted)}", "T0412")


def _parameters(text: str) -> list[_Parameter]:
    """Raises ``HostError`` for types that JSONata does not know together."""
    found: list[_Parameter] = []
    # What belongs to a parameter and comes before the first one changes nothing, as in JSONata.
    last = _Parameter("", "")
    at = 1
    while at < len(text) and text[at] != ":":
        symbol = text[at]
        if symbol == "-":
            last.context = re.compile(last.pattern)
            last.pattern += "?"
        elif symbol in "?+":
            last.pattern += symbol
        elif symbol == "(":
            end = text.find(")", at)
            end = len(text) if end < 0 else end
            if "<" in text[at:end]:
                raise HostError("a choice of types can't have types with parameters", "S0402")
            found.append(_Parameter(text[at : end + 1], f"[{text[at + 1 : end]}m]"))
            at = end
        elif symbol == "<":
            end = _closing(text, at)
            if last.kind not in ("a", "f"):
                raise HostError("only arrays and functions have types in <>", "S0401")
            last.subtype = text[at + 1 : end]
            at = end
        elif symbol in "snblo":
            found.append(_Parameter(symbol, f"[{symbol}m]"))
        elif symbol in _ANY:
            found.append(_Parameter(symbol, _ANY[symbol]))
        last = found[-1] if found else last
        at += 1
    return found


def _closing(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += (text[place] == "<") - (text[place] == ">")
        if depth == 0:
            return place
    return len(text)


@lru_cache(maxsize=256)
def signature(text: str) -> Signature:
    """The parsed signature ``text``, such as ``<s-n?:s>``; the last 256 are kept.

    Raises ``HostError`` for a choice of types that JSONata does not allow.
    """
    return Signature(text)
