"""How a Python function becomes a function of an expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Hosted:
    """A function written in Python.

    ``call`` gets one argument per parameter, UNDEFINED where it is missing, and answers UNDEFINED for no value.
    ``parameters`` is how many it has and ``required`` how many of them JavaScript counts (those before the first
    optional one): as many are given to it when it is passed to ``$map``. With a ``signature`` the engine checks
    the arguments first, and the first one falls back to the context. A ``variadic`` one takes as many as are given,
    None for null and for what is missing. ``to_text`` says that it makes text of its arguments, which fails for an
    object that the expression itself has made. ``of_input`` is called instead where no argument is an object written on
    the spot: what comes from the input can be the very same object. ``makes`` names the kind of object that it
    answers a record of.
    """

    call: Callable[..., object]
    parameters: int
    required: int
    signature: str | None = None
    variadic: bool = False
    to_text: bool = False
    of_input: Callable[..., object] | None = None
    makes: str = ""


def refuse(name: str) -> Callable[..., object]:
    """The function that stands in for one that works on the service alone."""

    def unavailable(*_: object) -> object:
        message = f"${name} exists on Truto, but is not available locally"
        raise HostError(message, "not-local")

    return unavailable


def unboxed(call: Callable[..., object]) -> Callable[..., object]:
    """``call`` for the engine, which takes None for undefined."""

    def unboxed_call(*given: object) -> object:
        answer = call(*given)
        return None if answer is UNDEFINED else answer

    return unboxed_call


def without_objects(call: Callable[..., object]) -> Callable[..., object]:
    """``call`` for objects that the expression has made: on the service these can't be turned into text."""

    def checked(*given: object) -> object:
        answer = call(*given)
        parts = [part for value in given for part in (value if isinstance(value, list) else [value])]
        if answer is not given[0] and any(isinstance(part, dict) for part in parts):
            raise HostError("Cannot convert object to primitive value")
        return answer

    return checked


def no_written_object(*_: object) -> object:
    """What the service does with an object written in the expression where it looks for inherited members."""
    raise HostError("element.hasOwnProperty is not a function")
