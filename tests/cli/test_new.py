"""``batchctl new``: files that can be run at once, and files made of requests."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from batchctl.authoring import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = "curl 'https://api.truto.one/unified/crm/contacts?limit=5' -H 'Authorization: Bearer s3cret'\n"


def batchctl(*arguments: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *arguments]
    return subprocess.run(command, cwd=folder, input=stdin, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_is_clean_and_runs(template: str, tmp_path: Path) -> None:
    assert batchctl("new", "first", "--template", template, folder=tmp_path).returncode == 0
    checked = batchctl("validate", "--fail-on", "info", folder=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert batchctl("fmt", "--check", folder=tmp_path).returncode == 0
    if template == "sync":
        done = batchctl("sync", "first.sync.yaml", "-o", "json", "--state", "state.sqlite", folder=tmp_path)
    else:
        done = batchctl("run", "first.batch.yaml", "--local", "-o", "json", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_records_in_another_format_stay_the_only_ones(tmp_path: Path) -> None:
    notes = tmp_path / "fixtures" / "unified" / "crm" / "notes.csv"
    notes.parent.mkdir(parents=True)
    notes.write_text("id,contact_id,text\nn-7,c-1,Mine\n", "utf-8")
    assert batchctl("new", "first", folder=tmp_path).returncode == 0
    done = batchctl("run", "first.batch.yaml", "--local", "-q", "--query", "result.notes.id", folder=tmp_path)
    assert (done.stdout, done.returncode) == ('"n-7"\n', 0)


def test_the_sync_template_fetches_only_what_is_newer(tmp_path: Path) -> None:
    batchctl("new", "nightly", "--template", "sync", folder=tmp_path)
    command = ("sync", "nightly.sync.yaml", "-o", "json", "--state", "state.sqlite", "--arg", "webhook=w")
    first = json.loads(batchctl(*command, folder=tmp_path).stdout)
    assert first["destinations"] == {
        "hook": {"delivered": 1, "failed": 0},
        "rows": {"delivered": 1, "failed": 0},
    }
    again = json.loads(batchctl(*command, folder=tmp_path).stdout)
    assert again["run"]["resource_stats"]["contacts"]["list"]["fetched"] == 0


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a", "a.batch.yaml"),
        ("a.batch", "a.batch.yaml"),
        ("a.yml", "a.batch.yml"),
        ("x/a.batch.yaml", "x/a.batch.yaml"),
    ],
)
def test_names_are_found_by_validate(name: str, file: str, tmp_path: Path) -> None:
    assert f"wrote {file}" in batchctl("new", name, folder=tmp_path).stderr
    assert batchctl("validate", folder=tmp_path).returncode == 0


@pytest.mark.parametrize("name", ["-", "..", "", "a\n"])
def test_other_names_are_refused(name: str, tmp_path: Path) -> None:
    assert batchctl("new", name, folder=tmp_path).returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_command_becomes_a_file(tmp_path: Path) -> None:
    done = batchctl("new", "contacts", "--from", "-", folder=tmp_path, stdin=COMMAND)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "contacts.batch.yaml").read_text("utf-8")
    assert "s3cret" not in text + done.stderr
    assert '  - resource: crm/contacts\n    method: list\n    query:\n      limit: "5"\n' in text
    assert batchctl("new", "contacts", "--from", "-", folder=tmp_path, stdin=COMMAND).returncode == 2
    (tmp_path / "command.txt").write_text(COMMAND, "utf-8")
    assert batchctl("new", "again", "--from", "command.txt", folder=tmp_path).returncode == 0
    assert batchctl("new", "third", "--from", "command.txt", "-t", "loop", folder=tmp_path).returncode == 2
    assert batchctl("new", "third", "--from", "-", folder=tmp_path, stdin="hello").returncode == 2
    assert not (tmp_path / "third.batch.yaml").exists()


def test_the_next_command_can_be_pasted(tmp_path: Path) -> None:
    done = batchctl("new", "two words", folder=tmp_path)
    assert "next: batchctl run 'two words.batch.yaml' --local" in done.stderr
