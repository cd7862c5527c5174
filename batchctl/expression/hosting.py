"""How a Python function becomes a function of an expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from batchctl.template.values import UNDEFINED

if TYPE_CHECKING:
    from collections.abc import Callable


class HostError(Exception):
    """A function refuses its arguments, in the service's words; ``code`` is JSONata's where it has one."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Hosted:
    """A function written in Python.

    ``call`` gets one argument per parameter, UNDEFINED where it is missing, and answers UNDEFINED for no value.
    ``parameters`` is how many it has and ``required`` how many of them JavaScript counts (those before the first
    optional one): as many are given to it when it is passed to ``$map``. With a ``signature`` the engine checks
    the arguments first, and the first one falls back to the context.
    """

    call: Callable[..., object]
    parameters: int
    required: int
    signature: str | None = None


def refuse(name: str) -> Callable[..., object]:
    """The function that stands in for one that works on the service alone."""

    def unavailable(*_: object) -> object:
        message = f"${name} exists on Truto, but is not available locally"
        raise HostError(message, "not-local")

    return unavailable


def boxed(call: Callable[..., object]) -> Callable[..., object]:
    """``call`` for the engine, which has one None for null and for nothing.

    Each argument comes as two, whether it is there and what it is; the answer is an object with ``v``, or empty.
    """

    def boxed_call(*flat: object) -> object:
        given = [value if present else UNDEFINED for present, value in zip(flat[::2], flat[1::2], strict=True)]
        answer = call(*given)
        return {} if answer is UNDEFINED else {"v": answer}

    return boxed_call
