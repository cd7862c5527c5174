from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.server.app import make_app
from batchctl.server.serving import running
from batchctl.server.worlds import FixtureWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN, ACCOUNT = "tok-of-the-tests-1234", "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "live" / "accounts" / ACCOUNT
    (folder / "unified/crm").mkdir(parents=True)
    (folder / "unified/crm/contacts.json").write_text('[{"id": "1"}]')
    (folder / "account.yaml").write_text("is_blocked: true\n")
    (tmp_path / "batch.yaml").write_text(
        f"integrated_account_id: {ACCOUNT}\nresources: [{{resource: crm/contacts, method: list}}]\n"
    )
    with running(make_app(FixtureWorld(FixtureFolder(tmp_path / "live")), token=TOKEN)) as address:
        yield address


def batchctl(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "batchctl", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)


def test_a_snapshot_is_pulled_and_a_blocked_account_is_refused_before_anything_is_sent(
    tmp_path: Path, url: str
) -> None:
    api = ["--api-url", url, "--token", TOKEN]
    assert batchctl(tmp_path, "run", "batch.yaml", *api).returncode == 0
    pulled = batchctl(tmp_path, "capabilities", "pull", "-a", ACCOUNT, *api)
    assert pulled.returncode == 0, pulled.stderr
    snapshot = json.loads((tmp_path / "capabilities.json").read_text())
    assert snapshot["unified"][0]["resource"] == "contacts"
    refused = batchctl(tmp_path, "run", "batch.yaml", *api)
    assert refused.returncode == 4
    assert "is blocked, says capabilities.json; nothing was sent" in " ".join(refused.stderr.split())
    snapshot["account"]["is_blocked"] = False
    (tmp_path / "capabilities.json").write_text(json.dumps(snapshot))
    assert batchctl(tmp_path, "run", "batch.yaml", *api).returncode == 0


def test_what_goes_wrong_is_one_sentence(tmp_path: Path, url: str) -> None:
    api = ["--api-url", url, "--token", TOKEN]
    unknown = batchctl(tmp_path, "capabilities", "pull", "-a", "nobody", *api)
    assert unknown.returncode == 4
    assert "no integrated account nobody" in unknown.stderr
    nowhere = batchctl(tmp_path, "capabilities", "pull", "-a", ACCOUNT, *api, "--output", "none/x.json")
    assert nowhere.returncode == 2
    (tmp_path / "capabilities.json").write_text("[]")
    for text in ("[]", "{"):
        (tmp_path / "capabilities.json").write_text(text)
        broken = batchctl(tmp_path, "run", "batch.yaml", *api)
        assert broken.returncode == 2
        assert "capabilities.json" in broken.stderr


SNAPSHOT = {
    "account": {"id": ACCOUNT},
    "proxy": [{"resource": "users", "methods": [{"method": "list", "name": "List"}]}],
    "unified": [
        {"model": "crm", "resource": "contacts", "methods": ["list", "create"], "env_overridden": True},
        {"model": "crm", "resource": "accounts", "methods": ["list"]},
    ],
    "tools": [
        {"resource": "users", "method": "list", "required": ["team"]},
        {"resource": "crm/contacts", "method": "create", "body_schema": {"required": ["email", "name"]}},
    ],
}
GUESSED = f"""\
integrated_account_id: {ACCOUNT}
resources:
  - {{resource: crm/contact, method: list}}
  - {{resource: crm/contacts, method: upsert, body: {{}}}}
  - {{resource: user, method: list, persist: true}}
"""
UNFILLED = f"""\
integrated_account_id: {ACCOUNT}
resources:
  - {{resource: crm/contacts, method: create, body: {{Email: a@example.com, name: A}}}}
  - {{name: fine, resource: crm/contacts, method: create, body: {{email: a@example.com, name: A}}}}
  - {{name: computed, resource: crm/contacts, method: create, body: '{{"name": "A"}}'}}
  - {{resource: users, method: list, persist: true}}
  - {{name: team, resource: users, method: list, persist: true, query: {{team: t}}}}
"""


def beside(folder: Path, definition: str, snapshot: object = SNAPSHOT) -> None:
    (folder / "capabilities.json").write_text(json.dumps(snapshot))
    (folder / "batch.yaml").write_text(definition)


def test_guessed_names_are_found_before_anything_is_sent(tmp_path: Path) -> None:
    beside(tmp_path, GUESSED)
    found = json.loads(batchctl(tmp_path, "validate", "batch.yaml", "--format", "json").stdout)["diagnostics"]
    assert [(one["rule"], one["message"], one["help"]) for one in found] == [
        ("unavailable-resource", 'the account has no resource "crm/contact"', 'did you mean "crm/contacts"?'),
        (
            "unavailable-method",
            'crm/contacts has no method "upsert" in this account (its mapping is overridden in this environment)',
            "known names: list, create",
        ),
        ("unavailable-resource", 'the account has no resource "user"', 'did you mean "users"?'),
    ]
    for command in (["dry-run", "batch.yaml"], ["run", "batch.yaml", "--local"]):
        refused = batchctl(tmp_path, *command)
        assert (refused.returncode, 'did you mean "crm/contacts"?' in refused.stderr) == (1, True), refused.stderr


def test_required_keys_are_asked_for(tmp_path: Path) -> None:
    beside(tmp_path, UNFILLED)
    checked = batchctl(tmp_path, "validate", "batch.yaml", "--format", "json")
    found = json.loads(checked.stdout)["diagnostics"]
    assert checked.returncode == 0
    assert [(one["resource"], one["message"], one["help"]) for one in found] == [
        (
            "crm/contacts",
            'create of crm/contacts requires "email" in its body (its mapping is overridden in this environment)',
            'is "Email" meant to be "email"?',
        ),
        ("users", 'list of users requires "team" in its query', "add it to query"),
    ]


def test_the_snapshot_of_another_account_says_nothing(tmp_path: Path) -> None:
    beside(tmp_path, GUESSED, {**SNAPSHOT, "account": {"id": "someone-else"}})
    assert batchctl(tmp_path, "validate", "batch.yaml").returncode == 0
    # One that was pulled for unified resources alone says nothing of the others.
    beside(tmp_path, GUESSED, {key: value for key, value in SNAPSHOT.items() if key != "proxy"})
    assert batchctl(tmp_path, "validate", "batch.yaml").stdout.count("BC70") == 2


@pytest.mark.parametrize(
    ("text", "words"), [("[]", "it is no object"), ("{}", "it has neither proxy nor unified"), ("{", "can't read")]
)
def test_a_snapshot_that_is_none(tmp_path: Path, text: str, words: str) -> None:
    beside(tmp_path, GUESSED)
    (tmp_path / "capabilities.json").write_text(text)
    for command in ("validate", "dry-run"):
        refused = batchctl(tmp_path, command, "batch.yaml")
        assert (refused.returncode, words in " ".join(refused.stderr.split())) == (2, True), refused.stderr


def test_what_is_pulled_names_required_keys(tmp_path: Path, url: str) -> None:
    assert batchctl(tmp_path, "capabilities", "pull", "-a", ACCOUNT, "--api-url", url, "--token", TOKEN).returncode == 0
    tools = json.loads((tmp_path / "capabilities.json").read_text())["tools"]
    assert {"resource": "crm/contacts", "method": "list"} in tools


def test_a_preview_marks_resources_whose_mapping_is_overridden(tmp_path: Path) -> None:
    listed = f"""\
integrated_account_id: {ACCOUNT}
resources:
  - {{resource: crm/contacts, method: list}}
  - {{resource: crm/accounts, method: list}}
"""
    beside(tmp_path, listed)
    tree = batchctl(tmp_path, "dry-run", "batch.yaml")
    marked = [line for line in tree.stdout.splitlines() if "mapping overridden in this environment" in line]
    assert (tree.returncode, len(marked)) == (0, 1), tree.stderr
    assert marked[0].split()[0] == "crm/contacts"
    found = json.loads(batchctl(tmp_path, "dry-run", "batch.yaml", "--format", "json").stdout)["resources"]
    assert [each.get("env_overridden") for each in found] == [True, None]
    beside(tmp_path, listed, {**SNAPSHOT, "account": {"id": "another"}})
    assert "overridden" not in batchctl(tmp_path, "dry-run", "batch.yaml").stdout
