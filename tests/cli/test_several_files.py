"""Several files on one command line: each its own batch, one tree, one report."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
A = (
    HEAD
    + """\
args: {limit: 1}
resources:
  - {name: contacts, resource: crm/contacts, method: list, query: {limit: "{{args.limit:int}}"}, x-tags: daily}
  - {name: notes, resource: crm/notes, method: list, depends_on: contacts,
     query: {contact_id: "{{resources.crm.contacts.id}}"}}
"""
)
B = (
    HEAD
    + """\
args: {id: c-1}
resources:
  - {name: contacts, resource: crm/contacts, method: get, id: "{{args.id}}"}
"""
)


def batchctl(folder: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    records = tmp_path / "fixtures" / "unified" / "crm"
    records.mkdir(parents=True)
    (records / "contacts.json").write_text('[{"id": "c-1"}, {"id": "c-2"}]', "utf-8")
    (records / "notes.json").write_text('[{"id": "n-1", "contact_id": "c-2"}]', "utf-8")
    (tmp_path / "a.batch.yaml").write_text(A, "utf-8")
    (tmp_path / "b.batch.yaml").write_text(B, "utf-8")
    return tmp_path


def test_one_tree_with_the_resources_of_all(folder: Path) -> None:
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "--color", "never")
    assert done.returncode == 0, done.stderr
    assert "✔ a.batch.yaml::notes" in done.stdout
    assert "✔ b.batch.yaml::contacts" in done.stdout
    assert "✔ 3 of 3 resources succeeded" in done.stdout
    assert "b.batch.yaml: succeeded" in done.stderr


def test_one_report_with_the_file_and_line_of_each(folder: Path) -> None:
    done = batchctl(
        folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "--arg", "id=gone", "-o", "json",
        "--report-junit", "j.xml", "--report-json", "r.json", "--report-html", "r.html",
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    body = json.loads(done.stdout)
    assert set(body["result"]) == {"a.batch.yaml::contacts", "a.batch.yaml::notes", "b.batch.yaml::contacts"}
    assert set(body["errors"]) == {"b.batch.yaml::contacts"}
    cases = {
        case.get("name"): (case.get("file"), case.get("line"), case.find("failure") is not None)
        for case in ET.parse(folder / "j.xml").iter("testcase")
    }
    assert cases == {
        "a.batch.yaml::contacts": ("a.batch.yaml", "4", False),
        "a.batch.yaml::notes": ("a.batch.yaml", "5", False),
        "b.batch.yaml::contacts": ("b.batch.yaml", "4", True),
    }
    report = json.loads((folder / "r.json").read_text("utf-8"))
    assert report["status"] == "failed"
    assert len(report["calls"]) == 4
    assert "b.batch.yaml::contacts" in (folder / "r.html").read_text("utf-8")


@pytest.mark.parametrize("output", ["ndjson", "csv", "yaml", "table"])
def test_every_format_names_the_file(output: str, folder: Path) -> None:
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "-o", output)
    assert done.returncode == 0, done.stderr
    assert "b.batch.yaml::contacts" in done.stdout


def test_nothing_starts_while_one_has_errors(folder: Path) -> None:
    (folder / "b.batch.yaml").write_text(B.replace("method", "methd"), "utf-8")
    (folder / "a.batch.yaml").write_text(A.replace("args.limit", "args.limt"), "utf-8")
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local")
    assert done.returncode == 1
    assert "a.batch.yaml:4" in done.stderr
    assert "b.batch.yaml:4" in done.stderr
    assert done.stdout == ""


def test_one_that_can_not_run_stops_no_other(folder: Path) -> None:
    (folder / "b.batch.yaml").write_text(B + "fixtures: nowhere\n", "utf-8")
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "-o", "json")
    assert done.returncode in (2, 4), done.stderr
    assert "nowhere" in done.stderr


def test_choices_are_made_in_each_file(folder: Path) -> None:
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "--only", "tag:daily", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stdout)["result"]) == {"a.batch.yaml::contacts"}
    none = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "--only", "nobody")
    assert none.returncode == 2


def test_an_argument_that_no_file_reads_is_wrong_use(folder: Path) -> None:
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "--arg", "lmit=3")
    assert done.returncode == 2
    assert 'an argument "lmit"' in done.stderr


@pytest.mark.parametrize(
    "options", [["--each", "rows.csv"], ["--record", "r"], ["--idempotency-key", "k"], ["--resume", "latest"], ["-"]]
)
def test_what_means_one_batch_is_refused(options: list[str], folder: Path) -> None:
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", *options, stdin="")
    assert done.returncode == 2
    assert done.stdout == ""


def test_dry_run_shows_one_after_the_other(folder: Path) -> None:
    done = batchctl(folder, "dry-run", "a.batch.yaml", "b.batch.yaml", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert [each["file"] for each in json.loads(done.stdout)] == ["a.batch.yaml", "b.batch.yaml"]
    tree = batchctl(folder, "dry-run", "a.batch.yaml", "b.batch.yaml")
    assert tree.stdout.count("no writes") == 2
    (folder / "a.batch.yaml").write_text("nothing", "utf-8")
    broken = batchctl(folder, "dry-run", "a.batch.yaml", "b.batch.yaml", "--format", "json")
    assert broken.returncode == 1
    assert [each and each["file"] for each in json.loads(broken.stdout)] == [None, "b.batch.yaml"]


def test_validate_and_test_take_several(folder: Path) -> None:
    assert batchctl(folder, "validate", "a.batch.yaml", "b.batch.yaml").returncode == 0
    (folder / "a.batch.yaml").write_text(A + "x-tests: [{name: runs, exit_code: 0}]\n", "utf-8")
    (folder / "b.batch.yaml").write_text(B + "x-tests: [{name: runs, exit_code: 0}]\n", "utf-8")
    done = batchctl(folder, "test", "a.batch.yaml", "b.batch.yaml")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("✔") == 2


@pytest.mark.parametrize("again", ["a.batch.yaml", "./a.batch.yaml", "link.yaml"])
def test_a_file_that_is_named_twice_is_refused(folder: Path, again: str) -> None:
    (folder / "link.yaml").symlink_to(folder / "a.batch.yaml")
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", again, "--local")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"error: {again} is ")
    assert batchctl(folder, "validate", "a.batch.yaml", again).returncode == 0


def test_a_failure_is_accepted_where_it_can_happen(folder: Path) -> None:
    run = ("run", "a.batch.yaml", "b.batch.yaml", "--local", "--arg", "id=gone", "-o", "json")
    (folder / "b.batch.yaml").write_text(B.replace("name: contacts", "name: one"), "utf-8")
    assert batchctl(folder, *run).returncode == 3
    assert batchctl(folder, *run, "--accept", "one=404").returncode == 0
    unknown = batchctl(folder, *run, "--accept", "onne=404")
    assert unknown.returncode == 2
    assert 'did you mean "one"?' in unknown.stderr
    (folder / "a.batch.yaml").write_text("resources: [", "utf-8")
    broken = batchctl(folder, *run, "--accept", "onne=404")
    assert broken.returncode == 1, broken.stderr


def test_what_is_skipped_is_not_run(folder: Path) -> None:
    one = batchctl(folder, "run", "a.batch.yaml", "--local", "--skip", "notes", "-o", "json")
    assert set(json.loads(one.stdout)["result"]) == {"contacts"}
    done = batchctl(folder, "run", "a.batch.yaml", "b.batch.yaml", "--local", "--skip", "notes", "-o", "json")
    assert set(json.loads(done.stdout)["result"]) == {"a.batch.yaml::contacts", "b.batch.yaml::contacts"}


def test_each_file_takes_of_the_choices_what_it_has(folder: Path) -> None:
    (folder / "b.batch.yaml").write_text(B.replace("name: contacts", "name: one"), "utf-8")
    files = ("a.batch.yaml", "b.batch.yaml")
    for options, kept in (
        (["--only", "notes", "--only", "one"], {"a.batch.yaml::contacts", "a.batch.yaml::notes", "b.batch.yaml::one"}),
        (["--skip", "contacts"], {"b.batch.yaml::one"}),
        (["--only", "one", "--accept", "one=404"], {"b.batch.yaml::one"}),
    ):
        done = batchctl(folder, "run", *files, "--local", "-o", "json", *options)
        assert done.returncode == 0, done.stderr
        assert set(json.loads(done.stdout)["result"]) == kept
        previewed = batchctl(folder, "dry-run", *files, "--format", "json", *options[:4])
        if "--accept" not in options:
            names = {
                f"{each['file']}::{one['name']}" for each in json.loads(previewed.stdout) for one in each["resources"]
            }
            assert names == kept
    refused = batchctl(folder, "dry-run", *files, "--skip", "nots")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert 'did you mean "notes"?' in refused.stderr


def test_an_argument_of_one_file_is_no_mistake_in_the_other(folder: Path) -> None:
    done = batchctl(folder, "dry-run", "a.batch.yaml", "b.batch.yaml", "--arg", "id=c-2", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "/c-2" in done.stdout
    wrong = batchctl(folder, "dry-run", "a.batch.yaml", "b.batch.yaml", "--arg", "idd=c-2")
    assert (wrong.returncode, wrong.stdout) == (2, "")
