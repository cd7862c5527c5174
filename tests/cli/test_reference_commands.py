"""``graph``, ``rules``, ``explain`` and ``schema`` as whole commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from batchctl.diagnostics.kinds import KINDS

ROOT = Path(__file__).parents[2]
FILE = ROOT / "samples" / "quickstart.yaml"


def batchctl(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_rules_lists_every_kind() -> None:
    done = batchctl("rules", "--format", "json")
    assert done.returncode == 0
    found = {entry["name"]: (entry["code"], entry["severity"]) for entry in json.loads(done.stdout)}
    assert found == {name: (kind.code, kind.severity.value) for name, kind in KINDS.items()}
    assert len(batchctl("rules").stdout.splitlines()) >= len(KINDS)


@pytest.mark.parametrize("word", ["missing-id", "BC602", "bc602"])
def test_explain(word: str) -> None:
    done = batchctl("explain", word)
    assert done.returncode == 0
    assert done.stdout.startswith("BC602 missing-id")
    assert json.loads(batchctl("explain", word, "--format", "json").stdout)["code"] == "BC602"


def test_explain_suggests() -> None:
    done = batchctl("explain", "mising-id")
    assert done.returncode == 2
    assert 'did you mean "missing-id"?' in done.stderr


def test_schema_is_json_schema() -> None:
    done = batchctl("schema")
    assert done.returncode == 0
    assert json.loads(done.stdout)["$schema"].startswith("https://json-schema.org/")


@pytest.mark.parametrize(
    ("picture", "beginning"), [("mermaid", "flowchart"), ("dot", "digraph"), ("svg", "<svg"), ("text", "")]
)
def test_graph(picture: str, beginning: str) -> None:
    done = batchctl("graph", str(FILE), "--format", picture)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.lstrip().startswith(beginning)
    assert "contacts" in done.stdout
