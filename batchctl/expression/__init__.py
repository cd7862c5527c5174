"""JSONata → value, as Truto evaluates it. Knows nothing of YAML or batches.

The language is that of the npm package @truto/truto-jsonata 3.0.6: JSONata 2.2.1 with seven functions replaced and
sixty added. The engine is imported when the first expression is compiled; the analysis needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from batchctl.errors import ExpressionError
from batchctl.expression.analysis import Analysis, FunctionUse, Hyphen, PathRead, analyse
from batchctl.expression.catalogue import FUNCTIONS, FunctionInfo
from batchctl.expression.compiled import Expression, compile_expression
from batchctl.expression.limits import Limits

if TYPE_CHECKING:
    from batchctl.template.values import Undefined

__all__ = [
    "FUNCTIONS",
    "Analysis",
    "Expression",
    "ExpressionError",
    "FunctionInfo",
    "FunctionUse",
    "Hyphen",
    "Limits",
    "PathRead",
    "analyse",
    "check_syntax",
    "compile_expression",
    "evaluate",
]


def evaluate(expression: str, data: object) -> object | Undefined:
    """The value of ``expression`` over ``data`` (JSON values), or UNDEFINED.

    >>> evaluate("$join(names)", {"names": ["a", "b"]})
    'a,b'

    Raises ``ExpressionError``.
    """
    return compile_expression(expression).evaluate(data)


def check_syntax(expression: str) -> ExpressionError | None:
    """What is wrong with the text of ``expression``, or None."""
    try:
        compile_expression(expression)
    except ExpressionError as error:
        return error
    return None
