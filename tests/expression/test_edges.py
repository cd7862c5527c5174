"""Edges of the language: what the evaluator in Python answers is what the npm package jsonata 2.2.1 answers.

``make_edges.mjs`` writes the answers of the package into the file of vectors.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from batchctl.errors import ExpressionError
from batchctl.expression.exact import ExactProgram
from batchctl.javascript.limits import Limits
from batchctl.javascript.values import UNDEFINED

LINES = (Path(__file__).parent.parent / "vectors" / "jsonata_edges.jsonl").read_text("utf-8").splitlines()
INPUT, *VECTORS = map(json.loads, LINES)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: ascii(vector["expr"])[:60])
def test_it_is_what_the_package_answers(vector: dict[str, Any]) -> None:
    if "code" in vector:
        with pytest.raises(ExpressionError) as caught:
            ExactProgram(vector["expr"]).run(INPUT, Limits(time_s=60))
        assert caught.value.code == vector["code"]
    else:
        value = ExactProgram(vector["expr"]).run(INPUT, Limits(time_s=60))
        assert value == (UNDEFINED if vector.get("undefined") else vector["result"])
