"""The templates for CI are right by the schemas of their services, and their scripts do what the pages say."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BATCH = """\
integrated_account_id: 6f1b0f4e-3b7a-4c9e-9a52-0d4b8f0c2a11
args: {user: "u-1"}
resources:
  - resource: crm/contacts
    method: list
    query: {owner: "{{args.user}}"}
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one definition that is committed."""
    (tmp_path / "a.yaml").write_text(BATCH)
    for command in (["init", "-q"], ["add", "a.yaml"], ["commit", "-qm", "first"]):
        who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
        subprocess.run(["git", *who, *command], cwd=tmp_path, check=True)
    return tmp_path


def run(script: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    own = Path(sys.executable).parent
    return subprocess.run(
        ["bash", str(ROOT / "ci" / script)],
        cwd=folder,
        env={**os.environ, "PATH": f"{own}:{os.environ['PATH']}", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_mistake_is_an_annotation_and_fails(checkout: Path) -> None:
    (checkout / "a.yaml").write_text(BATCH.replace("method", "methd"))
    done = run("validate", checkout, PATHS="a.yaml\n", SARIF="out.sarif")
    assert done.returncode == 1
    assert "::error file=a.yaml,line=5," in done.stdout
    assert json.loads((checkout / "out.sarif").read_text())["runs"][0]["results"]


def test_a_good_file_passes(checkout: Path) -> None:
    assert run("validate", checkout, PATHS="a.yaml").returncode == 0


def test_a_path_that_is_not_there_is_no_success(checkout: Path) -> None:
    assert run("validate", checkout, PATHS="b.yaml", SARIF="out.sarif").returncode == 2


def test_what_changes_in_the_requests_is_written(checkout: Path) -> None:
    (checkout / "a.yaml").write_text(BATCH.replace("u-1", "u-2"))
    done = run("preview", checkout, DEFINITIONS="a.yaml\n", BASE="HEAD", COMMENT="c.md", GITHUB_OUTPUT="out")
    assert done.returncode == 0, done.stderr
    assert (checkout / "out").read_text() == "changed=true\n"
    comment = (checkout / "c.md").read_text()
    assert "u-1" in comment
    assert "u-2" in comment


def test_nothing_changed_is_said_too(checkout: Path) -> None:
    run("preview", checkout, DEFINITIONS="a.yaml", BASE="HEAD", COMMENT="c.md", GITHUB_OUTPUT="out")
    assert (checkout / "out").read_text() == "changed=false\n"


def test_a_new_definition_is_shown_as_it_is(checkout: Path) -> None:
    (checkout / "b.yaml").write_text(BATCH)
    run("preview", checkout, DEFINITIONS="b.yaml", BASE="HEAD", COMMENT="c.md", GITHUB_OUTPUT="out")
    assert (checkout / "out").read_text() == "changed=true\n"
    assert "/unified/crm/contacts" in (checkout / "c.md").read_text()


def commit(folder: Path) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for command in (["add", "."], ["commit", "-qm", "next"]):
        subprocess.run(["git", *who, *command], cwd=folder, check=True)


def test_an_included_file_is_compared_as_it_was(checkout: Path) -> None:
    head, resources = BATCH.split("resources:\n")
    (checkout / "a.yaml").write_text(head + "include: some.part.yaml\nresources: []\n")
    (checkout / "some.part.yaml").write_text("resources:\n" + resources)
    part = (checkout / "some.part.yaml").read_text()
    commit(checkout)
    (checkout / "some.part.yaml").write_text(part.replace("method: list", "method: list\n    name: renamed"))
    done = run("preview", checkout, DEFINITIONS="a.yaml", BASE="HEAD", COMMENT="c.md", GITHUB_OUTPUT="out")
    assert (done.returncode, done.stderr) == (0, "")
    assert (checkout / "out").read_text() == "changed=true\n"
    assert "renamed" in (checkout / "c.md").read_text()


def test_a_definition_that_was_broken_before_is_shown_as_it_is_now(checkout: Path) -> None:
    (checkout / "a.yaml").write_text(BATCH.replace("method", "methd"))
    commit(checkout)
    (checkout / "a.yaml").write_text(BATCH)
    done = run("preview", checkout, DEFINITIONS="a.yaml", BASE="HEAD", COMMENT="c.md", GITHUB_OUTPUT="out")
    assert done.returncode == 0, done.stderr
    assert "It had errors before." in (checkout / "c.md").read_text()
    assert "/unified/crm/contacts" in (checkout / "c.md").read_text()


def test_a_broken_definition_fails_the_comparison(checkout: Path) -> None:
    (checkout / "a.yaml").write_text("resources: [")
    done = run("preview", checkout, DEFINITIONS="a.yaml", BASE="HEAD", COMMENT="c.md", GITHUB_OUTPUT="out")
    assert done.returncode != 0


def test_the_action_uses_the_scripts_that_are_there() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = action["runs"]["steps"]
    scripts = {found for step in steps for found in re.findall(r"\$ACTION/(ci/[\w.]+)", step.get("run", ""))}
    assert scripts == {"ci/install", "ci/validate", "ci/preview", "ci/comment.py"}
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text()))
    assert used == set(action["inputs"])


@pytest.mark.parametrize(
    ("schema", "file"), [("vendor.github-actions", "action.yml"), ("vendor.gitlab-ci", "ci/gitlab.yml")]
)
def test_templates_follow_the_schemas_of_their_services(schema: str, file: str) -> None:
    pytest.importorskip("check_jsonschema", reason="needs check-jsonschema, which brings these schemas")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_gitlab_job_fails_and_reports(checkout: Path) -> None:
    (checkout / "a.yaml").write_text(BATCH.replace("method", "methd"))
    job = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text())
    script = "\n".join(["set -e", *(line for line in job["batchctl"]["script"] if not line.startswith("pip "))])
    own = Path(sys.executable).parent
    environment = {**os.environ, **job["variables"], "BATCHCTL_PATHS": "a.yaml", "PATH": f"{own}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", script], cwd=checkout, env=environment, capture_output=True, check=False)
    assert done.returncode == 1
    reports = job["batchctl"]["artifacts"]["reports"]
    assert json.loads((checkout / reports["codequality"]).read_text())
    assert (checkout / reports["junit"]).read_text().startswith("<?xml")


def test_the_dockerfile_is_clean() -> None:
    linter = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if linter is None:
        pytest.skip("needs hadolint")
    done = subprocess.run([linter, str(ROOT / "ci" / "Dockerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_steps_of_the_dockerfile_build_what_it_promises(tmp_path: Path) -> None:
    """What it copies is enough to build the wheel, and the wheel installs without the sources."""
    text = (ROOT / "ci" / "Dockerfile").read_text()
    copied = [name for line in re.findall(r"(?m)^COPY (?!--)(.*) \S+$", text) for name in line.split()]
    source = tmp_path / "source"
    source.mkdir()
    for name in copied:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, source / name)
    wheel = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(tmp_path / "wheels"), "."]
    subprocess.run(wheel, cwd=source, check=True)
    target = tmp_path / "target"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*install, *map(str, (tmp_path / "wheels").glob("*.whl"))], check=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    command = [sys.executable, "-m", "batchctl", "--version"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("batchctl ")
    kept = (ROOT / ".dockerignore").read_text().splitlines()
    assert {f"!{name}" for name in copied} <= set(kept)
