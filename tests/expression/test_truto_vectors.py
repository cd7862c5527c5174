"""The recorded vectors: answers of the npm package."""

import json
from pathlib import Path

import pytest
from truto_vectors import Vector, difference, is_local

from batchctl.expression import ExpressionError, evaluate

FOLDER = Path(__file__).parent.parent / "vectors"
NAMES = [
    "truto_jsonata",
    "special_values",
    "binary",
    "html",
    "numbers_and_errors",
    "functions",
    "functions_handed_over",
]
VECTORS: list[Vector] = [
    json.loads(line) for name in NAMES for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
]
LOCAL = [vector for vector in VECTORS if is_local(vector)]


@pytest.mark.parametrize("vector", LOCAL, ids=lambda vector: vector["expr"][:60])
def test_same_as_the_service(vector: Vector) -> None:
    found = difference(vector)
    assert found is None, str(found)


@pytest.mark.parametrize("vector", [vector for vector in VECTORS if not is_local(vector)], ids=lambda v: v["expr"][:60])
def test_a_function_of_the_service_alone_says_so(vector: Vector) -> None:
    with pytest.raises(ExpressionError, match="exists on Truto, but is not available locally"):
        evaluate(vector["expr"], vector["input"])
