"""Objects with methods, such as a date, as expressions see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.functions import Closure
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Method(Struct, frozen=True):
    """A method of an object such as a date: a Python function, and the kind of object that it returns.

    ``call`` gets the Python value that the object wraps and then ``parameters`` arguments, UNDEFINED for a missing one.
    ``makes`` names the kind, empty for a plain value.
    """

    call: Callable[..., object]
    parameters: int = 0
    makes: str = ""


class ObjectKind(Struct, frozen=True):
    """A kind of object with methods, such as a date: its members, and its form as JSON, text and number.

    Each function gets the Python value that the object wraps. ``values`` read its members that are no methods,
    ``order`` are the names of all members in order (methods last, unless given), ``unlisted`` methods that can be
    called but are not among the keys; ``spread`` returns members whose names differ from object to object. ``json`` is
    its ``toJSON``, ``bare`` what is sent for one that has none, ``whole`` returns what the result of an evaluation has
    for it, where that is more than its JSON; ``inner`` the keys that ``$keys`` returns. As an
    argument of a method it is the value that it wraps, unless it is ``hidden``; with ``raw`` it equals any object with
    the same members. A method's ``makes`` is a key of ``makes`` here: that function gets what the method returns, and
    returns the object of it. Without ``text`` the object's text is ``[object Object]``.
    """

    name: str
    methods: Mapping[str, Method]
    values: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    spread: Callable[[Any], Mapping[str, object]] | None = None
    json: Callable[[Any], object] | None = None
    bare: object = None
    text: Callable[[Any], str] | None = None
    number: Callable[[Any], float] | None = None
    inner: tuple[str, ...] | None = None
    hidden: bool = False
    raw: bool = False
    whole: Callable[[Any], object] | None = None
    makes: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    unlisted: Mapping[str, Method] = field(default_factory=dict)

    def make(self, native: Any) -> SpecialObject:
        """The object of this kind that wraps ``native``, which its members and methods read when they are asked for."""
        json, number, whole = self.json, self.number, self.whole
        return SpecialObject(
            self.name,
            None if self.hidden else native,
            lambda: self._members(native),
            lookup=lambda name: self._found(native, name),
            json=(lambda: json(native)) if json else None,
            bare=self.bare,
            text=self.text(native) if self.text else "[object Object]",
            number=(lambda: number(native)) if number else None,
            inner=self.inner,
            raw=self.raw,
            whole=(lambda: whole(native)) if whole else None,
        )

    def _names(self) -> tuple[str, ...]:
        return self.order or (*self.values, *self.methods)

    def _members(self, native: Any) -> dict[str, object]:
        spread = dict(self.spread(native)) if self.spread else {}
        return spread | {name: self._member(native, name) for name in self._names()}

    def _found(self, native: Any, name: str) -> object:
        if self.spread and name in (spread := self.spread(native)):
            return spread[name]
        if name in self.unlisted:
            return self._method(native, self.unlisted[name])
        return self._member(native, name)

    def _member(self, native: Any, name: str) -> object:
        if name in self.values:
            return self.values[name](native)
        method = self.methods.get(name)
        return UNDEFINED if method is None else self._method(native, method)

    def _method(self, native: Any, method: Method) -> Closure:
        make = self.makes.get(method.makes)

        def call(*given: object) -> object:
            arguments = [_given(value) for value in given[: method.parameters]]
            arguments += [UNDEFINED] * (method.parameters - len(arguments))
            answer = method.call(native, *arguments)
            return answer if make is None else make(answer)

        return Closure(call, 0)


def _given(value: object) -> object:
    return value.native if isinstance(value, SpecialObject) and value.native is not None else value
