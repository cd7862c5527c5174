"""What a preview is compared with may come from a pipe, from stdin, or from git."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {limit: 5}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.yaml").write_text(FILE, "utf-8")
    (tmp_path / "b.yaml").write_text(FILE.replace("limit: 5", "limit: 6"), "utf-8")
    return tmp_path


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    program = f"{sys.executable} -m batchctl"
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "PATH": os.environ["PATH"]}
    line = ["bash", "-c", command.replace("batchctl", program, 1)]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, env=environment, check=False, timeout=60)


@pytest.mark.skipif(os.name == "nt", reason="no bash there")
@pytest.mark.parametrize(
    "against", ["b.yaml", "- < b.yaml", "<(cat b.yaml)", "<(cat saved.json)", "/dev/stdin < b.yaml"]
)
def test_pipes_are_read_once(folder: Path, against: str) -> None:
    saved = shell(folder, "batchctl dry-run b.yaml --format json").stdout
    (folder / "saved.json").write_text(saved, "utf-8")
    done = shell(folder, f"batchctl dry-run a.yaml --exit-code --against {against}")
    assert done.returncode == 1, done.stderr
    assert "limit" in done.stdout
    same = shell(folder, f"batchctl dry-run b.yaml --exit-code --against {against}")
    assert same.returncode == 0


def test_both_from_stdin_is_refused(folder: Path) -> None:
    done = shell(folder, "batchctl dry-run - --against - < a.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "can't both come from stdin" in done.stderr


def test_git_is_asked_for_a_revision(folder: Path) -> None:
    git = "git -c user.name=n -c user.email=n@example.com"
    made = shell(folder, f"git init -q . && git add a.yaml && {git} commit -qm one && cp b.yaml a.yaml")
    if made.returncode:
        pytest.skip(f"no git here: {made.stderr}")
    for name in ("HEAD:a.yaml", "HEAD:./a.yaml", "HEAD:"):
        done = shell(folder, f"batchctl dry-run a.yaml --exit-code --against {name}")
        assert (done.returncode, "limit" in done.stdout) == (1, True), done.stderr
    (folder / "below").mkdir()
    missing = shell(folder, "batchctl dry-run a.yaml --against HEAD:b.yaml")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "git has no HEAD:b.yaml" in missing.stderr
    assert "Traceback" not in shell(folder, "batchctl dry-run a.yaml --against=-x:a.yaml").stderr
