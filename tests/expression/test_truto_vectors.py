"""The recorded vectors. What can't be the same is listed, and fails here when it becomes so."""

import json
from pathlib import Path

import pytest
from truto_vectors import Vector, difference, is_local

from batchctl.expression import ExpressionError, evaluate

LINES = (Path(__file__).parent.parent / "vectors" / "truto_jsonata.jsonl").read_text("utf-8").splitlines()
VECTORS: list[Vector] = [json.loads(line) for line in LINES]
LOCAL = [vector for vector in VECTORS if is_local(vector)]
# NaN is null already inside the expression; a function inside an object is lost on its way to $string.
KNOWN = {
    '$toNumber("12abc") > 0',
    *(vector["expr"] for vector in VECTORS if '$string({"f":function($x){$x}})' in vector["expr"]),
}


@pytest.mark.parametrize("vector", LOCAL, ids=lambda vector: vector["expr"][:60])
def test_same_as_the_service(vector: Vector) -> None:
    found = difference(vector)
    assert (found is not None) == (vector["expr"] in KNOWN), str(found)


@pytest.mark.parametrize("vector", [vector for vector in VECTORS if not is_local(vector)], ids=lambda v: v["expr"][:60])
def test_a_function_of_the_service_alone_says_so(vector: Vector) -> None:
    with pytest.raises(ExpressionError, match="exists on Truto, but is not available locally"):
        evaluate(vector["expr"], vector["input"])
