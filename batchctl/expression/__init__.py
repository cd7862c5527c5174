"""JSONata → value, as Truto evaluates it. Knows nothing of YAML or batches.

The language is that of the npm package @truto/truto-jsonata 3.0.6: JSONata 2.2.1 with seven functions replaced and
sixty added. The engine is imported when the first expression is compiled; the analysis needs none.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from batchctl.errors import ExpressionError
from batchctl.javascript.limits import Limits
from batchctl.truto_functions.catalogue import FUNCTIONS, FunctionInfo

if TYPE_CHECKING:
    from batchctl.expression.analysis import Analysis, FunctionUse, Hyphen, PathRead, analyse
    from batchctl.expression.apart import evaluate_apart
    from batchctl.expression.compiled import Expression, compile_expression
    from batchctl.expression.observing import observed_pitfalls
    from batchctl.expression.pitfall_search import find_pitfalls
    from batchctl.javascript.values import Undefined

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
    "evaluate_apart",
    "find_pitfalls",
    "observed_pitfalls",
]


# Most of what checks a file needs the analysis alone, and a file without expressions not even that.
_LATE = {
    **dict.fromkeys(("Analysis", "FunctionUse", "Hyphen", "PathRead", "analyse"), "analysis"),
    **dict.fromkeys(("Expression", "compile_expression"), "compiled"),
    "evaluate_apart": "apart",
    "observed_pitfalls": "observing",
    "find_pitfalls": "pitfall_search",
}


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module 'batchctl.expression' has no attribute {name!r}")
    return getattr(import_module(f"batchctl.expression.{_LATE[name]}"), name)


def evaluate(expression: str, data: object) -> object | Undefined:
    """The value of the JSONata ``expression`` over the input ``data`` (JSON values); UNDEFINED where it has none.

    None is null. As in JSONata, a path that finds one item gives that item, not a list of it.

    >>> evaluate("$join(names)", {"names": ["a", "b"]})
    'a,b'

    Raises ``ExpressionError`` where it is not JSONata, fails, or takes more than the usual ``Limits`` allow.
    """
    from batchctl.expression.compiled import compile_expression

    return compile_expression(expression).evaluate(data)


def check_syntax(expression: str) -> ExpressionError | None:
    """The syntax error in the JSONata ``expression``; None where there is none.

    It evaluates nothing and does not load Truto's functions, so an unknown function is no error here.
    """
    from batchctl.expression.engine import program_of

    try:
        program_of(expression)
    except ExpressionError as error:
        return error
    return None
