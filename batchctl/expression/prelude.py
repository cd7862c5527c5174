"""What is put before the user's text so that Truto's functions are there: only what that text uses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from batchctl.javascript.key_order import ordered, reordered
from batchctl.truto_functions import hosted, kinds
from batchctl.truto_functions.budget import check
from batchctl.truto_functions.catalogue import FUNCTIONS
from batchctl.truto_functions.hosting import refuse, unboxed, without_objects
from batchctl.truto_functions.objects import answered, given, native

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.expression.analysis import Analysis, FunctionUse
    from batchctl.truto_functions.hosting import Hosted

# These show in which order the keys of an object come, and the engine keeps the order in which they were written.
_ORDERED: Final = {
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

    analysis: Analysis
    source: str = ""
    bindings: dict[str, Callable[..., object]] = field(default_factory=dict)
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    seen: dict[str, frozenset[str]] = field(default_factory=dict)

    def owner(self, position: int) -> str | None:
        """The function whose definition holds ``position``, if it is one of these."""
        return next((name for start, end, name in self.spans if start <= position < end), None)

    def provide(self, name: str) -> None:
        """Make ``$name`` what it is on the service."""
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
            self.bindings[name] = unboxed(function.call)
            return
        uses = self.analysis.uses(name)
        count = _parameter_count(function, uses)
        parameters = [f"$p{index}" for index in range(count)]
        arguments = ", ".join(f"$exists({parameter}), {parameter}" for parameter in parameters)
        self.bindings[f"__{name}"] = self._called(function, uses)
        if function.makes:
            self._object(function.makes)
        called = f"$__{name}({arguments})"
        signature = "" if not function.signature else function.signature if count == function.parameters else "<x-:s>"
        body = f"$__{function.makes}({called})" if function.makes else f"{called}.v"
        self._define(name, f"function({', '.join(parameters)}){signature}{{ {body} }}")

    def _called(self, function: Hosted, uses: tuple[FunctionUse, ...]) -> Callable[..., object]:
        written = any(use.object_given for use in uses)
        call = function.call if written else function.of_input or function.call
        if function.to_text and written:
            call = without_objects(call)

        def called(*flat: object) -> object:
            answer = call(*given(flat, function.parameters))
            check(answer)
            return answered(answer, function.makes, kinds(), self.seen)

        return called

    def _object(self, name: str) -> None:
        """The constructor of a kind of object, and of those that its methods make."""
        if name in self.seen:
            return
        kind = kinds()[name]
        self.seen[name] = kind.members(self.analysis)

        def method(token: dict[str, object], member: str, *flat: object) -> object:
            method = kind.methods[member]
            arguments = [native(value, kinds()) for value in given(flat, method.parameters)]
            answer = method.call(kind.native(token), *arguments)
            check(answer)
            return answered(answer, method.makes, kinds(), self.seen)

        self.bindings[f"__{name}Call"] = method
        for needed in kind.needs:
            self._object(needed)
        self._define(f"__{name}", kind.constructor(self.seen[name]))

    def _order(self, name: str) -> None:
        if "__ordered" not in self.bindings:
            self.bindings["__ordered"] = ordered
            self.bindings["__reordered"] = reordered
            self._define("__keys", "$keys")
            self._define("__inOrder", _IN_ORDER)
        if name != "keys":
            self._define(f"__{name}", f"${name}")
        self._define(name, _ORDERED[name])


def prelude_for(analysis: Analysis) -> Prelude:
    """What the functions that an expression uses need; empty if JSONata's own will do."""
    prelude = Prelude(analysis)
    for name in FUNCTIONS if analysis.uses("eval") else dict.fromkeys(use.name for use in analysis.functions):
        prelude.provide(name)
    return prelude


def _parameter_count(function: Hosted, uses: tuple[FunctionUse, ...]) -> int:
    """As many as JavaScript counts, unless a call gives more: ``$map`` looks at it."""
    if not uses:
        return function.parameters
    most = max((use.arguments + use.chained for use in uses if use.called), default=0)
    return min(function.parameters, max(function.required, most))
