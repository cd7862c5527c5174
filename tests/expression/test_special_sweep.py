"""Every special object against every operator and function that can meet it: answers of the npm package.

``special_wide.jsonl`` has them nested, and handed over in every place of the functions. Made with
``make_expressions.mjs PACKAGE_DIR 100000 1 sweep`` (TZ=UTC). ``special_arguments.jsonl`` is a part of what
``make_special.mjs`` makes: they stand for every argument and option. Left out are those that docs/jsonata.md lists as
different, and answers of more than 700 characters.
"""

import json
from pathlib import Path

import pytest
from truto_vectors import difference

FOLDER = Path(__file__).parent.parent / "vectors"
NODES = [{"id": "a"}, {"id": "b", "on": "a"}]
INPUTS = {
    "special_sweep": {"nodes": NODES},
    "special_wide": {"nodes": NODES},
    "special_arguments": {"at": "2024-05-06T07:08:09Z", "nodes": NODES},
}
LINES = [
    (line, given)
    for name, given in INPUTS.items()
    for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()
]
PARTS = 16


@pytest.mark.parametrize("part", range(PARTS))
def test_same_as_the_service(part: int) -> None:
    vectors = [{**json.loads(line), "input": given} for line, given in LINES[part::PARTS]]
    assert len(vectors) > 300
    wrong = [str(found) for vector in vectors if (found := difference(vector)) is not None]
    assert not wrong, f"{len(wrong)} of {len(vectors)}:\n" + "\n".join(wrong[:10])
