"""``batchctl test`` and ``pytest --batchctl`` over the same definitions."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

DEFINITION = """\
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
args: {limit: "1"}
resources:
  - {resource: crm/contacts, method: list, query: {limit: "{{args.limit}}"}}
"""
TESTS = """\
x-tests:
  - name: finds both
    expect: ["$count(result.`crm/contacts`) = 2", "requests[0].query.limit = '1'"]
  - name: other arguments
    args: {limit: "9"}
    expect: requests.query.limit = "9"
  - name: others' records
    fixtures: none
    exit_code: 3
"""


def batchctl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", "test", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    (records / "contacts.json").write_text('[{"id": "1"}, {"id": "2"}]', "utf-8")
    (tmp_path / "none" / "unified").mkdir(parents=True)
    (tmp_path / "a.batch.yaml").write_text(DEFINITION + TESTS, "utf-8")
    return tmp_path


def test_all_pass(folder: Path) -> None:
    done = batchctl(folder)
    assert done.returncode == 0, done.stdout
    assert [line.rpartition("  ")[0] for line in done.stdout.splitlines()] == [
        "✔ a.batch.yaml::finds both",
        "✔ a.batch.yaml::other arguments",
        "✔ a.batch.yaml::others' records",
    ]
    assert done.stderr == "3 passed, 0 failed\n"
    assert batchctl(folder, "-n", "3").stdout.count("✔") == 3


def test_failures_say_what_was_there(folder: Path) -> None:
    file = folder / "a.batch.yaml"
    text = file.read_text("utf-8").replace(") = 2", ") = 3").replace("exit_code: 3", "exit_code: 0")
    file.write_text(text.replace('limit = "9"', "limit ="), "utf-8")
    done = batchctl(folder, "--junit", "report.xml")
    assert done.returncode == 3
    assert "    is false, not true\n    $count(result.`crm/contacts`) is 2\n" in done.stdout
    assert "can't be evaluated" in done.stdout
    assert "exit code 3 instead of 0" in done.stdout
    suite = ET.parse(folder / "report.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("3", "3")
    assert "not true" in (suite[0][0].text or "")
    assert batchctl(folder, "-k", "OTHER arg").stdout.count("✘") == 1


def test_snapshots(folder: Path) -> None:
    file = folder / "b.batch.yaml"
    file.write_text(DEFINITION, "utf-8")
    assert batchctl(folder, "b.batch.yaml").returncode == 2
    assert "(snapshot written)" in batchctl(folder, "b.batch.yaml", "--update").stdout
    snapshot = json.loads((folder / "b.batch.yaml.snapshot.json").read_text("utf-8"))
    assert snapshot["result"] == {"crm/contacts": [{"id": "1"}, {"id": "2"}]}
    assert [request["path"] for request in snapshot["requests"]] == ["/unified/crm/contacts"]
    assert batchctl(folder, "b.batch.yaml").returncode == 0
    file.write_text(DEFINITION.replace('limit: "1"', 'limit: "2"'), "utf-8")
    done = batchctl(folder, "b.batch.yaml")
    assert done.returncode == 3
    assert '    -        "limit": "1"\n    +        "limit": "2"\n' in done.stdout
    assert batchctl(folder, "b.batch.yaml", "--update").returncode == 0
    assert batchctl(folder, "b.batch.yaml").returncode == 0
    file.write_text(DEFINITION.replace("method: list", "methd: list"), "utf-8")
    done = batchctl(folder, "b.batch.yaml", "--update")
    assert done.returncode == 3
    assert "the definition has errors" in done.stdout


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        ("x-tests: {a: 1}", "x-tests must be a list"),
        ("x-tests: [a]", "test 1 is not a mapping"),
        ("x-tests: [{nam: a}]", 'unknown key "nam"'),
        ("x-tests: [{name: a}]", "test 1 expects nothing"),
        ("x-tests: [{name: a, expect: 1}]", "expect must be JSONata"),
        ("x-tests: [{name: a, expect: 'true'}, {name: a, exit_code: 0}]", 'two tests are called "a"'),
        ("x-tests: [{name: snapshot, exit_code: 0}]", "needs a name"),
        ("x-tests: [{args: [1], exit_code: 0}]", "args must be a mapping"),
        ("x-tests: [{exit_code: true}]", "exit_code must be a number"),
        ("x-tests: [{exit_code: 0, fixtures: 1}]", "fixtures must be a path"),
    ],
)
def test_tests_in_another_form_are_refused(folder: Path, tests: str, message: str) -> None:
    (folder / "a.batch.yaml").write_text(f"{DEFINITION}{tests}\n", "utf-8")
    done = batchctl(folder)
    assert done.returncode == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (DEFINITION.replace("resources:", "resources: ["), "broken.batch.yaml:"),
        (f"{DEFINITION}include: nowhere.part.yaml\n", "no such file: nowhere.part.yaml"),
    ],
)
def test_a_file_that_can_not_be_read_is_not_passed_over(folder: Path, text: str, message: str) -> None:
    """The tests that it has would be missing without a word."""
    (folder / "broken.batch.yaml").write_text(text, "utf-8")
    done = batchctl(folder, "--junit", "j.xml")
    assert (done.returncode, message in done.stdout) == (2, True), done.stderr
    assert "broken.batch.yaml::definition" in done.stdout
    # The tests of the other file ran all the same.
    assert "✔ a.batch.yaml::" in done.stdout
    assert ", 1 file can't be read" in done.stderr
    assert message in (folder / "j.xml").read_text("utf-8")
    alone = batchctl(folder, "broken.batch.yaml")
    assert (alone.returncode, message in alone.stderr) == (2, True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), "--batchctl"]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2, done.stdout
    assert "broken.batch.yaml:" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "UsageError" not in done.stdout


def test_an_included_file_that_can_not_be_read_is_named_itself(tmp_path: Path) -> None:
    (tmp_path / "a.batch.yaml").write_text("include: p.part.yaml\nintegrated_account_id: a\nresources: []\n", "utf-8")
    (tmp_path / "p.part.yaml").write_text("resources:\n\n  - {name: [a\n", "utf-8")
    done = batchctl(tmp_path, "a.batch.yaml")
    assert done.returncode == 2
    assert "p.part.yaml:3:12:" in done.stderr


def test_a_sync_job_gets_no_snapshot(folder: Path) -> None:
    job = "kind: sync-job\nlabel: x\nresources: [{name: a, type: request, resource: crm/contacts, method: list}]\n"
    (folder / "a.sync.yaml").write_text(job, "utf-8")
    done = batchctl(folder, "--update", "a.sync.yaml")
    assert (done.returncode, "no definition has tests" in done.stderr) == (2, True), done.stderr
    assert not list(folder.glob("a.sync.*.json"))


def test_a_file_of_arguments(folder: Path) -> None:
    (folder / "args.yaml").write_text("limit: '7'\n", "utf-8")
    tests = "x-tests: [{name: a, args_file: args.yaml, expect: 'requests.query.limit = \"7\"'}]\n"
    (folder / "a.batch.yaml").write_text(DEFINITION + tests, "utf-8")
    assert batchctl(folder).returncode == 0
    (folder / "args.yaml").unlink()
    done = batchctl(folder)
    assert (done.returncode, "no such file: args.yaml" in done.stdout) == (3, True)


def test_nothing_to_run_is_wrong_use(folder: Path) -> None:
    assert batchctl(folder, "-k", "nowhere").returncode == 2
    assert batchctl(folder, "nowhere.yaml").returncode == 2


def test_secrets_are_not_shown(folder: Path) -> None:
    text = DEFINITION.replace('limit: "1"', 'limit: "${API_TOKEN}"')
    (folder / "a.batch.yaml").write_text(f"{text}x-tests: [{{expect: 'requests.query.limit = \"x\"'}}]\n", "utf-8")
    (folder / "env").write_text("API_TOKEN=planted-secret-value\n", "utf-8")
    done = batchctl(folder, "--env-file", "env")
    assert done.returncode == 3
    assert "planted-secret-value" not in done.stdout + done.stderr


def test_pytest_collects_the_same(folder: Path) -> None:
    (folder / "b.batch.yaml").write_text(f"{DEFINITION}x-tests: [{{name: wrong, expect: 'false'}}]\n", "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    done = subprocess.run([*command, "--batchctl"], cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "1 failed, 3 passed" in done.stdout
    assert "is false, not true" in done.stdout
    without = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert "no tests ran" in without.stdout


def test_a_test_can_give_the_account_context(folder: Path) -> None:
    tests = "x-tests: [{name: a, context: {region: 7}, expect: \"requests[0].query.limit = '7'\"}]\n"
    text = DEFINITION.replace("{{args.limit}}", "{{region}}").replace('args: {limit: "1"}\n', "")
    (folder / "a.batch.yaml").write_text(text + tests, "utf-8")
    done = batchctl(folder)
    assert done.returncode == 0, done.stdout
