"""What is put before the user's text so that Truto's functions are there: only what that text uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from batchctl.javascript.budget import check
from batchctl.javascript.errors import NotExact
from batchctl.javascript.key_order import ordered, reordered
from batchctl.javascript.values import UNDEFINED
from batchctl.structs import Struct, field
from batchctl.truto_functions import hosted
from batchctl.truto_functions.catalogue import FUNCTIONS
from batchctl.truto_functions.hosting import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.expression.analysis import Analysis, FunctionUse
    from batchctl.truto_functions.hosting import Hosted

# These show in which order the keys of an object come, and the engine keeps the order in which they were written.
_ORDERED: Final = {
    "keys": "function($o)<x-:a<s>>{ $__ordered($__keys($o)) }",
    "each": "function($o, $f)<o-f:a>{ $__each($__inOrder($o), $f) }",
}
_IN_ORDER: Final = (
    'function($o){ $type($o) = "array" ? $map($o, $__inOrder) : $type($o) = "object" ? '
    "( $k := $__reordered($__keys($o)); $exists($k) ? $merge($k.{$: $lookup($o, $)}) : $o ) : $o }"
)


class Prelude(Struct):
    """JSONata text to put before an expression, so that Truto's functions are defined in it.

    Compile ``(`` + ``source`` + expression + ``)``, and pass ``bindings`` to its ``Program``. ``analysis`` is that of
    the expression, ``source`` the text. ``bindings`` are the Python functions that it calls, by the name it calls them
    by. ``spans`` say which part of ``source`` defines which function: start, end (exclusive), name.
    """

    analysis: Analysis
    source: str = ""
    bindings: dict[str, Callable[..., object]] = field(default_factory=dict)
    spans: list[tuple[int, int, str]] = field(default_factory=list)

    def owner(self, position: int) -> str | None:
        """The name of the function whose definition contains code point ``position`` of ``source``.

        None where none does.
        """
        return next((name for start, end, name in self.spans if start <= position < end), None)

    def provide(self, name: str) -> None:
        """Add what the function ``name`` (without ``$``) needs to behave as on the service.

        Nothing is added where JSONata's own function does.
        """
        info, function = FUNCTIONS.get(name), hosted().get(name)
        if name in _ORDERED:
            self._order(name)
        elif function is not None:
            self._host(name, function)
        elif info is not None and not info.local:
            self.bindings[name] = refuse(name)

    def _define(self, name: str, text: str) -> None:
        start = len(self.source)
        self.source += f"${name} := {text}; "
        self.spans.append((start, len(self.source), name))

    def _host(self, name: str, function: Hosted) -> None:
        if function.variadic:
            self.bindings[name] = _variadic(function, may_be_nan=self.analysis.divides)
            return
        count = _parameter_count(function, self.analysis.uses(name))
        parameters = [f"$p{index}" for index in range(count)]
        arguments = ", ".join(f"$exists({parameter}), {parameter}" for parameter in parameters)
        self.bindings[f"__{name}"] = _boxed(function, may_be_nan=self.analysis.divides)
        signature = "" if not function.signature else function.signature if count == function.parameters else "<x-:s>"
        self._define(name, f"function({', '.join(parameters)}){signature}{{ $__{name}({arguments}).v }}")

    def _order(self, name: str) -> None:
        if "__ordered" not in self.bindings:
            self.bindings["__ordered"] = ordered
            self.bindings["__reordered"] = reordered
            self._define("__keys", "$keys")
            self._define("__inOrder", _IN_ORDER)
        if name != "keys":
            self._define(f"__{name}", f"${name}")
        self._define(name, _ORDERED[name])


def _boxed(function: Hosted, *, may_be_nan: bool) -> Callable[..., object]:
    """A function for the engine, which has one None for null, for nothing, and for NaN."""

    def boxed(*flat: object) -> object:
        if may_be_nan and any(map(_has_null, flat[1::2])):
            raise NotExact
        answer = function.call(*_given(flat, function.parameters))
        check(answer)
        if isinstance(answer, float) and not math.isfinite(answer):
            raise NotExact
        return {} if answer is UNDEFINED else {"v": answer}

    return boxed


def _variadic(function: Hosted, *, may_be_nan: bool) -> Callable[..., object]:
    def call(*given: object) -> object:
        if may_be_nan and any(map(_has_null, given)):
            raise NotExact
        answer = function.call(*given)
        return None if answer is UNDEFINED else answer

    return call


def _has_null(value: object, depth: int = 2) -> bool:
    """Whether null stands in a value, not too deep: it can be a NaN."""
    if isinstance(value, dict | list) and depth:
        return any(_has_null(item, depth - 1) for item in (value.values() if isinstance(value, dict) else value))
    return value is None


def _given(flat: tuple[object, ...], parameters: int) -> list[object]:
    """The arguments of a call that come as pairs: is it there, what is it."""
    found = [value if present else UNDEFINED for present, value in zip(flat[::2], flat[1::2], strict=True)]
    return found + [UNDEFINED] * (parameters - len(found))


def prelude_for(analysis: Analysis) -> Prelude:
    """What has to be put before an expression for the functions that it uses; empty where JSONata's own will do."""
    prelude = Prelude(analysis)
    for name in dict.fromkeys(use.name for use in analysis.functions):
        prelude.provide(name)
    return prelude


def _parameter_count(function: Hosted, uses: tuple[FunctionUse, ...]) -> int:
    """As many as JavaScript counts, unless a call gives more: ``$map`` looks at it."""
    if not uses:
        return function.parameters
    most = max((use.arguments + use.chained for use in uses if use.called), default=0)
    return min(function.parameters, max(function.required, most))
