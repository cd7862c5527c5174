"""Everything beside data and batches: accounts, capabilities, jobs, the page; and what a watched folder does."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from asking import Client

from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.fixture_state import State
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.server.access import Access
from batchctl.server.answer import Answer, json_answer
from batchctl.server.app import make_app
from batchctl.server.idempotency import GivenAnswers
from batchctl.server.kept_answers import KeptAnswers, name_of
from batchctl.server.kept_reads import KeptRead, KeptReads
from batchctl.server.worlds import FixtureWorld

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = "0a0a0a0a-0000-4000-8000-000000000001", "0a0a0a0a-0000-4000-8000-000000000002"


def write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")


def client_of(folder: Path, state: State | None = None) -> Client:
    return Client(make_app(FixtureWorld(FixtureFolder(folder, watch=True), state)))


@pytest.fixture
def two(tmp_path: Path) -> Client:
    about = "tenant_id: t1\ncontext: {access_token: s3cret, region: eu}\nintegration: {name: hubspot, label: HubSpot}\n"
    write(tmp_path / f"accounts/{ONE}/account.yaml", about)
    write(
        tmp_path / f"accounts/{ONE}/unified/crm/contacts.json", [{"id": "1", "n": 1.5, "tags": [], "of": {}, "x": None}]
    )
    write(tmp_path / f"accounts/{ONE}/proxy/pages.json", [{"id": "p", "ok": True}])
    write(tmp_path / f"accounts/{ONE}/proxy/pages/search.json", {"hits": []})
    write(tmp_path / f"accounts/{TWO}/account.yaml", "status: needs_reauth\nis_blocked: true\nintegration: notion\n")
    proxy = {"resource": "pages", "methods": [{"method": "list", "has_description": False}, {"method": "get"}]}
    write(tmp_path / f"accounts/{TWO}/capabilities.json", {"proxy": [proxy], "unified": []})
    return client_of(tmp_path)


def test_accounts_are_listed_without_their_secrets(two: Client) -> None:
    answer = two("GET", "/integrated-account?limit=1")
    assert "s3cret" not in answer.text
    page = answer.json()
    assert sorted(page) == ["limit", "next_cursor", "result"]
    assert page["result"][0]["id"] == ONE
    assert page["result"][0]["integration"] == {"name": "hubspot", "label": "HubSpot"}
    rest = two.json("GET", f"/integrated-account?limit=1&next_cursor={page['next_cursor']}")
    assert [(each["id"], each["status"], each["integration"]) for each in rest["result"]] == [
        (TWO, "needs_reauth", {"name": "notion"})
    ]
    assert rest["next_cursor"] is None
    assert two.json("GET", f"/integrated-account/{ONE}")["tenant_id"] == "t1"
    assert two.json("GET", f"/integrated-account/{ONE}")["context"] == {"region": "eu"}
    assert two("GET", "/integrated-account/nobody").status_code == 404
    assert two("GET", "/integrated-account?limit=none").status_code == 400
    assert two("GET", f"/integrated-account/{ONE}/more/of/it").status_code == 404


def test_records_belong_to_their_account(two: Client) -> None:
    assert two.json("GET", f"/unified/crm/contacts?integrated_account_id={ONE}")["result_count"] == 1
    assert two("GET", f"/unified/crm/contacts?integrated_account_id={TWO}").status_code == 404
    assert two("GET", "/unified/crm/contacts?integrated_account_id=nobody").status_code == 404
    assert two("GET", "/unified/crm/contacts").status_code == 400


def test_capabilities_tell_what_the_files_hold(two: Client) -> None:
    whole = two.json("GET", f"/integrated-account/{ONE}/capabilities")
    assert whole["account"] == {"id": ONE, "status": "active", "authentication_method": "api_key", "is_blocked": False}
    assert whole["unified"][0]["methods"] == ["list", "get", "create", "update", "delete"]
    assert [each["method"] for each in whole["proxy"][0]["methods"]][-1] == "search"
    part = two.json("GET", f"/integrated-account/{ONE}/capabilities?type=proxy&methods=search,get&resource=pages")
    assert "unified" not in part
    assert [each["method"] for each in part["proxy"][0]["methods"]] == ["get", "search"]
    assert not two.json("GET", f"/integrated-account/{ONE}/capabilities?resource=other")["proxy"]
    by_integration = two.json("GET", "/integration/hubspot/capabilities")
    assert "account" not in by_integration
    assert two("GET", "/integration/slack/capabilities").status_code == 404


def test_own_capabilities_may_leave_things_out(tmp_path: Path) -> None:
    write(tmp_path / "capabilities.json", {"unified": [{"model": "crm", "resource": "contacts"}]})
    found = client_of(tmp_path).json("GET", "/integrated-account/any/capabilities?methods=list")
    assert found["unified"] == [{"model": "crm", "resource": "contacts"}]
    assert "proxy" not in found


def test_schemas_of_records_that_differ(tmp_path: Path) -> None:
    write(tmp_path / "proxy/pages.json", [{"n": 1}, {"n": 2}, {"n": "3"}, "4"])
    write(tmp_path / "proxy/reports/search.json", {"hits": []})
    client = client_of(tmp_path)
    tools = {each["name"]: each for each in client.json("GET", "/integrated-account/any/tools")}
    assert tools["create_pages"]["body_schema"]["properties"] == {"n": {"type": ["integer", "string"]}}
    # A file of answers alone has no records.
    assert "search_reports" in tools


def test_a_method_of_its_own_is_posted(two: Client) -> None:
    assert two.json("POST", f"/proxy/pages/search?integrated_account_id={ONE}", json={"q": "x"}) == {"hits": []}
    assert two("POST", f"/proxy/pages/find?integrated_account_id={ONE}", json={}).status_code == 404


def test_methods_without_a_description_are_hidden_unless_asked_for(two: Client) -> None:
    path = f"/integrated-account/{TWO}/capabilities"
    assert two.json("GET", path)["account"]["is_blocked"] is True
    for query, count in (("", 1), ("?has_description=false", 2)):
        assert len(two.json("GET", path + query)["proxy"][0]["methods"]) == count


def test_tools_and_meta_give_schemas_from_the_records(two: Client) -> None:
    tools = two.json("GET", f"/integrated-account/{ONE}/tools?methods=create,search")
    assert [each["name"] for each in tools] == ["create_crm_contacts", "create_pages", "search_pages"]
    assert tools[0]["body_schema"]["properties"] == {
        "id": {"type": "string"},
        "n": {"type": "number"},
        "tags": {"type": "array"},
        "of": {"type": "object"},
        "x": {"type": "null"},
    }
    meta = two.json("GET", f"/unified/crm/contacts/meta/list?integrated_account_id={ONE}")
    assert meta["response_schema"]["properties"]["result"]["items"]["properties"]["n"] == {"type": "number"}
    assert two("GET", f"/unified/crm/contacts/meta/fly?integrated_account_id={ONE}").status_code == 404
    unsaid = two("GET", "/unified/crm/contacts/meta/list")
    assert (unsaid.status_code, unsaid.json()["message"]) == (
        400,
        "the query parameter integrated_account_id is missing",
    )


def test_a_folder_without_accounts_has_one(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    (account,) = client.json("GET", "/integrated-account")["result"]
    assert account["status"] == "active"
    assert client.json("GET", "/integrated-account/any")["id"] == "any"
    write(tmp_path / "account.yaml", f"id: {ONE}\n")
    assert client_of(tmp_path).json("GET", "/integrated-account")["result"][0]["id"] == ONE


def test_a_backend_without_a_folder_has_no_capabilities(tmp_path: Path) -> None:
    client = Client(make_app(FixtureBackend(tmp_path)))
    assert client("GET", "/integrated-account/any/capabilities").status_code == 404
    assert client.json("GET", "/integrated-account/any")["id"] == "any"
    assert client.json("POST", "/sync-job", json={"label": "x"})["label"] == "x"
    assert "no fixtures folder" in client("GET", "/").text


def test_sync_jobs_are_records_of_the_platform(tmp_path: Path) -> None:
    write(
        tmp_path / "platform/log.json", [{"id": "l1", "sync_job_run_id": "r1"}, {"id": "l2", "sync_job_run_id": "r2"}]
    )
    state = State(tmp_path / "state.sqlite")
    client = client_of(tmp_path, state)
    job = client.json("POST", "/sync-job", json={"label": "Contacts", "resources": []})
    assert job["created_at"] == job["updated_at"]
    path = f"/sync-job/{job['id']}"
    assert client.json("PATCH", path, json={"label": "People"})["label"] == "People"
    assert client("PATCH", path, json=[1]).status_code == 400
    assert client("POST", "/sync-job", json=[1]).status_code == 400
    page = client.json("GET", "/sync-job?label=People&limit=5")
    assert (sorted(page), page["limit"], len(page["result"])) == (["limit", "next_cursor", "result"], 5, 1)
    assert client("GET", "/sync-job?limit=0").status_code == 400
    state.close()
    again = client_of(tmp_path, State(tmp_path / "state.sqlite"))
    assert again.json("GET", path)["label"] == "People"
    assert again.json("DELETE", path) == {"id": job["id"]}
    assert again("GET", path).status_code == 404
    assert [each["id"] for each in again.json("GET", "/log?sync_job_run_id=r2")["result"]] == ["l2"]


def test_an_answer_to_a_key_outlives_the_process(tmp_path: Path) -> None:
    write(tmp_path / "unified/crm/contacts.json", [])
    state = State(tmp_path / "state.sqlite")
    client, url = client_of(tmp_path, state), "/unified/crm/contacts?integrated_account_id=a"
    headers = {"idempotency-key": "k", "authorization": "Bearer planted-token"}
    first = client("POST", url, json={"n": 1}, headers=headers)
    failed = client("PATCH", "/unified/crm/contacts/none?integrated_account_id=a", json={}, headers=headers)
    assert (first.status_code, failed.status_code) == (201, 404)
    state.close()
    assert b"planted-token" not in b"".join(path.read_bytes() for path in tmp_path.glob("state.sqlite*"))
    state = State(tmp_path / "state.sqlite")
    again = client_of(tmp_path, state)
    repeated = again("POST", url, json={"n": 1}, headers=headers)
    assert (repeated.status_code, repeated.content) == (201, first.content)
    assert again("POST", url, json={"n": 2}, headers=headers).status_code == 422
    assert len(again.json("GET", url)["result"]) == 1
    assert len(list(state.answers())) == 1


def test_a_write_that_was_cut_off_is_not_made_again(tmp_path: Path) -> None:
    write(tmp_path / "unified/crm/contacts.json", [])
    state = State(tmp_path / "state.sqlite")
    # What a process leaves that is killed between the change and the answer.
    kept = KeptAnswers(state)
    url = "/unified/crm/contacts?integrated_account_id=a"
    body = b'{"id":"c"}'
    name = name_of("", "POST", url, "k")

    async def begin() -> None:
        kept.begin(name, hashlib.sha256(body).digest())
        state.saver("", "crm/contacts")("c", {"id": "c"})

    asyncio.run(begin())
    state.close()
    again = client_of(tmp_path, State(tmp_path / "state.sqlite"))
    headers = {"idempotency-key": "k", "content-type": "application/json"}
    answer = again("POST", url, content=body, headers=headers)
    assert (answer.status_code, "was in progress" in answer.json()["message"]) == (409, True)
    assert [each["id"] for each in again.json("GET", url)["result"]] == ["c"]


def test_answers_that_are_forgotten_leave_the_state_too(tmp_path: Path) -> None:
    state = State(tmp_path / "state.sqlite")

    async def make() -> Answer:
        return json_answer(200, "x" * 2_000)

    async def ask() -> None:
        given = GivenAnswers(most_bytes=10_000, kept=KeptAnswers(state))
        for name in "abcd":
            await given.once(name, b"", make)

    asyncio.run(ask())
    assert [name for name, *_ in state.answers()] == ["b", "c", "d"]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/unified", "/unified/crm", "/proxy//x?integrated_account_id=a", "/sync-job/a/b", "/log/x"]
)
def test_what_is_nowhere_is_a_404(two: Client, path: str) -> None:
    answer = two("GET", path)
    assert answer.status_code == 404
    assert answer.json()["message"].startswith("no such route: GET /")


@pytest.mark.parametrize("path", ["%2e%2e%2fsecret", "..%5csecret", "%00", "a%2f..%2f..%2fsecret", ".", "%2e%2e"])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    write(tmp_path / "secret.json", [{"id": "s3cret"}])
    write(tmp_path / "in/proxy/x.json", [])
    client = client_of(tmp_path / "in")
    for url in (
        f"/proxy/{path}?integrated_account_id=a",
        f"/proxy/x?integrated_account_id={path}",
        f"/sync-job/{path}",
    ):
        answer = client("GET", url)
        assert answer.status_code in (200, 404)
        assert "s3cret" not in answer.text


def test_a_broken_file_names_its_line_and_heals(tmp_path: Path) -> None:
    write(tmp_path / "proxy/x.json", "[1,\n2,\n}")
    client = client_of(tmp_path)
    answer = client("GET", "/proxy/x?integrated_account_id=a")
    assert answer.status_code == 500
    assert "x.json:3:1" in answer.json()["message"]
    write(tmp_path / "proxy/x.json", "[1]")
    assert client.json("GET", "/proxy/x?integrated_account_id=a")["result"] == [1]


def test_the_page_shows_errors_first_and_escapes(two: Client) -> None:
    two("GET", f"/unified/crm/contacts?integrated_account_id={ONE}")
    two("GET", "/nowhere/<script>alert(1)</script>")
    two("GET", f"/proxy/pages?integrated_account_id={ONE}")
    answer = two("GET", "/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    text = answer.text
    assert "<script>" not in text
    assert text.index("/nowhere/") < text.index("/proxy/pages?") < text.index("/unified/crm/contacts?")
    assert "crm/contacts: list, get, create, update, delete" in text
    assert "hubspot" in text


def test_own_routes(two: Client) -> None:
    assert two.json("GET", "/health")["status"] == "ok"
    assert two.json("GET", "/ping") == {"pong": True}
    document = two.json("GET", "/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert "/unified/{model}/{resource}/{id}" in document["paths"]
    assert two("POST", "/health", json={}).status_code == 405


def test_a_line_of_the_log_is_one_line() -> None:
    access = Access("127.0.0.1", "GET", "/proxy/x?a=\x1b[31m\n" + "b" * 500, 200, 12, 0.0015)
    line = access.line()
    assert "\x1b" not in line
    assert "\n" not in line
    assert line.startswith("127.0.0.1 GET /proxy/x?a=")
    assert line.endswith("… 200 1.5 ms 12 B")


def test_every_call_is_logged(tmp_path: Path) -> None:
    logged: list[Access] = []
    client = Client(make_app(FixtureWorld(FixtureFolder(tmp_path)), log=logged.append))
    client("GET", "/health")
    client("DELETE", "/proxy/x/1?integrated_account_id=a")
    assert [(each.method, each.status) for each in logged] == [("GET", 200), ("DELETE", 404)]


def test_batches_of_one_account_do_not_reach_another(two: Client) -> None:
    resources = [{"name": "c", "resource": "crm/contacts", "method": "list"}]
    for account, count in ((ONE, 1), (TWO, 0)):
        body = two.json("POST", "/batch-request", json={"integrated_account_id": account, "resources": resources})
        assert len(body["result"].get("c", [])) == count
        assert bool(body["errors"]) == (count == 0)


def test_a_read_that_is_asked_for_again_follows_every_change(tmp_path: Path) -> None:
    write(tmp_path / "proxy/x.json", [{"id": "1", "n": 1}])
    client = client_of(tmp_path)
    one, all_of_them = "/proxy/x/1?integrated_account_id=a", "/proxy/x?integrated_account_id=a"
    for n in (1, 2, 3):
        assert [client.json("GET", one)["n"] for _ in range(3)] == [n] * 3
        client.json("PATCH", one, json={"n": n + 1})
    batch = {"integrated_account_id": "a", "resources": [{"resource": "x", "method": "delete", "id": "1"}]}
    assert client.json("GET", all_of_them)["result_count"] == 1
    client.json("POST", "/batch-request", json=batch)
    assert client.json("GET", all_of_them)["result_count"] == 0
    assert client("GET", one).status_code == 404


def test_kept_reads_are_bounded() -> None:
    kept = KeptReads(most_bytes=20_000)
    for name in ("a", "b", "a", "c"):
        kept.keep(name, KeptRead("acc", 1, json_answer(200, "x" * 1_000)))
    kept.keep("big", KeptRead("acc", 1, json_answer(200, "x" * 10_000)))
    kept.keep("unknown", KeptRead("acc", None, json_answer(200, 1)))
    assert all(kept.get(name) for name in "abc")
    assert not any(kept.get(name) for name in ("big", "unknown"))
    for number in range(20):
        kept.keep(str(number), KeptRead("acc", 1, json_answer(200, "x" * 1_000)))
    assert kept.get("a") is None
    assert kept.get("19") is not None


def test_an_empty_cursor_is_the_first_page(tmp_path: Path) -> None:
    write(tmp_path / "unified/crm/contacts.json", [{"id": "c"}])
    client = client_of(tmp_path)
    for path in ("/unified/crm/contacts?integrated_account_id=a&", "/integrated-account?", "/sync-job?", "/log?"):
        assert client("GET", f"{path}next_cursor=").status_code == 200


def test_a_heavy_args_validation_holds_up_no_other_call(tmp_path: Path) -> None:
    job = {
        "id": "j",
        "default_runtime_version": 4,
        "args_validation": '$sum([1..1000000].($ * 2)) > 0 ? {"message": "not with these"}',
        "resources": [{"name": "l", "type": "request", "resource": "crm/contacts", "method": "list"}],
    }
    write(tmp_path / "platform/sync-job.json", [job])
    write(tmp_path / "unified/crm/contacts.json", [{"id": "1"}])
    app = make_app(FixtureWorld(FixtureFolder(tmp_path)))

    async def both() -> tuple[httpx.Response, int]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            posted = asyncio.ensure_future(client.post("/sync-job-run", json={"sync_job_id": "j"}))
            turns = 0
            while not posted.done():
                turns += (await client.get("/health")).is_success
                await asyncio.sleep(0)
            return await posted, turns

    answer, turns = asyncio.run(both())
    assert (answer.status_code, "not with these" in answer.text) == (400, True), answer.text
    # Where it is evaluated on the loop, one or two calls get their turn before it.
    assert turns > 5
