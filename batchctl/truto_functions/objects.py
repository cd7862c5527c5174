"""Objects with methods, such as a date: what JSONata text makes one of a record that Python answers.

A record is ``{"t": token, "g": values}``. The token goes back to Python when a method is called; the values are
members of the object. Only members that the expression names are made: a date has sixty.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.errors import MARK
from batchctl.javascript.values import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from batchctl.expression.analysis import Analysis

Token = dict[str, Any]
# These show members that the text does not name.
_SHOW_ALL: Final = frozenset({"keys", "each", "spread", "sift", "merge", "eval", "clone"})


@dataclass(frozen=True, slots=True)
class Method:
    """``call`` gets the native object and one argument per parameter; ``makes`` names the kind that it answers."""

    call: Callable[..., object]
    parameters: int = 0
    makes: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object. ``token`` and ``native`` turn a native object into JSON values and back.

    ``values`` are its members that are no methods, by name, ``parts`` those of them that are objects of a kind of
    their own; ``spread`` answers members whose names differ from object to object.
    """

    name: str
    token: Callable[[Any], Token]
    native: Callable[[Token], Any]
    methods: Mapping[str, Method]
    values: Mapping[str, Callable[[Any], object]]
    spread: Callable[[Any], Mapping[str, object]] | None = None
    parts: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()

    def members(self, analysis: Analysis) -> frozenset[str]:
        """The members that an expression can see."""
        every = frozenset(self.methods) | frozenset(self.values)
        if analysis.wildcards or any(use.name in _SHOW_ALL for use in analysis.functions):
            return every
        return every & analysis.words

    def record(
        self, native: object, kinds: Mapping[str, Kind], seen: Mapping[str, frozenset[str]]
    ) -> dict[str, object]:
        """What the constructor makes an object of."""
        found = {name: read(native) for name, read in self.values.items() if name in seen[self.name]}
        for name in found.keys() & self.parts.keys():
            found[name] = kinds[self.parts[name]].record(found[name], kinds, seen)
        if self.spread:
            found |= self.spread(native)
        kept = {name: value for name, value in found.items() if value is not UNDEFINED}
        return {"t": {"kind": self.name, **self.token(native)}, "g": kept}

    def constructor(self, seen: frozenset[str]) -> str:
        """The JSONata function from a record to an object."""
        parts = ['"\\u0000truto": t']
        for name in self.values:
            if name in seen:
                made = f"$__{self.parts[name]}(g.{name})" if name in self.parts else f"g.{name}"
                parts.append(f'"{name}": {made}')
        parts += [f'"{name}": {self._method(name)}' for name in self.methods if name in seen]
        made = f"$r.{{ {', '.join(parts)} }}"
        return f"function($r){{ {f'$merge([$r.g, {made}])' if self.spread else made} }}"

    def _method(self, name: str) -> str:
        method = self.methods[name]
        parameters = [f"$p{index}" for index in range(method.parameters)]
        arguments = "".join(f", $exists({parameter}), {parameter}" for parameter in parameters)
        called = f'$__{self.name}Call($r.t, "{name}"{arguments})'
        answer = f"$__{method.makes}({called})" if method.makes else f"{called}.v"
        return f"function({', '.join(parameters)}){{ {answer} }}"


def given(flat: tuple[object, ...], parameters: int) -> list[object]:
    """The arguments of a call that come as pairs: is it there, what is it."""
    found = [value if present else UNDEFINED for present, value in zip(flat[::2], flat[1::2], strict=True)]
    return found + [UNDEFINED] * (parameters - len(found))


def native(value: object, kinds: Mapping[str, Kind]) -> object:
    """The object that ``value`` stands for, or ``value`` itself."""
    token = value.get(MARK) if isinstance(value, dict) else None
    if isinstance(token, dict) and token.get("kind") in kinds:
        return kinds[token["kind"]].native(token)
    return value


def answered(answer: object, makes: str, kinds: Mapping[str, Kind], seen: Mapping[str, frozenset[str]]) -> object:
    """An answer as the text takes it: a record of an object, or ``{"v": value}``, empty for nothing."""
    if makes:
        return kinds[makes].record(answer, kinds, seen)
    return {} if answer is UNDEFINED else {"v": answer}
