"""The second engine: expressions whose values JSON does not have, evaluated in Python (``batchctl.jsonata``).

Functions of text, of pictures and of patterns are those of the first engine.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from batchctl.errors import ExpressionError
from batchctl.expression.engine import Program, UnreadableInput
from batchctl.javascript.budget import check, left
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import is_as_sent, without_surrogates
from batchctl.javascript.values import UNDEFINED
from batchctl.json_types import holds_file
from batchctl.jsonata.calls import Run
from batchctl.jsonata.compiling import build
from batchctl.jsonata.functions import Frame, Native
from batchctl.jsonata.library import library
from batchctl.jsonata.parsing import parse_expression
from batchctl.jsonata.values import Sequence, bounded, collapsed, shown
from batchctl.truto_functions import hosted, kinds
from batchctl.truto_functions.binary import with_objects
from batchctl.truto_functions.catalogue import FUNCTIONS
from batchctl.truto_functions.hosting import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from batchctl.javascript.limits import Limits
    from batchctl.jsonata.calls import Build, Evaluate
    from batchctl.truto_functions.hosting import Hosted

# Python's own bound for calls in calls, while an expression is evaluated: each call of JSONata is about eight of them.
_MAX_DEPTH: Final = 12_000
_MAX_EXACT: Final = 2**53


class ExactProgram:
    """An expression compiled for evaluation in Python, which knows values that JSON lacks.

    ``text`` must be valid JSONata. ``build`` makes, of a node of the syntax tree, the function that evaluates it; None
    for the usual one. ``functions``, each a ``Native``, are used in place of the usual ones with the same names. Raises
    ``ExpressionError`` for an expression that is nested too deep, or that this engine can't read.
    """

    def __init__(
        self, text: str, build: Build | None = None, functions: Mapping[str, object] = MappingProxyType({})
    ) -> None:
        self._instead = functions
        try:
            self.evaluator = _compiled(text) if build is None else _built(text, build)
        except HostError as error:
            # The first engine can read it, this one can't: an error of the expression in either case.
            raise ExpressionError(str(error), code=error.code, position=error.position) from None
        except RecursionError:
            raise ExpressionError("the expression is nested too deep", code="D1011") from None

    def run(self, data: object, limits: Limits) -> object:
        """The value over the input ``data`` (JSON values, also with dates in it); UNDEFINED where it has none.

        It is made of JSON values and files (``FileData``): NaN and infinity become null, a date its text. Raises
        ``ExpressionError`` where evaluating fails or goes beyond ``limits``.
        """
        # The first evaluation brings them along: that takes none of its time.
        functions = {**_functions(), **self._instead}
        run = Run(time.monotonic() + limits.time_s, limits.named_s, int(time.time() * 1000), limits.items)
        frame = Frame(None, run, functions)
        given = as_doubles(data)
        if holds_file(given):
            given = with_objects(given)
        frame.names["$"] = given
        if isinstance(given, list):
            given = Sequence([given])
            given.outer = True
        try:
            with _deep_calls():
                return shown(collapsed(self.evaluator(given, frame)))
        except HostError as error:
            raise ExpressionError(str(error), code=error.code, position=error.position) from None
        except RecursionError:
            raise ExpressionError("the expression calls itself too often", code="D1011") from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # JavaScript fails with a TypeError where a function is given what it can't use; so do Python's.
            raise ExpressionError(f"a function can't use what it is given: {error}") from error


@lru_cache(maxsize=512)
def _compiled(text: str) -> Evaluate:
    return _built(text, build)


def _built(text: str, build: Build) -> Evaluate:
    with _deep_calls():
        return build(parse_expression(text))


class _Engine:
    """JSONata's functions by the first engine."""

    def call(self, name: str, arguments: list[object], patterns: Mapping[int, str]) -> object:
        given = {f"a{at}": value for at, value in enumerate(arguments) if value is not UNDEFINED and at not in patterns}
        program = _call_of(name, len(arguments), tuple(sorted(patterns.items())))
        try:
            try:
                answer = program.run(given, left())
            except UnreadableInput:
                answer = program.run(without_surrogates(given), left())
        except ExpressionError as error:
            raise HostError(str(error), error.code or "") from None
        check(answer)
        return answer

    def compiled(self, text: str) -> Evaluate:
        try:
            Program(text)
        except ExpressionError as error:
            raise HostError(f"$eval can't read its expression: {error}", "D3120") from None
        return _compiled(text)


@lru_cache(maxsize=512)
def _call_of(name: str, count: int, patterns: tuple[tuple[int, str], ...]) -> Program:
    written = dict(patterns)
    arguments = ", ".join(written.get(at, f"a{at}") for at in range(count))
    return Program(f"${name}({arguments})")


def function_named(name: str) -> object:
    """The function ``$name`` as the engine in Python has it: a ``Native``. Raises ``KeyError`` for an unknown name."""
    return _functions()[name]


@lru_cache(maxsize=1)
def _functions() -> Mapping[str, object]:
    """All functions, by name."""
    signatures = {name: info.signature for name, info in FUNCTIONS.items() if info.signature}
    found = library(_Engine(), signatures)
    for name, function in hosted().items():
        # $string, $keys, $each and $sift know special objects: those of the library do.
        if name not in found:
            found[name] = Native(name, _call_of_hosted(function), function.required)
    for name, info in FUNCTIONS.items():
        if not info.local and name not in found:
            found[name] = Native(name, refuse(name), len(info.parameters))
    return found


def _call_of_hosted(function: Hosted) -> Callable[..., object]:
    call, count = function.call, function.parameters
    make = kinds()[function.makes].make if function.makes else None

    def padded(*given: object) -> object:
        answer = call(*given[:count], *[UNDEFINED] * (count - len(given)))
        check(answer)
        return answer if make is None else make(answer)

    def variadic(*given: object) -> object:
        return call(*given)

    return variadic if function.variadic else padded


def as_doubles(data: object) -> object:
    """``data`` (JSON values) with whole numbers rounded as doubles (IEEE 754) are.

    It is the same object where nothing changes; else a copy, in which other values stay as they are.
    """
    return data if is_as_sent([data]) or not _has_too_exact([data]) else _rounded(data)


def _has_too_exact(holder: list[object] | dict[str, object]) -> bool:
    """Whether a whole number stands in it that no double holds."""
    pending: list[Any] = [holder]
    while pending:
        holder = pending.pop()
        for value in holder.values() if isinstance(holder, dict) else holder:
            kind = type(value)
            if kind is int:
                if not -_MAX_EXACT <= value <= _MAX_EXACT:  # type: ignore[operator]  # its type is int
                    return True
            elif kind is dict or kind is list:
                pending.append(value)
    return False


def _rounded(data: object) -> object:
    if isinstance(data, dict):
        changed = {key: new for key, value in data.items() if (new := _rounded(value)) is not value}
        return {**data, **changed} if changed else data
    if isinstance(data, list):
        made = [_rounded(value) for value in data]
        return made if any(new is not old for new, old in zip(made, data, strict=True)) else data
    return bounded(data) if type(data) is int else data


_LOCK: Final = threading.Lock()
_state: Final = {"running": 0, "before": 0}


@contextmanager
def _deep_calls() -> Iterator[None]:
    """Let Python nest calls deeper while expressions are evaluated, in whichever threads."""
    with _LOCK:
        if not _state["running"]:
            _state["before"] = sys.getrecursionlimit()
            sys.setrecursionlimit(max(_MAX_DEPTH, _state["before"]))
        _state["running"] += 1
    try:
        yield
    finally:
        with _LOCK:
            _state["running"] -= 1
            if not _state["running"]:
                sys.setrecursionlimit(_state["before"])
