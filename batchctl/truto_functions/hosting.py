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


def require_inherited(value: object, name: str) -> None:
    """Raise ``HostError``, as on the service, where members of ``value`` are asked for by a function it does not have.

    That is an object with members that the expression itself made: it inherits nothing. ``name`` is what the function's
    own code calls it.
    """
    if isinstance(value, BareObject) and value:
        raise HostError(f"{name}.hasOwnProperty is not a function")
