"""How functions are called: signatures, calls at the end of functions, partial application, places of errors."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from batchctl.javascript.errors import HostError
from batchctl.javascript.values import UNDEFINED
from batchctl.jsonata.functions import Closure, Frame, Lambda, Native, Regex
from batchctl.jsonata.signatures import signature
from batchctl.jsonata.values import Function
from batchctl.structs import Struct, field

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.jsonata.tree import Node

    Evaluate = Callable[[object, Frame], object]
    Build = Callable[[Node], Evaluate]


# What calls a function of the expression even where the service has not made one of JavaScript of it.
_CALL_WHAT_IS_MADE: Final = frozenset({"map", "filter", "reduce", "single", "replace"})
_MATCH_OBJECTS: Final = frozenset({"groupBy", "keyBy", "find", "lofilter", "orderBy"})


class Run(Struct):
    """One evaluation of an expression: when it began, when it has to end, and what it has taken so far.

    ``deadline`` is a moment of ``time.monotonic()``, ``time_s`` the seconds allowed (for messages), ``began_ms``
    milliseconds since 1970, ``items`` how long a list may be; ``ticks`` counts its steps. ``seen`` has calls that end a
    function's body, made without growing the stack: their compiled parts by ``id`` of their node. ``places`` has the
    position in the expression that each function was last called from.
    """

    deadline: float
    time_s: float
    began_ms: int
    items: int
    ticks: int = 0
    seen: dict[str, Any] = field(default_factory=dict)
    places: dict[Native, int] = field(default_factory=dict)

    def tick(self) -> None:
        """To be called for every item of a list and every call.

        Raises ``HostError`` (code D1012) when the evaluation's time is over; it looks at the clock once in 128 calls.
        """
        self.ticks += 1
        if not self.ticks & 127 and time.monotonic() > self.deadline:
            raise HostError(f"the expression took longer than {self.time_s:g} s", "D1012")


def apply(function: object, arguments: list[object], context: object, frame: Frame) -> object:
    """The result of calling ``function`` with ``arguments``.

    ``context`` stands in for an argument that its signature allows to leave out; a function of the expression has
    others that are missing as UNDEFINED, and ignores those that are too many. ``frame`` has the variables at the call.
    Raises ``HostError`` where the call fails, with code T1006 where ``function`` is no function.
    """
    return _finished(_apply_once(function, arguments, context, frame), context, frame)


def _finished(answer: object, context: object, frame: Frame) -> object:
    """An answer; where it is a call at the end of a function, what that answers."""
    while type(answer) is Lambda and answer.thunk is not None:
        call = answer
        node = call.thunk
        following = call.frame.run.seen[id(node)]
        procedure = following[0](call.context, call.frame)
        _place(procedure, following[3], frame)
        given = [_late_argument(procedure, argument(call.context, call.frame), call.frame) for argument in following[1]]
        answer = _located(procedure, given, context, frame, following[3], following[2])
    return answer


def _place(function: object, position: int, frame: Frame) -> None:
    """Note where ``function`` was last called from: that is where the service reports its errors."""
    if type(function) is Closure:
        function = function.origin
    if type(function) is Lambda:
        function.position = position
    elif type(function) is Native:
        frame.run.places[function] = position


def _failed(error: HostError, function: object, frame: Frame) -> None:
    """Give ``error`` the place that ``function`` was last called from, by whatever call, over any other."""
    if type(function) is Lambda:
        error.position = function.position or error.position
    elif type(function) is Native:
        error.position = frame.run.places.get(function) or error.position


def _apply_once(function: object, arguments: list[object], context: object, frame: Frame) -> object:
    frame.run.tick()
    try:
        if type(function) is Lambda:
            if function.signature is not None:
                arguments = function.signature.checked(arguments, context)
            names: dict[str, object] = dict.fromkeys(function.parameters, UNDEFINED)
            names.update(zip(function.parameters, arguments, strict=False))
            return function.body(function.context, Frame(function.frame, frame.run, names))
        if type(function) is Native:
            if function.signature is not None:
                arguments = function.signature.checked(arguments, context)
            if function.with_context:
                return function.call(context, frame, *arguments)
            return function.call(*arguments)
        if isinstance(function, Closure | Regex):
            return function.call(*arguments)
    except HostError as error:
        _failed(error, function, frame)
        raise
    raise HostError("what is called is no function", "T1006")


def _located(
    function: object, arguments: list[object], context: object, frame: Frame, position: int, token: str
) -> object:
    try:
        return _apply_once(function, arguments, context, frame)
    except HostError as error:
        error.at(position, token)
        raise


def build_call(node: Node, build: Build) -> Evaluate:
    """The function that evaluates a call, ``name(…)``, from the context and the variables (a ``Frame``).

    It raises ``HostError`` where the call fails. ``node`` is the call in the syntax tree; ``build`` makes such a
    function for a part of it.
    """
    procedure, arguments = build(node.parts[0]), [build(part) for part in node.parts[1:]]
    name = name_of(node.parts[0])
    position = node.position
    field_called = node.parts[0].kind == "path"

    def call(context: object, frame: Frame) -> object:
        function = procedure(context, frame)
        if function is UNDEFINED and field_called and frame.lookup(name) is not UNDEFINED:
            raise HostError(f"to call the function, write ${name}", "T1005").at(position, name)
        given = [_as_argument(argument(context, frame), frame) for argument in arguments]
        return _called(function, given, context, frame, position, name)

    return call


def _called(function: object, given: list[object], context: object, frame: Frame, position: int, name: str) -> object:
    _place(function, position, frame)
    try:
        answer = _apply_once(function, given, context, frame)
        return _finished(answer, context, frame) if type(answer) is Lambda else answer
    except HostError as error:
        error.at(position, name)
        raise


def _as_argument(value: object, frame: Frame) -> object:
    """A function of JSONata as a function that can be called from Python."""
    if not isinstance(value, Function) or isinstance(value, Closure | Regex):
        return value

    def call(*arguments: object) -> object:
        return apply(value, list(arguments), None, frame)

    return Closure(call, value.arity, value)


def _late_argument(procedure: object, value: object, frame: Frame) -> object:
    """An argument of a call at the end of a function, or of one applied in part.

    There the service hands over a function as it is, an object: some call what the expression defines, others can't.
    """
    if type(procedure) is not Native or not isinstance(value, Function) or isinstance(value, Closure | Regex):
        return value
    if procedure.name in _MATCH_OBJECTS:
        return {"_jsonata_lambda": True}
    is_made = type(value) is Lambda or (type(value) is Native and not value.name)
    if is_made and procedure.name in _CALL_WHAT_IS_MADE:
        return _as_argument(value, frame)

    def call(*_: object) -> object:
        raise HostError("the service can't call a function that is handed over at the end of another, or in part")

    return Closure(call, value.arity, value)


def build_chain(node: Node, build: Build) -> Evaluate:
    """The function that evaluates ``left ~> right`` from the context and the variables (a ``Frame``).

    A call on the right gets the value of ``left`` as its first argument, any other function as its only one; two
    functions give one that calls both in turn. It raises ``HostError`` (T2006) where the right side is no function.
    ``node`` is the part of the syntax tree; ``build`` makes such a function for a part of it.
    """
    left, right = build(node.parts[0]), node.parts[1]
    position = node.position
    if right.kind == "function" and not right.predicates and right.group is None:
        procedure, arguments = build(right.parts[0]), [build(part) for part in right.parts[1:]]
        name = name_of(right.parts[0])

        def call(context: object, frame: Frame) -> object:
            given = [left(context, frame)]
            function = procedure(context, frame)
            given += [_as_argument(argument(context, frame), frame) for argument in arguments]
            return _called(function, given, context, frame, right.position, name)

        return call
    second = build(right)

    def chain(context: object, frame: Frame) -> object:
        value, function = left(context, frame), second(context, frame)
        if not isinstance(function, Function):
            raise HostError("the right side of ~> is no function", "T2006").at(position, "~>")
        if isinstance(value, Function):
            return _composed(value, function, frame)
        return apply(function, [value], None, frame)

    return chain


def _composed(first: Function, second: Function, frame: Frame) -> Native:
    def both(value: object = UNDEFINED) -> object:
        return apply(second, [apply(first, [value], None, frame)], None, frame)

    return Native("", both, 1)


def build_lambda(node: Node, build: Build) -> Evaluate:
    """The function that evaluates ``function($x){…}`` to a ``Lambda``, from the context and the variables.

    ``node`` is that in the syntax tree; ``build`` makes such a function for a part of it. Where ``node`` is a call at
    the end of a function, the ``Lambda`` stands for that call, which the caller then makes.
    """
    parameters = [str(part.value) for part in node.parts[1:]]
    checked = signature(node.signature) if node.signature else None
    if node.thunk:
        return _build_thunk(node.parts[0], build)
    body = build(node.parts[0])

    def make(context: object, frame: Frame) -> object:
        return Lambda(body, parameters, frame, context, checked)

    return make


def _build_thunk(call: Node, build: Build) -> Evaluate:
    procedure = call.parts[0]
    parts = (build(procedure), [build(part) for part in call.parts[1:]], name_of(procedure), procedure.position)

    def make(context: object, frame: Frame) -> object:
        frame.run.seen[id(call)] = parts
        return Lambda(parts[0], [], frame, context, thunk=call)

    return make


def build_partial(node: Node, build: Build) -> Evaluate:
    """The function that evaluates ``name(?, 2)``, from the context and the variables, to a ``Native``.

    That takes the arguments that are written ``?``, in order. It raises ``HostError`` (T1008) where ``name`` is no
    function. ``node`` is the part of the syntax tree; ``build`` makes such a function for a part of it.
    """
    procedure = build(node.parts[0])
    arguments = [None if part.kind == "placeholder" else build(part) for part in node.parts[1:]]
    position, name = node.position, name_of(node.parts[0])
    open_count = arguments.count(None)

    def make(context: object, frame: Frame) -> object:
        given = [argument and argument(context, frame) for argument in arguments]
        function = procedure(context, frame)
        if not isinstance(function, Function):
            raise HostError("what is applied in part is no function", "T1008").at(position, name)
        bound = [(argument is not None, value) for argument, value in zip(arguments, given, strict=True)]
        return Native(name, _partial(function, bound, frame), open_count)

    return make


def _partial(function: Function, bound: list[tuple[bool, object]], frame: Frame) -> Callable[..., object]:
    if type(function) is Native and not function.with_context:
        # JavaScript calls what is applied in part without looking at its signature.
        function = Native(function.name, function.call, function.arity)

    def call(*late: object) -> object:
        rest = iter(late)
        given = [value if is_bound else next(rest, UNDEFINED) for is_bound, value in bound]
        return apply(function, [_late_argument(function, value, frame) for value in given], None, frame)

    return call


def name_of(procedure: Node) -> str:
    """The name of the function that a call names, without ``$``, for error messages; empty where it has none.

    ``procedure`` is the part of the syntax tree before the call's bracket.
    """
    node = procedure.parts[0] if procedure.kind == "path" else procedure
    return str(node.value) if node.value is not None else ""
