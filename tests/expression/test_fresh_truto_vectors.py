"""Fresh vectors from Node, where it and the package are there: TRUTO_JSONATA_DIR names the folder in which
``npm install @truto/truto-jsonata@3.0.6`` was run, TRUTO_JSONATA_COUNT how many to make (1500), TRUTO_JSONATA_SEED
with which seed (1).

``make_vectors.mjs`` calls each function with what it can meet, ``make_expressions.mjs`` builds expressions of the
language as people use it. What docs/jsonata.md lists as different is told from the rest by ``is_known``.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from truto_vectors import difference, is_comparable, is_known, is_local

FOLDER = os.environ.get("TRUTO_JSONATA_DIR")
COUNT = os.environ.get("TRUTO_JSONATA_COUNT", "1500")
SEED = os.environ.get("TRUTO_JSONATA_SEED", "1")


@pytest.mark.skipif(not (FOLDER and shutil.which("node")), reason="needs Node and TRUTO_JSONATA_DIR")
@pytest.mark.parametrize("maker", ["make_vectors.mjs", "make_expressions.mjs"])
def test_same_as_the_package(maker: str) -> None:
    command = ["node", str(Path(__file__).with_name(maker)), str(FOLDER), COUNT, SEED]
    made = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"})
    vectors = [json.loads(line) for line in made.stdout.splitlines()]
    assert len(vectors) == int(COUNT)
    held = [vector for vector in vectors if is_local(vector) and is_comparable(vector)]
    found = [different for vector in held if (different := difference(vector)) is not None]
    wrong = [str(one) for one in found if not is_known(one)]
    assert not wrong, f"{len(wrong)} of {len(held)}:\n" + "\n".join(wrong[:10])
