"""What a command does not need is not imported: every command pays for its imports each time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from recording_service import TOKEN, served

from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.errors import UsageError
from batchctl.launch.inputs import Inputs

BATCH = """
integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10
resources:
  - {name: contacts, resource: crm/contacts, method: list}
"""
MODULES = """
import sys
from batchctl.__main__ import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(*sys.modules, file=sys.stderr)
"""
# By the time that each took of a small command, in thousandths: 10 for the standard library's HTTP client.
NEITHER = {"aiohttp", "httpx", "rich", "jinja2", "jsonschema_rs", "jlens", "tomllib", "tomlkit", "_strptime", "email"}
NEITHER |= {"http.client", "urllib.request", "csv", "batchctl.jsonata.tokens", "batchctl.rules.of_sync_jobs"}


def imported(folder: Path, *arguments: str) -> set[str]:
    command = [sys.executable, "-c", MODULES, *arguments]
    variables = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environ = {**variables, "TRUTO_API_TOKEN": TOKEN, "BATCHCTL_STATE_DIR": str(folder / "state")}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    found = set(done.stderr.splitlines()[-1].split())
    if "coverage" in found:
        pytest.skip("what measures coverage imports modules of its own into every process")
    return found


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    (tmp_path / "batch.yaml").write_text(BATCH)
    return tmp_path


def test_validate_needs_no_engine(batch: Path) -> None:
    found = imported(batch, "validate", "batch.yaml")
    assert "batchctl.rules.checking" in found
    assert found & (NEITHER | {"asyncio", "ssl", "sqlite3", "h11", "dataclasses", "logging", "hashlib"}) == set()


@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="the system's settings may name a proxy")
def test_a_small_run_needs_one_request(batch: Path, tmp_path: Path) -> None:
    (tmp_path / "unified/crm").mkdir(parents=True)
    (tmp_path / "unified/crm/contacts.json").write_text('[{"id": "c-1"}]')
    with served(FixtureBackend(tmp_path)) as service:
        found = imported(batch, "run", "batch.yaml", "--api-url", service.url, "-o", "json", "-q")
    assert "h11" in found
    assert found & (NEITHER | {"batchctl.destinations"}) == set()


def test_what_accounts_offer_is_told_without_reading_the_arguments(tmp_path: Path) -> None:
    """They were read twice, a million of them as well."""
    inputs = Inputs(str(tmp_path / "batch.yaml"), args_file=[tmp_path / "not-there.json"])
    assert inputs.capabilities() is None
    with pytest.raises(UsageError):
        inputs.given()
