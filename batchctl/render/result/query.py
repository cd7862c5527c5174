"""``--query``: the value that a JSONata expression picks from a result."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from batchctl.errors import ExpressionError, UsageError
from batchctl.expression import FUNCTIONS, compile_expression
from batchctl.render.result.value import value_text
from batchctl.structs import Struct

if TYPE_CHECKING:
    from batchctl.expression import Expression
    from batchctl.json_types import JsonValue

_KINDS = {type(None): "null", bool: "a boolean", list: "a list", dict: "an object"}


class Query(Struct, frozen=True):
    """A compiled JSONata expression of ``--query``; ``raw`` writes what it picks without JSON's quotes."""

    expression: Expression
    raw: bool = False

    @classmethod
    def of(cls, text: str, *, raw: bool = False) -> Query:
        """Compile ``text``. Raises ``ExpressionError`` for a syntax error or a function that there is not."""
        compiled = compile_expression(text)
        for use in compiled.analysis.functions:
            if use.called and use.name not in FUNCTIONS:
                raise ExpressionError(f"there is no function ${use.name}", code="T1006", position=use.end + 1)
        return cls(compiled, raw)

    def pick(self, document: str, *, ascii_only: bool = False) -> str | None:
        """The text to write for ``document`` (JSON text): the value as JSON or raw, None where nothing is found.

        Raises ``ExpressionError`` where the query fails, ``UsageError`` where raw text is asked for and the value is no
        single text or number. ``ascii_only`` writes characters beyond ASCII as escapes.
        """
        answer = self.expression.evaluate_json(document)
        if answer is None:
            return None
        value = json.loads(answer)
        if self.raw:
            self.raw_text(value)
        return value_text(value, raw=self.raw, ascii_only=ascii_only and not self.raw)

    def value(self, document: str) -> JsonValue:
        """The value that the expression picks from ``document`` (JSON text); None where it picks nothing.

        Raises ``ExpressionError`` for an expression that can't be evaluated over it.
        """
        answer = self.expression.evaluate_json(document)
        found: JsonValue = None if answer is None else json.loads(answer)
        return found

    def raw_text(self, value: JsonValue) -> str:
        """A text or a number as text without quotes. Raises ``UsageError`` for any other value."""
        if type(value) in _KINDS:
            raise UsageError(
                f"--raw prints one text or number, and the query gives {_KINDS[type(value)]}",
                hint="without --raw it is printed as JSON",
            )
        return value if isinstance(value, str) else json.dumps(value)
