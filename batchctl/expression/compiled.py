"""An expression, compiled once and evaluated often, from any thread."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from batchctl.expression.analysis import Analysis, analyse
from batchctl.expression.engine import Program, UnreadableInput, readable_text
from batchctl.expression.prelude import prelude_for
from batchctl.javascript.key_order import as_sent, is_as_sent, parts, text_as_sent
from batchctl.javascript.values import UNDEFINED
from batchctl.truto_functions.budget import budget
from batchctl.truto_functions.limits import Limits

if TYPE_CHECKING:
    from batchctl.javascript.values import Undefined

_NO_LIMITS_GIVEN: Final = Limits()
# Functions of JSONata that show in which order the keys of an object come.
_SHOW_ORDER: Final = frozenset({"keys", "each", "sift", "spread", "string", "eval"})


class Expression:
    """A compiled expression. ``text`` is what was compiled, ``analysis`` what it uses.

    The constructor raises ``ExpressionError`` with code and position where the text is not JSONata.
    """

    def __init__(self, text: str) -> None:
        plain = Program(text)
        self.text = text
        self.analysis: Analysis = analyse(text)
        self._prelude = prelude_for(self.analysis)
        source = self._prelude.source
        self._shows_order = bool(self._prelude.bindings) or _shows_order(self.analysis)
        self._to_text = self._program(f"({source}", ")") if self._prelude.bindings else plain
        # jlens has one None for null and for nothing: the expression itself says which it is.
        self._to_value = self._program(f"({source}$__result := (", "); $__found($exists($__result)); $__result)")
        self._reads = self._to_text.reads(self._prelude.bindings)

    def evaluate(self, data: object, *, limits: Limits = _NO_LIMITS_GIVEN) -> object | Undefined:
        """The value over ``data`` (JSON values), or UNDEFINED.

        Raises ``ExpressionError`` where evaluating fails or goes beyond ``limits``.
        """
        try:
            return self._value(self._ordered(data), limits)
        except UnreadableInput:
            return self._value(json.loads(readable_text(json.dumps(data))), limits)

    def evaluate_json(self, text: str, *, limits: Limits = _NO_LIMITS_GIVEN) -> str | None:
        """The same with JSON text in and out, None for nothing. Other threads run meanwhile.

        Raises ``ExpressionError``, also where ``text`` is not JSON.
        """
        try:
            return self._text(text, limits)
        except UnreadableInput:
            return self._text(readable_text(text), limits)

    def _ordered(self, data: object) -> object:
        """``data`` with its keys in JavaScript's order, if the expression can tell."""
        if not self._shows_order or is_as_sent(parts([data], self._reads)):
            return data
        return as_sent(data)

    def _value(self, data: object, limits: Limits) -> object | Undefined:
        if data is None:
            answer = self._text("null", limits)
            return UNDEFINED if answer is None else json.loads(answer)
        found: list[bool] = []
        with budget(limits):
            value = self._to_value.run(data, {**self._prelude.bindings, "__found": found.append}, limits)
        return as_sent(value) if found[0] else UNDEFINED

    def _text(self, text: str, limits: Limits) -> str | None:
        given = text_as_sent(text) if self._shows_order else text
        with budget(limits):
            answer = self._to_text.run_text(given, self._prelude.bindings, limits)
        return None if answer is None else text_as_sent(answer)

    def _program(self, before: str, after: str) -> Program:
        return Program(before + self.text + after, shift=len(before), place=self._place)

    def _place(self, position: int) -> int | None:
        """The place in the user's text for one in the prelude: behind the call, if there is only one."""
        owner = self._prelude.owner(position)
        uses = self.analysis.uses(owner) if owner else ()
        return uses[0].end + uses[0].called if len(uses) == 1 else None


def _shows_order(analysis: Analysis) -> bool:
    uses = {use.name for use in analysis.functions}
    return analysis.wildcards or analysis.concatenates or not uses.isdisjoint(_SHOW_ORDER)


@lru_cache(maxsize=512)
def compile_expression(expression: str) -> Expression:
    """``expression`` compiled, or the one that was compiled before.

    Raises ``ExpressionError`` with code and position where it is not JSONata.
    """
    return Expression(expression)
