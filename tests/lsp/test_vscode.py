"""The extension for Visual Studio Code, as far as it can be tested without the editor."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "editors" / "vscode"


def test_its_matcher_reads_what_validate_prints() -> None:
    pattern = json.loads((FOLDER / "package.json").read_text())["contributes"]["problemMatchers"][0]["pattern"]
    command = [sys.executable, "-m", "batchctl", "validate", "samples/mistakes/typos.yaml", "--format", "concise"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if "error[" in line]
    assert lines
    for line in lines:
        found = re.match(pattern["regexp"], line)
        assert found, line
        assert found[pattern["file"]] == "samples/mistakes/typos.yaml"
        assert found[pattern["line"]].isdecimal()


def test_it_builds(tmp_path: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("needs npm")
    copy = tmp_path / "vscode"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("node_modules", "dist"))
    install = ["npm", "ci", "--no-audit", "--no-fund", "--silent"]
    if subprocess.run(install, cwd=copy, check=False, capture_output=True).returncode:
        pytest.skip("its packages can't be had")
    subprocess.run(["npm", "run", "-s", "check"], cwd=copy, check=True)
    subprocess.run(["npm", "run", "-s", "build"], cwd=copy, check=True)
    assert "batchctl.dryRun" in (copy / "dist" / "extension.js").read_text()
