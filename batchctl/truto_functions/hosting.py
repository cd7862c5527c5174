"""How a Python function becomes a function of an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.javascript.errors import HostError
from batchctl.javascript.objects import BareObject
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable


class Hosted(Struct, frozen=True):
    """A function of expressions that is written in Python.

    ``call`` gets one argument per parameter, UNDEFINED where it is missing, and returns UNDEFINED for no value.
    ``parameters`` is how many it has, ``required`` how many of them JavaScript counts (those before the first optional
    one): that many are passed to it by ``$map``. With a ``signature`` the engine checks the arguments first, and the
    first one falls back to the context. A ``variadic`` one takes any number. ``makes`` names the kind of object that it
    returns. ``inherits`` means that it uses members that objects inherit, which fails for an object made by the
    expression; ``identity`` that it compares the identity of objects.
    """

    call: Callable[..., object]
    parameters: int
    required: int
    signature: str | None = None
    variadic: bool = False
    makes: str = ""
    inherits: bool = False
    identity: bool = False


def refuse(name: str) -> Callable[..., object]:
    """A function that raises ``HostError`` when called, in place of one that only works on the service."""

    def unavailable(*_: object) -> object:
        message = f"${name} exists on Truto, but is not available locally"
        raise HostError(message, "not-local")

    return unavailable


def of_inherited(call: Callable[..., object]) -> Callable[..., object]:
    """``call``, for a function that uses members which objects inherit.

    It raises ``HostError`` for an object that has none (one made by the expression): anywhere in the first argument, or
    as one of the others.
    """

    def checked(*given: object) -> object:
        pending = [*given[:1], *(option for option in given[1:] if isinstance(option, BareObject))]
        while pending:
            value = pending.pop()
            if isinstance(value, BareObject):
                raise HostError("element.hasOwnProperty is not a function")
            pending += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return call(*given)

    return checked
