"""Fresh vectors from Node, where it and the package are there: REPLACE_PLACEHOLDERS_DIR names the folder
in which ``npm install @truto/replace-placeholders@1.0.11`` was run, REPLACE_PLACEHOLDERS_COUNT how many to make.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from batchctl.template import UNDEFINED, TemplateError, compile_template, render

FOLDER = os.environ.get("REPLACE_PLACEHOLDERS_DIR", "")
NODE = shutil.which("node")
SCRIPT = Path(__file__).with_name("make_vectors.mjs")


@pytest.mark.skipif(not FOLDER or NODE is None, reason="needs Node and REPLACE_PLACEHOLDERS_DIR")
def test_fresh_vectors() -> None:
    count = os.environ.get("REPLACE_PLACEHOLDERS_COUNT", "2000")
    seed = os.environ.get("REPLACE_PLACEHOLDERS_SEED", "1")
    made = subprocess.run([str(NODE), str(SCRIPT), FOLDER, count, seed], capture_output=True, check=True)
    wrong = []
    for line in made.stdout.decode().splitlines():
        case = json.loads(line)
        try:
            answer = render(case["template"], case["context"])
        except TemplateError:
            answer = "ERROR"
        expected = "ERROR" if "error" in case else UNDEFINED if case.get("undefined") else case["result"]
        if answer != expected:
            wrong.append((line, answer))
    assert not wrong, f"{len(wrong)} of {count}, the first: {wrong[0]}"


def test_compiled_and_rendered_twice_is_the_same() -> None:
    template = compile_template({"a": "{{args.a:json}}", "$truto_merge": "{{args.b:json}}"})
    context = {"args": {"a": {"x": "{{args.c}}"}, "b": {"y": [1]}, "c": "z"}}
    before = json.dumps(context)
    first = template.render(context)
    assert first == template.render(context) == {"a": {"x": "z"}, "y": [1]}
    assert json.dumps(context) == before
