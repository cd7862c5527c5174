"""What other programs' tests use, as their tests use it; the examples of docs/testing.md run."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from batchctl.errors import FixtureError
from batchctl.testing import Answers, Reply, async_transport, server, transport

FIXTURES = Path(__file__).parents[2] / "samples/fixtures"
DOCS = Path(__file__).parents[2] / "docs/testing.md"
CONTACTS = "/unified/crm/contacts?integrated_account_id=any"


def test_a_transport_answers_without_a_network() -> None:
    with httpx.Client(transport=transport(FIXTURES), base_url="https://api.truto.one") as client:
        assert client.get(f"{CONTACTS}&limit=2").json()["result_count"] == 2
        created = client.post(CONTACTS, json={"first_name": "Zoë"}).json()
        assert client.get(f"/unified/crm/contacts/{created['id']}?integrated_account_id=any").json() == created
    with httpx.Client(transport=transport(str(FIXTURES)), base_url="https://api.truto.one") as client:
        assert client.get(f"/unified/crm/contacts/{created['id']}?integrated_account_id=any").status_code == 404


def test_a_transport_works_inside_an_event_loop_and_over_threads() -> None:
    async def inside() -> int:
        with httpx.Client(transport=transport(FIXTURES), base_url="https://api.truto.one") as client:
            here = client.get(CONTACTS)  # noqa: ASYNC212 - a program may do so
            return await asyncio.to_thread(lambda: client.get(CONTACTS).status_code) + here.status_code

    assert asyncio.run(inside()) == 400


def test_an_async_transport() -> None:
    async def ask() -> httpx.Response:
        chosen = async_transport(FIXTURES, token="t0ken")
        async with httpx.AsyncClient(transport=chosen, base_url="https://api.truto.one") as client:
            assert (await client.get(CONTACTS)).status_code == 401
            return await client.get(CONTACTS, headers={"authorization": "Bearer t0ken"})

    assert asyncio.run(ask()).json()["result"]


def test_answers_written_by_hand() -> None:
    answers = Answers({"crm/contacts": [{"id": "1"}], "crm/notes": Reply(403, {"message": "no scope"})})
    with httpx.Client(transport=transport(answers), base_url="https://api.truto.one") as client:
        assert client.get(CONTACTS).json()["result"] == [{"id": "1"}]
        assert client.get(CONTACTS.replace("contacts", "notes")).status_code == 403
    assert [call.resource for call in answers.calls] == ["crm/contacts", "crm/notes"]


def test_a_server_asks_for_its_token() -> None:
    with server(FIXTURES) as running:
        assert httpx.get(f"{running.url}{CONTACTS}").status_code == 401
        answer = httpx.get(f"{running.url}{CONTACTS}", headers={"authorization": f"Bearer {running.token}"})
        assert answer.status_code == 200


def test_a_transport_can_be_closed_at_any_time() -> None:
    unused = transport(FIXTURES)
    unused.close()
    unused.close()
    used = transport(FIXTURES)
    with httpx.Client(transport=used, base_url="https://api.truto.one") as client:
        assert client.get(CONTACTS).status_code == 200
    used.close()


def test_a_folder_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    for make in (transport, async_transport):
        with pytest.raises(FixtureError, match="does not exist"):
            make(tmp_path / "none")


def test_the_examples_of_the_docs_run(tmp_path: Path) -> None:
    examples = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert len(examples) >= 3
    for number, example in enumerate(examples):
        (tmp_path / f"test_example_{number}.py").write_text(example, "utf-8")
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nbatchctl_fixtures = {FIXTURES}\nfilterwarnings = error\n", "utf-8")
    (tmp_path / "fixtures").symlink_to(FIXTURES)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rA", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(re.findall("^PASSED", done.stdout, re.MULTILINE)) == len(examples)
