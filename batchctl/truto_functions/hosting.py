"""How a Python function becomes a function of an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.javascript.errors import HostError
from batchctl.javascript.objects import BareObject
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable


class Hosted(Struct, frozen=True):
    """A function written in Python.

    ``call`` gets one argument per parameter, UNDEFINED where it is missing, and answers UNDEFINED for no value.
    ``parameters`` is how many it has and ``required`` how many of them JavaScript counts (those before the first
    optional one): as many are given to it when it is passed to ``$map``. With a ``signature`` the engine checks
    the arguments first, and the first one falls back to the context. A ``variadic`` one takes as many as are given.
    ``makes`` names the kind of object that it answers. ``inherits`` says that it uses what objects inherit, which fails
    for one that the expression has made, and ``identity`` that it asks whether objects are the very same.
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
    """The function in the place of one that works on the service alone: called, it raises ``HostError``."""

    def unavailable(*_: object) -> object:
        message = f"${name} exists on Truto, but is not available locally"
        raise HostError(message, "not-local")

    return unavailable


def of_inherited(call: Callable[..., object]) -> Callable[..., object]:
    """``call`` for what looks for members that objects inherit. Raises ``HostError`` for one that has none.

    Of the first argument all that is in it is looked at, of the others they themselves.
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
