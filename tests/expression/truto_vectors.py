"""What really ran through @truto/truto-jsonata 3.0.6, held against our answers."""

import json
from dataclasses import dataclass
from typing import Any

from batchctl.expression import FUNCTIONS, Expression, ExpressionError, Limits, analyse, compile_expression
from batchctl.expression.parts import evaluate_in_parts
from batchctl.javascript.key_order import without_surrogates
from batchctl.template import UNDEFINED

Vector = dict[str, Any]
LIMITS = Limits(time_s=10)


@dataclass(frozen=True)
class Difference:
    """Where our answer is another."""

    vector: Vector
    found: str

    def __str__(self) -> str:
        wanted = {key: self.vector[key] for key in ("result", "undefined", "error") if key in self.vector}
        return (
            f"{self.vector['expr']}\n  over {json.dumps(self.vector['input'])[:400]}\n  is {wanted}, not {self.found}"
        )


def is_local(vector: Vector) -> bool:
    """Whether all functions of a vector can be evaluated here."""
    uses = analyse(vector["expr"]).functions
    return all(FUNCTIONS[use.name].local for use in uses if use.name in FUNCTIONS)


def is_comparable(vector: Vector) -> bool:
    """Whether the answer is one that docs/jsonata.md does not list among the known differences."""
    result = vector.get("result")
    return not (isinstance(result, dict) and result.get("sequence") is True) and not (
        vector["expr"].startswith("$values(items.") and isinstance(result, list) and result[-1:] == [True]
    )


def is_known(found: Difference) -> bool:
    """Whether docs/jsonata.md lists the difference, with its reason."""
    text = found.vector["expr"]
    if "$replace(" in text and found.found.startswith("error  a function replaces what a pattern finds"):
        # The service writes the source of the function where a text is to be replaced by what it answers.
        return "async function" in json.dumps(found.vector)
    # A character outside of the basic plane is one for patterns, and two halves on the service.
    if any(ord(char) > 0xFFFF for char in json.dumps(found.vector["input"], ensure_ascii=False)) and "/(.)" in text:
        return True
    # Numbers from 10²¹ on before a picture.
    return "$formatNumber(" in text and "e+2" in json.dumps(found.vector)


def difference(vector: Vector) -> Difference | None:
    """None where value, text and key order are the same, or the error with its code and place."""
    try:
        expression = compile_expression(vector["expr"])
        value = expression.evaluate(vector["input"], limits=LIMITS)
        text = expression.evaluate_json(json.dumps(vector["input"]), limits=LIMITS)
    except ExpressionError as error:
        return _of_error(vector, error)
    # A function has no JSON. Half a surrogate pair is sent as U+FFFD.
    is_nothing = vector.get("undefined") or not {"result", "error"} & vector.keys()
    wanted = UNDEFINED if is_nothing else json.dumps(without_surrogates(vector.get("result")))
    shown = UNDEFINED if value is UNDEFINED else json.dumps(json.loads(json.dumps(value)))
    from_text = UNDEFINED if text is None else json.dumps(json.loads(text))
    in_parts = shown if expression.is_exact else _in_parts(expression, vector)
    if "error" in vector or not all(_same(one, wanted) for one in (shown, from_text, in_parts)):
        return Difference(vector, f"{shown}, as text {from_text}, in parts {in_parts}")
    return None


def _in_parts(expression: Expression, vector: Vector) -> object:
    """What much data is evaluated by: the engine sees only what is read."""
    value = evaluate_in_parts(expression, vector["input"], LIMITS)
    return UNDEFINED if value is UNDEFINED else json.dumps(value)


def _same(one: object, other: object) -> bool:
    if not isinstance(one, str) or not isinstance(other, str):
        return one is other
    # 1.0 and 1 are one number; the order of keys counts.
    return one == other or json.dumps(_doubles(json.loads(one))) == json.dumps(_doubles(json.loads(other)))


def _doubles(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_doubles(item) for item in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _of_error(vector: Vector, error: ExpressionError) -> Difference | None:
    wanted = vector.get("error")
    if wanted is None:
        return Difference(vector, f"error {error.code} {error}")
    if isinstance(wanted, str):
        # Recorded with its code alone.
        return None if wanted == error.code else Difference(vector, f"error {error.code}: {error}")
    code = str(wanted["code"]) if "code" in wanted else ""
    # Where the service has no place, the error arose while its answer was written.
    misplaced = error.position is not None and wanted.get("position", error.position) != error.position
    if code != error.code or misplaced:
        return Difference(vector, f"error {error.code} at {error.position}: {error}")
    return None
