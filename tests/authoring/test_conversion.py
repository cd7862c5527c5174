"""Requests and JSON → a file that sends the same."""

from __future__ import annotations

import json
import shlex
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.authoring import convert
from batchctl.authoring.writing import written
from batchctl.definition.loading import read
from batchctl.errors import UsageError
from batchctl.plan.preview import make_preview
from batchctl.preparation import prepare

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
URL = f"https://api.truto.one/unified/crm/contacts?integrated_account_id={ACCOUNT}"
CONTACTS = {"resource": "crm/contacts", "method": "list"}


def made(text: str) -> str:
    draft = convert(text)
    return written(draft.data, draft.notes, variables=draft.variables)


def resources(text: str) -> object:
    data = read(made(text), environment={"TRUTO_ACCOUNT_ID": ACCOUNT}).data
    assert isinstance(data, dict)
    assert data["integrated_account_id"] == ACCOUNT
    return data["resources"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (f"curl '{URL}' -H 'Authorization: Bearer secret'", CONTACTS),
        ("$ curl https://api.truto.one/unified/crm/contacts", CONTACTS),
        (f"curl -sS --compressed \\\n  -XGET \\\n  --url '{URL}&limit=5'", {**CONTACTS, "query": {"limit": "5"}}),
        (
            f"curl -G {URL.split('?', maxsplit=1)[0]} --data-urlencode 'name=Zoë Ö' -d integrated_account_id={ACCOUNT}",
            {**CONTACTS, "query": {"name": "Zoë Ö"}},
        ),
        (
            f"curl '{URL}&updated_at[gt]=2024&ids[]=a&ids[]=b&tag=x&tag=y'",
            {**CONTACTS, "query": {"updated_at": {"gt": "2024"}, "ids": ["a", "b"], "tag": ["x", "y"]}},
        ),
        (
            "curl https://api.truto.one/unified/crm/contacts/a%2Fb",
            {"resource": "crm/contacts", "method": "get", "id": "a/b"},
        ),
        (
            "curl -X DELETE https://api.truto.one/proxy/pages/7",
            {"resource": "pages", "method": "delete", "id": "7", "persist": True},
        ),
        (
            "curl https://api.truto.one/proxy/pages/search --json '{\"a\": 1.5}'",
            {"resource": "pages", "method": "search", "body": {"a": 1.5}, "persist": True},
        ),
    ],
)
def test_curl_commands_for_one_call(command: str, expected: dict[str, object]) -> None:
    assert resources(command) == [expected]
    assert "secret" not in made(command)


def test_a_file_of_http_requests_is_one_batch() -> None:
    text = (
        f"# contacts\nGET {URL} HTTP/1.1\nAuthorization: Bearer secret\n\n"
        f'### another\nPOST {URL}\nContent-Type: application/json\n\n{{\n  "a": "b"\n}}\n'
    )
    assert resources(text) == [CONTACTS, {"name": "contacts-2", **CONTACTS, "method": "create", "body": {"a": "b"}}]
    assert "secret" not in made(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("curl https://api.truto.one/batch-request -d @body.json", "from the file body.json"),
        ("curl https://api.truto.one/batch-request -d 'no'", "not JSON"),
        ("curl https://api.truto.one/batch-request -d '{\"a\": NaN}'", "not JSON"),
        ("curl https://api.truto.one/unified/crm/contacts -F a=b", "a form"),
        ("curl https://example.com/x", "no call that a batch can make"),
        ("curl -X PUT https://api.truto.one/unified/crm/contacts/1", "no call that a batch can make"),
        ("curl 'https://api.truto.one", "cut off"),
        ("curl -X", "ends after -X"),
        ("curl https://a https://b", "several URLs"),
        ("[]", "neither a definition nor a request"),
        ("a: [", "the input:1"),
        (f"GET {URL}\n###\nGET {URL.replace('5c3b', '5c3c')}\n", "several accounts"),
    ],
)
def test_what_can_not_be_converted_is_said(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        convert(text)


TEXTS = st.sampled_from(
    ["${HOME}", "$${x}", "{{args.a}}", "no", "1e3", "", " a", "a: b", "# c", "é😀", "a\nb", "\\", '"', "'"]
)
TEXT = TEXTS | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NUMBER = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.recursive(
    TEXT | NUMBER | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
RESOURCE = st.fixed_dictionaries(
    {"resource": TEXT, "method": TEXT},
    optional={"query": VALUE, "body": VALUE, "run_if": TEXT, "config": st.fixed_dictionaries({"expression": TEXT})},
)
BODY = st.fixed_dictionaries(
    {"integrated_account_id": TEXT, "args": st.dictionaries(TEXT, VALUE, max_size=3), "resources": st.lists(RESOURCE)}
)


@given(body=BODY, form=st.sampled_from(["json", "curl", "http"]))
def test_a_body_stays_the_same_to_the_last_byte(body: dict[str, object], form: str) -> None:
    text = sent = json.dumps(body, ensure_ascii=False)
    if form == "curl":
        text = f"curl -X POST https://api.truto.one/batch-request -H 'X: y' --data-raw {shlex.quote(text)}"
    elif form == "http":
        text = f"POST https://api.truto.one/batch-request\nX: y\n\n{json.dumps(body)}\n"
    assert json.dumps(read(made(text), environment={}).data, ensure_ascii=False) == sent


NODE = st.fixed_dictionaries({"name": TEXT, "type": st.sampled_from(["request", "event", "destination"])}, optional={
    "resource": TEXT, "method": TEXT, "query": VALUE, "config": st.dictionaries(TEXT, VALUE, max_size=2),
    "run_if": TEXT, "resources_to_persist": st.lists(TEXT, max_size=2),
})  # fmt: skip
JOB = st.fixed_dictionaries(
    {"label": TEXT, "default_runtime_version": st.just(4), "resources": st.lists(NODE, min_size=1)},
    optional={
        "id": TEXT,
        "integration_name": TEXT,
        "state_key": TEXT,
        "args_schema": st.dictionaries(TEXT, st.dictionaries(TEXT, VALUE, max_size=2), max_size=2),
        "created_at": st.just("2026-01-31T10:00:00.000Z"),
    },
)


@given(job=JOB)
def test_a_sync_job_stays_the_same_to_the_last_byte(job: dict[str, object]) -> None:
    """As ``GET /sync-job/ID`` answers it."""
    text = json.dumps(job, ensure_ascii=False)
    assert json.dumps(read(made(text), environment={}).data, ensure_ascii=False) == text


WORD = st.text(st.sampled_from("abcXYZ019 +&=%/?#é😀.,:'"), min_size=1, max_size=8)
FIELD = st.text(st.sampled_from("abc_xyz"), min_size=1, max_size=6).map(lambda text: f"q{text}")


@given(
    query=st.dictionaries(FIELD, WORD, max_size=4),
    body=st.none() | st.dictionaries(FIELD, WORD | st.integers(-9, 9) | st.booleans() | st.lists(WORD, max_size=2)),
)
def test_a_single_call_is_made_again_as_it_was(query: dict[str, str], body: dict[str, object] | None) -> None:
    url = "https://api.truto.one/unified/crm/contacts?" + urlencode({"integrated_account_id": ACCOUNT, **query})
    command = f"curl {shlex.quote(url)}"
    if body is not None:
        command += f" -H 'Content-Type: application/json' --json {shlex.quote(json.dumps(body))}"
    prepared = prepare(made(command), file="a.yaml", environment={})
    (request,) = make_preview(prepared.require_plan()).resources[0].requests()
    call = request.call
    assert (call.http_method, call.path) == ("GET" if body is None else "POST", "/unified/crm/contacts")
    assert {name: value for name, value in call.query.items() if name != "integrated_account_id"} == query
    assert json.dumps(call.body or {}) == json.dumps(body or {})
