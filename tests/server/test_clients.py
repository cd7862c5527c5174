"""Real clients against a real port: curl, requests, Node's fetch, Truto's Python SDK; and schemathesis, where it is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import requests

from batchctl.testing import RunningServer, server

FIXTURES = Path(__file__).parents[2] / "samples/fixtures"
ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
PAGES = len(json.loads((FIXTURES / "proxy/pages.json").read_text("utf-8")))
LIST = f"/unified/crm/contacts?integrated_account_id={ACCOUNT}"
BATCH: Any = {"integrated_account_id": ACCOUNT, "resources": [{"resource": "crm/contacts", "method": "list"}]}
CURL, NODE = shutil.which("curl"), shutil.which("node")
SCHEMATHESIS = os.environ.get("SCHEMATHESIS") or shutil.which("schemathesis")

_NODE = """
const [url, token] = process.argv.slice(1);
const headers = {Authorization: `Bearer ${token}`, "Content-Type": "application/json"};
const ask = async (path, init = {}) => (await fetch(url + path, {headers, ...init})).json();
const account = "integrated_account_id=ACCOUNT";
const made = await ask(`/unified/crm/contacts?${account}`, {method: "POST", body: JSON.stringify({first_name: "Zoë"})});
// The TypeScript SDK writes arrays with indexes.
const both = await ask(`/unified/crm/contacts?${account}&id[0]=${made.id}&id[1]=c-17`);
const batch = await ask("/batch-request", {method: "POST", body: JSON.stringify(BATCH)});
console.log(JSON.stringify({both: both.result.map(each => each.id), batch: batch.result["crm/contacts"].length}));
""".replace("ACCOUNT", ACCOUNT).replace("BATCH", json.dumps(BATCH))

_SDK = """
import asyncio, json, sys
from truto_python_sdk import TrutoApi
url, token, account = sys.argv[1:]

async def main():
    api = TrutoApi(token, url)
    every = await api.unified_api.list("crm", "contacts", {"integrated_account_id": account, "limit": 7}).to_array()
    two = {"integrated_account_id": account, "id": [every[0]["id"], every[3]["id"]]}
    some = await api.unified_api.list("crm", "contacts", two).to_array()
    made = await api.unified_api.create("crm", "contacts", {"first_name": "Ada"}, {"integrated_account_id": account})
    changed = await api.unified_api.update("crm", "contacts", made["id"], {"n": 1}, {"integrated_account_id": account})
    gone = await api.unified_api.delete("crm", "contacts", made["id"], {"integrated_account_id": account})
    accounts = await api.integrated_accounts.list().to_array()
    batch = await api.batch_requests.create(json.loads(sys.stdin.read()))
    pages = await api.proxy_api.list("pages", {"integrated_account_id": account}).to_array()
    print(json.dumps({
        "every": len(every), "some": [each["id"] for each in some] == two["id"], "changed": changed["n"],
        "gone": gone["id"] == made["id"], "accounts": len(accounts), "batch": len(batch["result"]["crm/contacts"]),
        "pages": len(pages),
    }))

asyncio.run(main())
"""

# Every Python that has the SDK, see ``clients`` in noxfile.py; else this one, if it has it.
_SDK_PYTHONS = [each for each in os.environ.get("TRUTO_SDK_PYTHONS", "").split(os.pathsep) if each] or (
    [] if find_spec("truto_python_sdk") is None else [sys.executable]
)

# The SDK as one file, see ``clients`` in noxfile.py.
_TS_SDK = os.environ.get("TRUTO_TS_SDK")
_TYPESCRIPT = """
const [bundle, url, token, account, batch] = process.argv.slice(1);
const {default: TrutoApi} = require(bundle);
const api = new TrutoApi({baseUrl: url, token});
const contacts = {unified_model: "crm", resource: "contacts", integrated_account_id: account};
(async () => {
  // It sends an empty next_cursor with the first page of every list, and arrays with indexes.
  const every = await api.unifiedApi.list({...contacts, limit: 7}).toArray();
  const two = [every[0].id, every[3].id];
  const some = await api.unifiedApi.list({...contacts, id: two}).toArray();
  const made = await api.unifiedApi.create({first_name: "Ada"}, contacts);
  const changed = await api.unifiedApi.update(made.id, {n: 1}, contacts);
  const gone = await api.unifiedApi.delete(made.id, contacts);
  const accounts = await api.integratedAccount.list().toArray();
  const jobs = await api.syncJob.list().toArray();
  const ran = await api.batchRequest.create(JSON.parse(batch));
  const missing = await api.unifiedApi.get("no-such-id", contacts).catch(error => error);
  console.log(JSON.stringify({
    every: every.length, some: String(some.map(each => each.id)) === String(two), changed: changed.n,
    gone: gone.id === made.id, accounts: accounts.length, jobs: jobs.length,
    batch: ran.result["crm/contacts"].length, missing: missing.data.statusCode,
  }));
})();
"""


@pytest.fixture
def running() -> Any:
    with server(FIXTURES) as started:
        yield started


def said(command: list[str], *, text: str | None = None) -> Any:
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.skipif(CURL is None, reason="there is no curl here")
def test_curl(running: RunningServer) -> None:
    command = [str(CURL), "-sS", "--fail-with-body", "-g", "-H", f"authorization: bearer {running.token}"]
    assert said([*command, f"{running.url}{LIST}&limit=2"])["result_count"] == 2
    sending = [*command, "-H", "content-type: application/json", "-H", "expect: 100-continue", "-d", json.dumps(BATCH)]
    assert said([*sending, f"{running.url}/batch-request"])["errors"] == {}
    assert said([*command, "-X", "DELETE", f"{running.url}{LIST}&id=c-17"]) == {"id": "c-17"}


def test_requests(running: RunningServer) -> None:
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {running.token}"
        every, cursor = [], None
        while True:
            page = session.get(f"{running.url}{LIST}", params={"limit": "7", "next_cursor": cursor}).json()
            every += page["result"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert len({each["id"] for each in every}) == len(every) > 7
        # A list of values is a name that comes again.
        two = session.get(f"{running.url}{LIST}", params={"id": [every[0]["id"], every[2]["id"]]}).json()
        assert [each["id"] for each in two["result"]] == [every[0]["id"], every[2]["id"]]
        assert session.post(f"{running.url}/batch-request", json=BATCH).json()["errors"] == {}
        assert session.put(f"{running.url}{LIST}", json={}).status_code == 405


@pytest.mark.skipif(NODE is None, reason="there is no Node here")
def test_fetch_of_node(running: RunningServer) -> None:
    command = [str(NODE), "--input-type=module", "-e", _NODE, running.url, running.token]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=120)
    if "fetch is not defined" in done.stderr:
        pytest.skip("this Node is older than fetch")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["both"] == ["c-17", "contacts-1"]
    assert found["batch"] > 7


@pytest.mark.skipif(not _SDK_PYTHONS, reason="truto-python-sdk is not installed: nox -s clients")
@pytest.mark.parametrize("python", _SDK_PYTHONS)
def test_the_python_sdk(running: RunningServer, python: str) -> None:
    command = [python, "-c", _SDK, running.url, running.token, ACCOUNT]
    found = said(command, text=json.dumps(BATCH))
    assert found.pop("every") > 7
    assert found.pop("batch") > 7
    assert found == {"some": True, "changed": 1, "gone": True, "accounts": 1, "pages": PAGES}


@pytest.mark.skipif(
    NODE is None or _TS_SDK is None, reason="the TypeScript SDK is not built: see clients in noxfile.py"
)
def test_the_typescript_sdk(running: RunningServer) -> None:
    script = ["-e", _TYPESCRIPT, str(_TS_SDK), running.url, running.token, ACCOUNT, json.dumps(BATCH)]
    found = said([str(NODE), *script])
    assert found.pop("every") > 7
    assert found.pop("batch") > 7
    assert found == {"some": True, "changed": 1, "gone": True, "accounts": 1, "jobs": 0, "missing": 404}


@pytest.mark.skipif(SCHEMATHESIS is None, reason="schemathesis is not installed: nox -s clients")
def test_schemathesis_finds_nothing(running: RunningServer, tmp_path: Path) -> None:
    command = [str(SCHEMATHESIS), "run", f"{running.url}/openapi.json", "--max-examples", "15", "--seed", "1"]
    headers = ["-H", f"Authorization: Bearer {running.token}"]
    checks = ["-c", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"]
    done = subprocess.run(
        [*command, *headers, *checks], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
