"""Expressions of a request, evaluated in the middle of plain code: a heavy one must not hold up the event loop there.

Each is tried where it stands, for a moment. One that takes longer stops the plain code with ``TooHeavy``; it is then
evaluated apart, and the plain code begins again, where it gets the value that is known by now.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from batchctl.errors import ExpressionError
from batchctl.expression import compile_expression, evaluate_apart
from batchctl.expression.apart import MOMENT_S, TIME_OVER
from batchctl.javascript.limits import Limits

if TYPE_CHECKING:
    from batchctl.json_types import JsonObject

_MOMENT: Final = Limits(time_s=MOMENT_S)


@dataclass(frozen=True)
class TooHeavy(Exception):
    """An expression takes too long to be evaluated without blocking the event loop.

    It is the expression ``text`` over ``data``; ``number`` counts the evaluations since ``Evaluations.begin``, from 0.
    """

    number: int
    text: str
    data: JsonObject


class Evaluations:
    """Evaluates the expressions of one piece of synchronous code, which is run again where one of them takes too long.

    Call it with an expression's text and the data it reads. It returns the value (``UNDEFINED`` where there is none),
    or raises ``ExpressionError``, or ``TooHeavy`` after a moment: then await ``settle`` with that exception, call
    ``begin``, and run the code again from its start. What is known by then is not evaluated again.
    """

    def __init__(self) -> None:
        self._done: dict[int, object] = {}
        self._next = 0

    def begin(self) -> None:
        """Call this before the code runs, for the first time or again: its first evaluation comes next."""
        self._next = 0

    def __call__(self, text: str, data: JsonObject) -> object:
        """The value of an expression, or UNDEFINED. Raises ``ExpressionError``, and ``TooHeavy``."""
        number = self._next
        self._next += 1
        if number in self._done:
            known = self._done[number]
            if isinstance(known, ExpressionError):
                raise known
            return known
        try:
            return compile_expression(text).evaluate(data, limits=_MOMENT)
        except ExpressionError as error:
            if error.code != TIME_OVER:
                raise
            raise TooHeavy(number, text, data) from None

    async def settle(self, heavy: TooHeavy) -> None:
        """Evaluate ``heavy`` without blocking the event loop; its value or error is used when the code runs again."""
        try:
            found = await evaluate_apart(compile_expression(heavy.text), heavy.data, at_once=False)
        except ExpressionError as error:
            found = error
        self._done[heavy.number] = found


def is_true(value: object) -> bool:
    """Whether the ``value`` of a condition counts as true, as JSONata's ``$boolean`` has it.

    It is JSON, or ``UNDEFINED`` where the condition gave nothing. False are ``UNDEFINED``, null, false, 0, what is
    empty, and a list in which nothing counts as true.
    """
    if isinstance(value, list):
        return any(map(is_true, value))
    return bool(value)
