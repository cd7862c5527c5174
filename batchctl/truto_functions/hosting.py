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

    ``call`` gets ``parameters`` arguments, UNDEFINED for one that is missing, and returns UNDEFINED for no value; a
    ``variadic`` one gets as many as are given. ``required`` is how many parameters JavaScript counts (those before the
    first optional one): as many are passed to it by ``$map``. With a ``signature`` the engine checks the arguments
    first, and the first one falls back to the context. ``makes`` names the kind of object that it returns, if any.
    ``inherits`` means that it uses members that objects inherit, which fails for an object made by the expression;
    ``identity`` that it compares the identity of objects.
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
    """A function that always raises ``HostError``, in place of ``$name``, which works on the service only."""

    def unavailable(*_: object) -> object:
        message = f"${name} exists on Truto, but is not available locally"
        raise HostError(message, "not-local")

    return unavailable


def of_inherited(call: Callable[..., object]) -> Callable[..., object]:
    """A function like ``call`` that fails as on the service for objects that the expression itself made.

    It raises ``HostError`` for such an object anywhere in the first argument, or as one of the others; other arguments
    are passed on unchanged.
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
