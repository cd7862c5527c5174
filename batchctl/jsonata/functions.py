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
    """The variables of a block or a call, ``names`` with their values, inside those of the frame ``around`` it.

    ``run`` is the ``Run`` that it belongs to. The outermost has None as ``around``; None as ``names`` is for none yet.
    """

    __slots__ = ("around", "names", "run")

    def __init__(self, around: Frame | None, run: Any, names: dict[str, object] | None = None) -> None:
        self.around = around
        self.run = run
        self.names: dict[str, object] = {} if names is None else names

    def lookup(self, name: str) -> object:
        """The value of the variable ``name`` (without ``$``), looked for outwards; UNDEFINED where it has none."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.around
        return UNDEFINED


class Lambda(Struct, Function, eq=False):
    """A function that the expression defines.

    ``body`` evaluates it over a context and its variables; ``parameters`` are their names, ``signature`` their types
    where the expression gives them, else None. ``frame`` and ``context`` are those where it was defined, ``position``
    is where it was last called from, in code points. With a ``thunk`` it stands for that call at the end of a function,
    which the caller makes so that the stack does not grow. ``token`` is what it is called by in errors.
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
    """A function written in Python, which an expression can call.

    ``name`` is without ``$``, empty for none. ``call`` gets the arguments after they were checked against ``signature``
    (None: unchecked), and with ``with_context`` the context and the frame before them. ``arity`` is the number of
    parameters that JSONata counts.
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
    """A function of the expression in a form that Python code can call, as it is passed to a ``Native``.

    ``call`` gets the arguments as they are; ``arity`` is the number of parameters. ``origin`` is the function that it
    stands for.
    """

    call: Callable[..., object]
    arity: int
    origin: object = None

    def __call__(self, *arguments: object) -> object:
        """What it answers."""
        return self.call(*arguments)


class Regex(Struct, Function, eq=False):
    """A regular expression that is written in an expression, such as ``/ab+/i``.

    ``source`` has its slashes and flags; ``call`` gets a text and returns its first match as ``$match`` has it (an
    object with ``match``, ``index`` and ``groups``), UNDEFINED for none. ``arity`` is the number of parameters that it
    has as a function.
    """

    source: str
    call: Callable[..., object]
    arity: int = 2

    def __call__(self, *arguments: object) -> object:
        """What it answers."""
        return self.call(*arguments)
