"""Commands over a definition that includes another file: one whole, and places in their files."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def batchctl(folder: Path, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert batchctl(tmp_path, "new", "a", "--template", "include").returncode == 0
    return tmp_path


def test_run_graph_and_dry_run_see_one_definition(folder: Path) -> None:
    ran = batchctl(folder, "run", "a.batch.yaml", "--local", "-o", "json")
    assert ran.returncode == 0, ran.stderr
    assert {"crm/contacts", "contacts", "notes"} & set(json.loads(ran.stdout)["result"])
    assert "contacts" in batchctl(folder, "graph", "a.batch.yaml").stdout
    sent = batchctl(folder, "dry-run", "a.batch.yaml", "--format", "json").stdout
    assert [each["name"] for each in json.loads(sent)["resources"]] == ["contacts", "notes"]


def test_reports_name_the_file_of_each_resource(folder: Path) -> None:
    (folder / "fixtures" / "faults.yaml").write_text("- {resource: crm/contacts, status: 500}\n", "utf-8")
    done = batchctl(folder, "run", "a.batch.yaml", "--local", "--retries", "0", "--report-junit", "j.xml")
    assert done.returncode == 3, done.stderr
    assert "shared/contacts.part.yaml:6" in done.stdout
    cases = {
        each.get("name"): (each.get("file"), each.get("line")) for each in ET.parse(folder / "j.xml").iter("testcase")
    }
    assert cases == {"contacts": ("shared/contacts.part.yaml", "6"), "notes": ("a.batch.yaml", "17")}


def test_what_two_definitions_include_is_judged_once(folder: Path) -> None:
    part = folder / "shared" / "contacts.part.yaml"
    part.write_text(part.read_text("utf-8").replace("method", "methd"), "utf-8")
    (folder / "b.batch.yaml").write_text((folder / "a.batch.yaml").read_text("utf-8"), "utf-8")
    done = batchctl(folder, "validate", "--format", "json")
    found = json.loads(done.stdout)["diagnostics"]
    assert done.returncode == 1
    assert [(each["file"], each["line"], each["path"]) for each in found] == [
        ("shared/contacts.part.yaml", 8, "$.resources[0].methd")
    ]


def test_a_part_is_fixed_where_it_is_named(folder: Path) -> None:
    part = folder / "shared" / "contacts.part.yaml"
    text = part.read_text("utf-8")
    part.write_text(text.replace('"{{args.page_size:int}}"', "{{args.page_size:int}}"), "utf-8")
    assert batchctl(folder, "validate", "a.batch.yaml", "--fix").returncode == 1
    assert batchctl(folder, "validate", str(part), "--fix").returncode == 0
    assert part.read_text("utf-8") == text
    assert batchctl(folder, "validate").returncode == 0


def test_a_part_is_no_batch(folder: Path) -> None:
    done = batchctl(folder, "run", "shared/contacts.part.yaml", "--local")
    assert done.returncode == 1
    assert "is a part of others" in done.stderr


def test_a_link_does_not_lead_out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.part.yaml"
    outside.write_text("args: {a: 1}\n", "utf-8")
    (folder / "shared" / "link.part.yaml").symlink_to(outside)
    text = (folder / "a.batch.yaml").read_text("utf-8")
    (folder / "a.batch.yaml").write_text(text.replace("contacts.part", "link.part", 1), "utf-8")
    done = batchctl(folder, "validate", "a.batch.yaml")
    assert done.returncode == 1
    assert "is a link that leads out of the folder" in done.stdout


def test_fmt_keeps_what_is_included_and_new_writes_it_out(folder: Path) -> None:
    assert batchctl(folder, "fmt", "--check", "a.batch.yaml", "shared/contacts.part.yaml").returncode == 0
    (folder / "c").mkdir()
    done = batchctl(folder, "new", "c/whole", "--from", "a.batch.yaml")
    assert done.returncode == 0, done.stderr
    text = (folder / "c" / "whole.batch.yaml").read_text("utf-8")
    assert "include:" not in text
    assert text.index("crm/contacts") < text.index("crm/notes")


def test_the_other_side_of_a_comparison_is_of_its_revision(folder: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *command], cwd=folder, check=True, capture_output=True)
    part = folder / "shared" / "contacts.part.yaml"
    part.write_text(part.read_text("utf-8").replace("limit:", "page:"), "utf-8")
    done = batchctl(folder, "dry-run", "a.batch.yaml", "--against", "HEAD:a.batch.yaml", "--exit-code")
    assert done.returncode == 1, done.stderr
    assert "limit" in done.stdout
    assert "page" in done.stdout


def test_tests_run_over_the_whole(folder: Path) -> None:
    with (folder / "a.batch.yaml").open("a", encoding="utf-8") as file:
        file.write('x-tests:\n  - name: notes\n    expect: $count(requests[resource = "contacts"]) > 0\n')
    assert batchctl(folder, "test", "a.batch.yaml").returncode == 0


def test_eval_sees_what_a_node_sees(folder: Path) -> None:
    done = batchctl(folder, "eval", "resources.crm.contacts.id", "--node", "a.batch.yaml#notes")
    assert done.returncode == 0, done.stderr
    assert "c-1" in done.stdout
