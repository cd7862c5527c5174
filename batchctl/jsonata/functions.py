"""Functions and variables while an expression is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.values import Function
from batchctl.structs import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.signatures import Signature
    from batchctl.jsonata.tree import Node


class Frame:
    """The variables of a block or a call, inside those of the frame ``around`` it.

    ``run`` is the evaluation that it belongs to, ``names`` are its first variables.
    """

    __slots__ = ("around", "names", "run")

    def __init__(self, around: Frame | None, run: Any, names: dict[str, object] | None = None) -> None:
        self.around = around
        self.run = run
        self.names: dict[str, object] = {} if names is None else names

    def lookup(self, name: str) -> object:
        """The value of a variable, UNDEFINED where it has none."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.around
        return UNDEFINED


class Lambda(Struct, Function, eq=False):
    """A function that the expression defines.

    With a ``thunk`` it is a delayed tail call instead, which the caller makes so that the stack does not grow.
    ``context`` is the context where it was defined, ``position`` where it was last called from, in code points.
    ``parameters`` are their names; ``token`` is what it is called by in errors.
    """

    body: Callable[[object, Frame], object]
    parameters: list[str]
    frame: Frame
    context: object
    signature: Signature | None = None
    thunk: Node | None = None
    token: str = ""
    position: int | None = None

    @property
    def arity(self) -> int:  # type: ignore[override]  # counted
        """How many parameters it has."""
        return len(self.parameters)


class Native(Struct, Function, eq=False):
    """A function written in Python: ``call`` gets the arguments after they were checked against the signature.

    With ``with_context`` it gets the context and the frame first. ``arity`` is how many arguments it takes.
    """

    name: str
    call: Callable[..., object]
    arity: int
    signature: Signature | None = None
    with_context: bool = False

    def __call__(self, *arguments: object) -> object:
        """What it answers."""
        return self.call(*arguments)


class Closure(Struct, Function, eq=False):
    """A function made during evaluation, to be passed to another function as an argument.

    ``arity`` is how many arguments it takes. ``call`` gets the arguments as they are. ``origin`` is the function of
    JSONata that it stands for, if there is one.
    """

    call: Callable[..., object]
    arity: int
    origin: object = None

    def __call__(self, *arguments: object) -> object:
        """What it answers."""
        return self.call(*arguments)


class Regex(Struct, Function, eq=False):
    """A regular expression; ``source`` has its slashes and flags, ``call`` finds its matches in a text.

    ``arity`` is how many arguments it takes as a function.
    """

    source: str
    call: Callable[..., object]
    arity: int = 2

    def __call__(self, *arguments: object) -> object:
        """What it answers."""
        return self.call(*arguments)
