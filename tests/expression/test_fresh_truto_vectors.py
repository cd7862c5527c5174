"""Fresh vectors from Node, where it and the package are there: TRUTO_JSONATA_DIR names the folder in which
``npm install @truto/truto-jsonata@3.0.6`` was run, TRUTO_JSONATA_COUNT how many to make (1500), TRUTO_JSONATA_SEED
with which seed (1).
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from truto_vectors import difference, is_comparable, is_local

FOLDER = os.environ.get("TRUTO_JSONATA_DIR")
COUNT = os.environ.get("TRUTO_JSONATA_COUNT", "1500")
SEED = os.environ.get("TRUTO_JSONATA_SEED", "1")
MAKER = Path(__file__).with_name("make_vectors.mjs")


@pytest.mark.skipif(not (FOLDER and shutil.which("node")), reason="needs Node and TRUTO_JSONATA_DIR")
def test_same_as_the_package() -> None:
    command = ["node", str(MAKER), str(FOLDER), COUNT, SEED]
    made = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "TZ": "UTC"})
    vectors = [json.loads(line) for line in made.stdout.splitlines()]
    assert len(vectors) == int(COUNT)
    found = [difference(vector) for vector in vectors if is_local(vector) and is_comparable(vector)]
    wrong = [str(one) for one in found if one is not None]
    assert not wrong, f"{len(wrong)} of {len(found)}:\n" + "\n".join(wrong[:10])
