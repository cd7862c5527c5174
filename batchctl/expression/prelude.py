"""What is put before the user's text so that Truto's functions are there: only what that text uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from batchctl.expression.catalogue import FUNCTIONS
from batchctl.expression.hosting import boxed, refuse, unboxed, without_objects
from batchctl.expression.key_order import ordered, reordered
from batchctl.expression.presets import hosted

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.expression.analysis import Analysis, FunctionUse
    from batchctl.expression.hosting import Hosted

# These show in which order the keys of an object come, and the engine keeps the order in which they were written.
ORDERED: Final = {
    "keys": "function($o)<x-:a<s>>{ $__ordered($__keys($o)) }",
    "each": "function($o, $f)<o-f:a>{ $__each($__inOrder($o), $f) }",
    "spread": "function($o)<x-:a<o>>{ $__spread($__inOrder($o)) }",
}
_IN_ORDER: Final = (
    'function($o){ $type($o) = "array" ? $map($o, $__inOrder) : $type($o) = "object" ? '
    "( $k := $__reordered($__keys($o)); $exists($k) ? $merge($k.{$: $lookup($o, $)}) : $o ) : $o }"
)


@dataclass(slots=True)
class Prelude:
    """JSONata text that defines functions, and the Python functions that it calls."""

    source: str = ""
    bindings: dict[str, Callable[..., object]] = field(default_factory=dict)
    spans: list[tuple[int, int, str]] = field(default_factory=list)

    def define(self, name: str, text: str) -> None:
        """Add ``$name := text``."""
        start = len(self.source)
        self.source += f"${name} := {text}; "
        self.spans.append((start, len(self.source), name))

    def owner(self, position: int) -> str | None:
        """The function whose definition holds ``position``, if it is one of these."""
        return next((name for start, end, name in self.spans if start <= position < end), None)


def prelude_for(analysis: Analysis) -> Prelude:
    """What the functions that an expression uses need; empty if JSONata's own will do."""
    prelude = Prelude()
    everything = bool(analysis.uses("eval"))
    names = FUNCTIONS if everything else dict.fromkeys(use.name for use in analysis.functions)
    known = hosted()
    for name in names:
        info = FUNCTIONS.get(name)
        if name in ORDERED:
            _define_ordered(prelude, name)
        elif name in known:
            _define(prelude, name, known[name], () if everything else analysis.uses(name))
        elif info is not None and not info.local:
            prelude.bindings[name] = refuse(name)
    return prelude


def _define(prelude: Prelude, name: str, function: Hosted, uses: tuple[FunctionUse, ...]) -> None:
    if function.variadic:
        prelude.bindings[name] = unboxed(function.call)
        return
    count = _parameter_count(function, uses)
    parameters = [f"$p{index}" for index in range(count)]
    hidden = f"__{name}"
    call = function.call
    if function.to_text and any(use.object_given for use in uses):
        call = without_objects(call)
    prelude.bindings[hidden] = boxed(call, function.parameters)
    arguments = ", ".join(f"$exists({parameter}), {parameter}" for parameter in parameters)
    signature = ""
    if function.signature:
        signature = function.signature if count == function.parameters else "<x-:s>"
    prelude.define(name, f"function({', '.join(parameters)}){signature}{{ ${hidden}({arguments}).v }}")


def _define_ordered(prelude: Prelude, name: str) -> None:
    if "__ordered" not in prelude.bindings:
        prelude.bindings["__ordered"] = ordered
        prelude.bindings["__reordered"] = reordered
        prelude.define("__keys", "$keys")
        prelude.define("__inOrder", _IN_ORDER)
    if name != "keys":
        prelude.define(f"__{name}", f"${name}")
    prelude.define(name, ORDERED[name])


def _parameter_count(function: Hosted, uses: tuple[FunctionUse, ...]) -> int:
    """As many as JavaScript counts, unless a call gives more: ``$map`` looks at it."""
    if not uses:
        return function.parameters
    given = max((use.arguments + use.chained for use in uses if use.called), default=0)
    return min(function.parameters, max(function.required, given))
