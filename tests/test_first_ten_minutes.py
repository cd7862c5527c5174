"""docs/index.md is followed word by word: its commands, in their order, in an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from shown_commands import ROOT

PAGE = (ROOT / "docs" / "index.md").read_text("utf-8")
BLOCK = re.compile(r"^```(sh|yaml)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_each_step_works(tmp_path: Path) -> None:
    own = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{own}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path)}
    environment.pop("TRUTO_API_TOKEN", None)
    commands = 0
    for kind, text in BLOCK.findall(PAGE):
        if kind == "yaml" and text.startswith("x-tests"):
            with (tmp_path / "contacts.batch.yaml").open("a", encoding="utf-8") as file:
                file.write(text)
        elif kind == "sh":
            done = subprocess.run(
                ["bash", "-e", "-c", text], cwd=tmp_path, env=environment, capture_output=True, check=False
            )
            assert done.returncode == 0, (text, done.stdout, done.stderr)
            commands += len(text.splitlines())
    assert commands >= 7


def test_its_workflow_is_one(tmp_path: Path) -> None:
    file = tmp_path / "workflow.yml"
    file.write_text(next(text for _, text in BLOCK.findall(PAGE) if text.startswith("name: batchctl")), "utf-8")
    workflow = yaml.safe_load(file.read_text("utf-8"))
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    step = next(each for each in workflow["jobs"]["definitions"]["steps"] if "batchctl@" in each.get("uses", ""))
    assert set(step["with"]) <= set(action["inputs"])
    pytest.importorskip("check_jsonschema", reason="needs check-jsonschema, which brings this schema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
