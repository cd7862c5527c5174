"""The evaluator in Python answers what the package answers, also where the first engine would be asked."""

import json
from pathlib import Path

import pytest
from truto_vectors import Vector, is_local

from batchctl.errors import ExpressionError
from batchctl.expression import check_syntax
from batchctl.expression.exact import ExactProgram
from batchctl.javascript.limits import Limits
from batchctl.javascript.values import UNDEFINED

LINES = (Path(__file__).parent.parent / "vectors" / "truto_jsonata.jsonl").read_text("utf-8").splitlines()
VECTORS: list[Vector] = [
    vector for vector in map(json.loads, LINES) if is_local(vector) and check_syntax(vector["expr"]) is None
]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["expr"][:60])
def test_the_evaluator_alone_is_the_same_as_the_service(vector: Vector) -> None:
    program = ExactProgram(vector["expr"])
    if "error" in vector:
        with pytest.raises(ExpressionError) as caught:
            program.run(vector["input"], Limits(time_s=10))
        assert caught.value.code == str(vector["error"].get("code", ""))
    else:
        value = program.run(vector["input"], Limits(time_s=10))
        assert value == (UNDEFINED if vector.get("undefined") else vector["result"])
