"""Answers that @truto/replace-placeholders 1.0.11 gave, held against ours."""

import json
from pathlib import Path

import pytest

from batchctl.template import UNDEFINED, TemplateError, render

VECTORS = Path(__file__).parent.parent / "vectors" / "placeholders.jsonl"
CASES = [json.loads(line) for line in VECTORS.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("case", CASES, ids=[f"line-{number}" for number in range(1, len(CASES) + 1)])
def test_renders_as_the_package_does(case: dict[str, object]) -> None:
    if "error" in case:
        with pytest.raises(TemplateError):
            render(case["template"], case["context"])
    elif case.get("undefined"):
        assert render(case["template"], case["context"]) is UNDEFINED
    else:
        assert render(case["template"], case["context"]) == case["result"]
