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
    assert "is blocked, says capabilities.json; nothing was sent" in refused.stderr
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
