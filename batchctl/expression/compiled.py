"""An expression, compiled once and evaluated often, from any thread."""

from __future__ import annotations

import json
import re
import time
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from batchctl.errors import ExpressionError
from batchctl.expression.analysis import Analysis, analyse
from batchctl.expression.engine import Program, UnreadableInput, program_of, readable_text
from batchctl.expression.prelude import prelude_for
from batchctl.expression.routing import keeps_order, needs_exact, shows_order
from batchctl.javascript.budget import budget
from batchctl.javascript.errors import NotExact
from batchctl.javascript.key_order import as_sent, holds_more, is_as_sent, parts, text_as_sent, to_json
from batchctl.javascript.limits import Limits
from batchctl.javascript.objects import SpecialObject
from batchctl.javascript.values import UNDEFINED
from batchctl.json_types import holds_file
from batchctl.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from batchctl.expression.exact import ExactProgram
    from batchctl.javascript.values import Undefined

_NO_LIMITS_GIVEN: Final = Limits()
# The evaluation goes beyond what it may take, or uses what is not here.
_LIMITS: Final = frozenset({"D1011", "D1012", "D2014", "U1001", "not-local"})
# Values that go to the first engine, and from it to a function of ours, in a second: about, and rather too few.
_HANDED_OVER_PER_S: Final = 300_000
# What a value of a JSON text takes at least, its comma included.
_LEAST_BYTES: Final = 2
# What the first engine says where a number is infinite.
_OUT_OF_RANGE: Final = "D1001"
# And where an array grows too long, or a value is nested too deep.
_TOO_LARGE: Final = "U1001"
# Values of a list of which JSON text is made at once.
_PIECE: Final = 2_000
_BEGINS_WITH_PATTERN: Final = re.compile(r"(?:\s|/\*(?:[^*]|\*(?!/))*\*/)*/(?!\*)")
# The one root that may hold more than JSON values.
_RUN: Final = "sync_job_run"


class Expression:
    """A compiled JSONata expression, to be evaluated any number of times, from any thread.

    ``text`` is what was compiled, ``analysis`` says what it uses; ``is_exact`` whether it is always evaluated by the
    engine in Python (``batchctl.jsonata``), which takes values, so that JSON text is parsed first. The constructor
    raises ``ExpressionError`` with code and position where the text is not JSONata. Without ``limits``, methods
    evaluate within those of ``Limits()``.
    """

    def __init__(self, text: str) -> None:
        plain = program_of(text)
        self.text = text
        self.analysis: Analysis = analyse(text)
        self.is_exact = needs_exact(self.analysis)
        self._prelude = prelude_for(self.analysis)
        self._shows_order = bool(self._prelude.bindings) or shows_order(self.analysis)
        # Then an answer needs no look of its own where nothing in the input had to change.
        self._keeps_order = self._shows_order and not self._prelude.bindings and keeps_order(self.analysis)
        source = self._prelude.source
        self._to_text = self._program(f"({source}", ")") if self._prelude.bindings else plain
        # The engine has one None for null and for nothing: an object with or without a member says which it is.
        # After a bracket a slash divides, in JSONata: a pattern needs something before it.
        first = "0; " if _BEGINS_WITH_PATTERN.match(text) else ""
        self._to_value = self._program(f'({source}{{"v": ({first}', ")})")
        self._reads = self._to_text.reads()
        self._reads_run = not isinstance(self._reads, dict) or _RUN in self._reads

    def needs_values(self, data: object) -> bool:
        """Whether it may read values in ``data`` that JSON text can't hold.

        These are the dates in ``sync_job_run``, which a sync job's run has, and the bytes of files.
        """
        if holds_file(data):
            return True
        if not self._reads_run or type(data) is not dict or type(row := data.get(_RUN)) is not dict:
            return False
        return any(isinstance(value, SpecialObject) for value in row.values())

    def text_read(self, data: object) -> str:
        """``data`` (JSON values) as JSON text, without the members that the expression does not read."""
        return _text_read(data, self._reads)

    def evaluate(self, data: object, *, limits: Limits = _NO_LIMITS_GIVEN) -> object | Undefined:
        """The value over the input ``data`` (JSON values); UNDEFINED where it has none, None for null.

        As in JSONata, a path that finds one item gives that item, not a list of it, and nothing where it finds none.
        Without ``limits`` those that ``Limits()`` has by itself hold. Raises ``ExpressionError`` where evaluating fails
        or goes beyond ``limits``.
        """
        started = time.monotonic()
        try:
            return self._value(data, limits, started)
        except UnreadableInput:
            return self._value(json.loads(readable_text(json.dumps(data))), limits.since(started), time.monotonic())

    def evaluate_json(self, text: str, *, limits: Limits = _NO_LIMITS_GIVEN) -> str | None:
        """The value over the input ``text`` (JSON), as JSON text; None where it has none. Other threads run meanwhile.

        Raises ``ExpressionError`` where evaluating fails or goes beyond ``limits``, or ``text`` is not JSON.
        """
        started = time.monotonic()
        try:
            return self._text(text, limits, started)
        except UnreadableInput:
            return self._text(readable_text(text), limits.since(started), time.monotonic())

    @cached_property
    def _exact(self) -> ExactProgram:
        from batchctl.expression.exact import ExactProgram

        return ExactProgram(self.text)

    def _ordered(self, data: object) -> object:
        """``data`` with its keys in JavaScript's order, if the expression can tell."""
        if not self._shows_order or is_as_sent(parts([data], self._reads)):
            return data
        return as_sent(data)

    def _value(self, data: object, limits: Limits, started: float) -> object | Undefined:
        if data is None and not self.is_exact:
            answer = self._text("null", limits, started)
            return UNDEFINED if answer is None else json.loads(answer)
        if self.is_exact or self.needs_values(data) or self._is_too_much(data, limits):
            return self._exactly(data, limits.since(started))
        given = self._ordered(data)
        try:
            found = self._run(given, limits)
        except NotExact:
            return self._exactly(data, limits.since(started))
        except UnreadableInput:
            raise
        except ExpressionError as error:
            if not self._may_be_done_exactly(error):
                raise self._as_there(error, lambda: self._exactly(data, limits.since(started))) from None
            return self._exactly(data, limits.since(started))
        if not found:
            return UNDEFINED
        return found["v"] if self._keeps_order and given is data else as_sent(found["v"])

    def _is_too_much(self, data: object, limits: Limits) -> bool:
        """Whether handing the input over to functions of ours, which nothing can stop, would take all of the time."""
        if not self._prelude.bindings:
            return False
        return holds_more(parts([data], self._reads), _handed_over_in(limits.time_s))

    def _run(self, data: object, limits: Limits) -> Any:
        if not self._prelude.bindings:
            return self._to_value.run(data, limits)
        with budget(limits, made_objects=self.analysis.makes_objects):
            return self._to_value.run(data, _handed_over(limits))

    def _may_be_done_exactly(self, error: ExpressionError) -> bool:
        """Whether the first engine can't say: a number is infinite, or what it would hand over is too large or deep."""
        return error.code == _OUT_OF_RANGE or (error.code == _TOO_LARGE and bool(self._prelude.bindings))

    def _exactly(self, data: object, limits: Limits) -> object | Undefined:
        with budget(limits):
            return self._exact.run(data, limits)

    @staticmethod
    def _as_there(error: ExpressionError, exactly: Callable[[], object]) -> ExpressionError:
        """An error of the first engine with the place, and of several that one, which the service reports."""
        if error.code in _LIMITS:
            return error
        try:
            exactly()
        except ExpressionError as found:
            if found.code == error.code:
                return ExpressionError(str(error), code=error.code, position=found.position)
            return found if found.code and found.code not in _LIMITS else error
        return error

    def _exact_text(self, text: str, limits: Limits, started: float) -> str | None:
        return self._exact_text_of(_read(text), limits, started)

    def _exact_text_of(self, data: object, limits: Limits, started: float) -> str | None:
        answer = self._exactly(data, limits.since(started))
        return None if answer is UNDEFINED else to_json(answer)

    def _text(self, text: str, limits: Limits, started: float) -> str | None:
        if self.is_exact:
            return self._exact_text(text, limits, started)
        if self._prelude.bindings and len(text) > _LEAST_BYTES * _handed_over_in(limits.time_s):
            data = _read(text)
            if self._is_too_much(data, limits):
                return self._exact_text_of(data, limits, started)
        given = text_as_sent(text) if self._shows_order else text
        try:
            with budget(limits, made_objects=self.analysis.makes_objects):
                within = _handed_over(limits) if self._prelude.bindings else limits
                answer = self._to_text.run_text(given, within)
        except NotExact:
            return self._exact_text(text, limits, started)
        except UnreadableInput:
            raise
        except ExpressionError as error:
            if not self._may_be_done_exactly(error):
                raise self._as_there(error, lambda: self._exact_text(text, limits, started)) from None
            return self._exact_text(text, limits, started)
        return answer if answer is None or (self._keeps_order and given is text) else text_as_sent(answer)

    def _program(self, before: str, after: str) -> Program:
        return Program(before + self.text + after, self._prelude.bindings, shift=len(before), place=self._place)

    def _place(self, position: int) -> int | None:
        """The place in the user's text for one in the prelude: after the call, if there is only one."""
        owner = self._prelude.owner(position)
        uses = self.analysis.uses(owner) if owner else ()
        return uses[0].end + uses[0].called if len(uses) == 1 else None


def _handed_over_in(time_s: float) -> int:
    return int(time_s * _HANDED_OVER_PER_S)


@lru_cache(maxsize=16)
def _handed_over(limits: Limits) -> Limits:
    """``limits`` for what the first engine makes and hands over to a function of ours, which nothing can stop."""
    most = _handed_over_in(limits.time_s)
    return limits if most >= limits.items else replace(limits, items=most)


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ExpressionError(f"the input is not valid JSON: {error}") from None


def _read_alone(data: object, read: object) -> object:
    if not isinstance(read, dict):
        return data
    if type(data) is list:
        return [_read_alone(value, read) for value in data]
    if type(data) is not dict:
        return data
    return {name: _read_alone(value, read[name]) for name, value in data.items() if name in read}


def _text_read(data: object, read: object) -> str:
    """The text of what is read of ``data``: long lists piece by piece, as none of it is needed but its text."""
    if isinstance(read, dict) and type(data) is dict:
        members = (f"{to_json(name)}:{_text_read(data[name], read[name])}" for name in data if name in read)
        return f"{{{','.join(members)}}}"
    if isinstance(read, dict) and type(data) is list:
        pieces = (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))
        return f"[{','.join(to_json(_read_alone(piece, read))[1:-1] for piece in pieces)}]"
    return to_json(data)


@lru_cache(maxsize=512)
def compile_expression(expression: str) -> Expression:
    """The JSONata ``expression`` compiled; the last 512 are kept, so compiling one again costs nothing.

    Raises ``ExpressionError`` with code and position where it is not JSONata.
    """
    return Expression(expression)
