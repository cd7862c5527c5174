"""Evaluating without holding up an event loop.

Most expressions are done in microseconds, which handing them to a thread would multiply. So each is tried where it is,
for a moment; one that takes longer is evaluated again in a thread, over JSON text of what it reads: the
engine then lets others run.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from batchctl.errors import ExpressionError
from batchctl.javascript.limits import Limits
from batchctl.structs import replace

if TYPE_CHECKING:
    from batchctl.expression.compiled import Expression
    from batchctl.javascript.values import Undefined

# As long as a call over HTTP may be held up; a little more than what a page of records takes.
MOMENT_S: Final = 0.05
TIME_OVER: Final = "D1012"
_NO_LIMITS_GIVEN: Final = Limits()
_MOMENT: Final = Limits(time_s=MOMENT_S)


async def evaluate_apart(
    expression: Expression, data: object, *, at_once: bool = True, limits: Limits = _NO_LIMITS_GIVEN
) -> object | Undefined:
    """The value of an expression over ``data`` (JSON values), evaluated without blocking the event loop; or UNDEFINED.

    With ``at_once`` it is first tried on the event loop's own thread for at most 50 ms, which most expressions do not
    need; False is for much data. After that it runs in another thread. Raises ``ExpressionError`` where evaluating
    fails or exceeds ``limits``, if not given those of ``Limits()``.
    """
    if at_once:
        try:
            return expression.evaluate(data, limits=_for_a_moment(limits))
        except ExpressionError as error:
            if error.code != TIME_OVER or limits.time_s <= MOMENT_S:
                raise
    return await asyncio.to_thread(_over_text, expression, data, limits)


def _for_a_moment(limits: Limits) -> Limits:
    return _MOMENT if limits is _NO_LIMITS_GIVEN else replace(limits, time_s=min(MOMENT_S, limits.time_s))


def _over_text(expression: Expression, data: object, limits: Limits) -> object | Undefined:
    if expression.is_exact or expression.needs_values(data):
        return expression.evaluate(data, limits=limits)
    from batchctl.expression.parts import evaluate_in_parts  # noqa: PLC0415 - for much data alone

    return evaluate_in_parts(expression, data, limits)
