"""Every special object against every operator and function that can meet it: answers of the npm package.

``special_wide.jsonl`` has them nested, and handed over in every place of the functions. Made with
``make_expressions.mjs PACKAGE_DIR 100000 1 sweep`` (TZ=UTC); left out are those that docs/jsonata.md lists as
different, and answers of more than 700 characters.
"""

import json
from pathlib import Path

import pytest
from truto_vectors import difference

FOLDER = Path(__file__).parent.parent / "vectors"
LINES = [
    line
    for name in ("special_sweep", "special_wide")
    for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
]
INPUT = {"nodes": [{"id": "a"}, {"id": "b", "on": "a"}]}
PARTS = 16


@pytest.mark.parametrize("part", range(PARTS))
def test_same_as_the_service(part: int) -> None:
    vectors = [{**json.loads(line), "input": INPUT} for line in LINES[part::PARTS]]
    assert len(vectors) > 300
    wrong = [str(found) for vector in vectors if (found := difference(vector)) is not None]
    assert not wrong, f"{len(wrong)} of {len(vectors)}:\n" + "\n".join(wrong[:10])
