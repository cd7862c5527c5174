"""Fresh vectors from Node, where it and the package are there: REPLACE_PLACEHOLDERS_DIR names the folder
in which ``npm install @truto/replace-placeholders@1.0.11`` was run, REPLACE_PLACEHOLDERS_COUNT how many to make.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from batchctl.template import UNDEFINED, TemplateError, compile_template

FOLDER = os.environ.get("REPLACE_PLACEHOLDERS_DIR", "")
NODE = shutil.which("node")
SCRIPT = Path(__file__).with_name("make_vectors.mjs")


def answer_to(case: dict[str, object]) -> object:
    try:
        template = compile_template(case["template"])
        answer = template.render(case["context"])
    except TemplateError:
        return "ERROR"
    traced = template.render_with_trace(case["context"])
    assert (traced.value, len(traced.trace)) == (answer, len(template.references)), case
    return answer


@pytest.mark.skipif(not FOLDER or NODE is None, reason="needs Node and REPLACE_PLACEHOLDERS_DIR")
def test_fresh_vectors() -> None:
    count = os.environ.get("REPLACE_PLACEHOLDERS_COUNT", "2000")
    seed = os.environ.get("REPLACE_PLACEHOLDERS_SEED", "1")
    made = subprocess.run([str(NODE), str(SCRIPT), FOLDER, count, seed], capture_output=True, check=True)
    lines = made.stdout.decode().split("\n")[:-1]
    wrong = []
    for line in lines:
        case = json.loads(line)
        answer = answer_to(case)
        expected = "ERROR" if "error" in case else UNDEFINED if case.get("undefined") else case["result"]
        # As text, where 1 is not true.
        if answer is not expected and (
            UNDEFINED in (answer, expected)
            or json.dumps(answer, sort_keys=True) != json.dumps(expected, sort_keys=True)
        ):
            wrong.append((line, answer))
    assert len(lines) == int(count)
    assert not wrong, f"{len(wrong)} of {count}, the first: {wrong[0]}"


def test_compiled_and_rendered_twice_is_the_same() -> None:
    template = compile_template({"a": "{{args.a:json}}", "$truto_merge": "{{args.b:json}}"})
    context = {"args": {"a": {"x": "{{args.c}}"}, "b": {"y": [1]}, "c": "z"}}
    before = json.dumps(context)
    first = template.render(context)
    assert first == template.render(context) == {"a": {"x": "z"}, "y": [1]}
    assert json.dumps(context) == before
