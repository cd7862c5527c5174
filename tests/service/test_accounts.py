import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_api import answer, scripted

from batchctl.errors import BadAnswer, CredentialsError
from batchctl.json_types import JsonObject
from batchctl.service.accounts import list_accounts
from batchctl.testing import server
from batchctl.truto.connection import Connection


def listed(url: str, token: str = "t", retries: int = 0) -> list[JsonObject]:
    async def go() -> list[JsonObject]:
        return [account async for account in list_accounts(Connection(url, token), retries=retries)]

    return asyncio.run(go())


def fixtures(folder: Path, count: int) -> Path:
    for number in range(count):
        own = folder / "fixtures" / "accounts" / f"acc-{number:03d}"
        (own / "unified" / "crm").mkdir(parents=True)
        (own / "unified" / "crm" / "contacts.json").write_text(f'[{{"id": "c-{number}"}}]')
        (own / "account.yaml").write_text(f"integration: {{name: {'hubspot' if number % 60 else 'pipedrive'}}}\n")
    return folder / "fixtures"


def test_every_page_is_read(tmp_path: Path) -> None:
    with server(fixtures(tmp_path, 130)) as served:
        found = listed(served.url, served.token)
    assert [account["id"] for account in found] == [f"acc-{number:03d}" for number in range(130)]


def test_a_run_per_account_of_the_api(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "integrated_account_id: 5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10\n"
        "resources:\n  - {name: contacts, resource: crm/contacts, method: list}\n"
    )
    with server(fixtures(tmp_path, 121)) as served:
        line = [sys.executable, "-m", "batchctl", "run", "a.yaml", "--direct", "--each", "accounts", "-o", "ndjson"]
        options = ["--where", "integration.name = 'pipedrive'", "--api-url", served.url, "--token", served.token]
        env = {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
        done = subprocess.run(
            [*line, *options], cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=120
        )
    assert done.returncode == 0, done.stderr
    assert [line.split('"account": ')[1][:9] for line in done.stdout.splitlines()] == [
        '"acc-000"',
        '"acc-060"',
        '"acc-120"',
    ]
    assert '"id": "c-60"' in done.stdout


def test_answers_that_are_no_accounts() -> None:
    with scripted(answer({"result": [{"name": "without an id"}]})) as api, pytest.raises(BadAnswer, match="no list"):
        listed(api.url)
    same = answer({"result": [{"id": "a"}], "next_cursor": "2"})
    with scripted(same, same) as api, pytest.raises(BadAnswer, match="as next that was just read"):
        listed(api.url)
    with scripted(answer([1])) as api, pytest.raises(BadAnswer, match="not an object"):
        listed(api.url)
    with scripted(answer({"message": "who are you"}, 401)) as api, pytest.raises(CredentialsError):
        listed(api.url)


def test_a_busy_moment_is_waited_for() -> None:
    busy, good = answer({}, 429, retry_after="0"), answer({"result": [{"id": "a"}], "next_cursor": None})
    with scripted(busy, good) as api:
        assert listed(api.url, retries=1) == [{"id": "a"}]
