"""The JSONata engine: the one module that imports jlens, when the first expression is compiled.

Text in, values or JSON text out, one kind of error.
"""

from __future__ import annotations

import json
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from batchctl.errors import ExpressionError
from batchctl.javascript.errors import HostError
from batchctl.javascript.key_order import to_json, without_surrogates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from batchctl.javascript.limits import Limits

_TOO_MUCH: Final = {
    "D1011": "the expression calls itself too often (more than {depth} calls deep)",
    "D1012": "the expression took longer than {time_s:g} s",
}


class Program:
    """An expression compiled by the package jlens.

    The first ``shift`` code points of ``source`` are not the user's text but put before it. ``functions`` are Python
    functions that it can call, by name without ``$``; they get the arguments by position. ``place`` maps the position
    of an error in the part before to one in the user's text, or None. Raises ``ExpressionError`` where ``source`` is
    not JSONata.
    """

    def __init__(
        self,
        source: str,
        functions: Mapping[str, Callable[..., object]] = MappingProxyType({}),
        *,
        shift: int = 0,
        place: Callable[[int], int | None] = lambda _: None,
    ) -> None:
        import jlens

        self._shift = shift
        self._place = place
        try:
            self._compiled = jlens.Expression(source)
        except jlens.JlensError as error:
            raise self._error(error, str(error), error.code) from None
        except ValueError as error:
            # A lone surrogate can't be handed over.
            raise ExpressionError(f"the expression can't be read: {error}", code="S0104") from None
        for name, function in functions.items():
            # Registered once: functions that are handed over at an evaluation are looked through at each.
            self._compiled.register_function(name, function)

    def reads(self) -> object:
        """What the expression reads of its input: True for all of it, else a dict.

        The dict maps the name of each member that it reads to what it reads of that, again True or a dict.
        """
        return self._compiled.reads().get("input", {})

    def run(self, data: object, limits: Limits) -> Any:
        """The value over the input ``data`` (JSON values); None both for no value and for null.

        Raises ``ExpressionError`` where evaluating fails or goes beyond ``limits``, ``UnreadableInput`` where ``data``
        can't be passed to the engine.
        """
        return self._guarded(self._compiled.evaluate, data, limits)

    def run_text(self, text: str, limits: Limits) -> str | None:
        """The value over the input ``text`` (JSON), as JSON text; None for no value.

        Raises ``ExpressionError`` where evaluating fails or goes beyond ``limits``, ``UnreadableInput`` where ``text``
        can't be passed to the engine.
        """
        found: str | None = self._guarded(self._compiled.evaluate_json, text, limits)
        return found

    def _guarded(self, evaluate: Callable[..., Any], data: object, limits: Limits) -> Any:
        import jlens

        try:
            return evaluate(
                data,
                None,
                timeout=limits.time_s,
                max_depth=limits.depth,
                max_array_length=limits.items,
                max_string_length=limits.string_bytes,
                max_result_size=limits.result_bytes,
            )
        except jlens.JlensError as error:
            message = _TOO_MUCH.get(error.code, "").format(depth=limits.depth, time_s=limits.named_s)
            raise self._error(error, message or str(error), error.code) from None
        except HostError as error:
            raise self._error(error, str(error), error.code) from None
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            # JavaScript fails with a TypeError where a function is given what it can't use; so do Python's.
            function = getattr(error, "token", None)
            if function is None:
                raise UnreadableInput(f"the input can't be read: {error}") from None
            name = str(function).lstrip("_")
            raise self._error(error, f"${name} can't use what it is given: {error}", "") from None

    def _error(self, error: Exception, message: str, code: str) -> ExpressionError:
        position = getattr(error, "position", None)
        if position is not None:
            inside = position - self._shift
            position = inside if inside >= 0 else self._place(position)
        return ExpressionError(message, code=code, position=position)


@lru_cache(maxsize=512)
def program_of(text: str) -> Program:
    """The JSONata expression ``text`` compiled, without Truto's functions; the last 512 are kept.

    Raises ``ExpressionError`` where it is not JSONata.
    """
    return Program(text)


class UnreadableInput(ExpressionError):
    """Raised where the input can't be passed to the engine: it is not JSON, or has half of a UTF-16 surrogate pair."""


def readable_text(text: str) -> str:
    """The JSON ``text`` as the engine takes it: each half of a surrogate pair without the other becomes U+FFFD.

    Raises ``ExpressionError`` where it is not JSON or nests too deep.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise ExpressionError("the input nests too deep") from None
    except ValueError as error:
        raise ExpressionError(f"the input is not valid JSON: {error}") from None
    return to_json(without_surrogates(value))
