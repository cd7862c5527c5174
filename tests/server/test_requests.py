"""Queries in every spelling, who may ask, keys that are used again, limits."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from asking import Client

from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.errors import UsageError
from batchctl.server.answer import Answer, encoded, json_answer
from batchctl.server.app import make_app
from batchctl.server.guards import bearer
from batchctl.server.idempotency import GivenAnswers
from batchctl.server.rate_limits import RateLimits
from batchctl.server.request import MAX_BYTES, Refusal, read_body, read_query
from batchctl.server.worlds import FixtureWorld

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

A = "integrated_account_id=acc"


@pytest.fixture
def folder(tmp_path: Path) -> FixtureFolder:
    path = tmp_path / "unified/crm/contacts.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps([{"id": str(n), "n": n, "big": 2**70} for n in range(5)]))
    return FixtureFolder(tmp_path)


@pytest.fixture
def client(folder: FixtureFolder) -> Client:
    return Client(make_app(FixtureWorld(folder)))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a=1", {"a": "1"}),
        ("a=", {"a": ""}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[]=1", {"a": ["1"]}),
        ("a[0]=1&a[1]=2", {"a": ["1", "2"]}),
        ("a=1&a=2&a=3", {"a": ["1", "2", "3"]}),
        ("a[b]=1&a[c][d]=2", {"a": {"b": "1", "c": {"d": "2"}}}),
        ("a[b]=1&a[b]=2", {"a": {"b": ["1", "2"]}}),
        ("a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        ("a[0][b]=1&a[1][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        ("a[in][]=1&a[in][]=2", {"a": {"in": ["1", "2"]}}),
        ("a[1]=x", {"a": {"1": "x"}}),
        ("a%5Bgt%5D=2024-01-01T00%3A00%3A00%2B01%3A00", {"a": {"gt": "2024-01-01T00:00:00+01:00"}}),
        ("[a]=1&b]=2&c[d=3&e[f]g=4", {"[a]": "1", "b]": "2", "c[d": "3", "e[f]g": "4"}),
        ("", {}),
    ],
)
def test_a_query_in_every_spelling(text: str, query: Any) -> None:
    assert read_query(text) == query


@pytest.mark.parametrize(
    "text", ["a=1&a[b]=2", "a[b]=1&a=2", "a[]=1&a[b]=2", "a[b]=1&a[]=2", "a" + "[b]" * 11 + "=1", "a=%ff"]
)
def test_a_query_of_two_minds_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_query(text)
    assert caught.value.status == 400


def test_the_filters_of_a_url(client: Client) -> None:
    for query in ("id[]=1&id[]=3", "id[0]=1&id[1]=3", "id=1&id=3", "id[in]=1,3", "n[in][]=1&n[in][]=3"):
        found = client.json("GET", f"/unified/crm/contacts?{A}&{query}")["result"]
        assert [record["id"] for record in found] == ["1", "3"]
    refused = client("GET", f"/unified/crm/contacts?{A}&n[near]=3")
    assert refused.status_code == 400
    assert "no operator" in refused.json()["message"]


@pytest.mark.parametrize(
    "path", ["/unified/crm/contacts", "/unified/crm/contacts/1", "/batch-request", "/integrated-account"]
)
def test_put_is_not_possible_anywhere(client: Client, path: str) -> None:
    answer = client("PUT", f"{path}?{A}", json={})
    assert answer.status_code == 405
    assert answer.headers["allow"]


def test_writes_without_an_id_in_the_path(client: Client) -> None:
    url = f"/unified/crm/contacts?{A}"
    assert client.json("PATCH", url, json={"id": 1, "n": 9})["n"] == 9
    assert client.json("PATCH", f"{url}&id=2", json={"n": 9})["id"] == "2"
    assert client.json("DELETE", f"{url}&id=2") == {"id": "2"}
    assert client.json("DELETE", url, json={"id": "3"}) == {"id": "3"}
    for answer in (client("DELETE", url), client("PATCH", url, json={"id": {}}), client("PATCH", url, json=[1])):
        assert answer.status_code == 400
        assert "needs an id" in answer.json()["message"]


def test_head_is_get_without_a_body(client: Client) -> None:
    answer = client("HEAD", f"/unified/crm/contacts?{A}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 100


def test_a_body_that_is_not_json_is_refused(client: Client) -> None:
    for body in (b'{"n": NaN}', b"{", b"\xff", b'{"n": 1e999}', b'{"n": [-1e400]}', b'{"n": 1' + b"0" * 400 + b"}"):
        answer = client("POST", f"/unified/crm/contacts?{A}", content=body)
        assert answer.status_code == 400
        assert "not JSON" in answer.json()["message"]
    assert client("POST", "/batch-request", content=b'{"n": Infinity}').status_code == 400
    assert client("POST", "/batch-request", content=b" " * (MAX_BYTES + 1)).status_code == 413


def test_a_body_in_pieces_is_bounded_too(client: Client) -> None:
    async def pieces(count: int) -> AsyncIterator[bytes]:
        yield b"{}"
        for _ in range(count):
            yield b" " * 2**20

    url = f"/unified/crm/contacts?{A}"
    assert client("POST", url, content=pieces(2)).status_code == 201
    assert client("POST", url, content=pieces(32)).status_code == 413


def test_a_body_that_breaks_off_is_refused() -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    with pytest.raises(Refusal, match="closed within the body") as caught:
        asyncio.run(read_body(receive, within_s=60))
    assert (caught.value.status, messages) == (400, [])


def test_what_is_no_http_is_left_alone(folder: FixtureFolder) -> None:
    """Servers that are not ours ask an application about its lifespan; one that says nothing has none."""

    async def nothing(*_: Any) -> Any:
        raise AssertionError("nothing is received or sent")

    asyncio.run(make_app(FixtureWorld(folder))({"type": "lifespan"}, nothing, nothing))


# Who may ask


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_a_token_may_be_in_any_case(folder: FixtureFolder, scheme: str) -> None:
    client = Client(make_app(FixtureWorld(folder), token="s3cret"))
    assert client("GET", "/ping", headers={"authorization": f"{scheme}  s3cret"}).status_code == 200
    assert bearer(f"{scheme}  s3cret ") == "s3cret"


def test_with_a_token_every_route_but_health_asks_for_it(folder: FixtureFolder) -> None:
    client = Client(make_app(FixtureWorld(folder), token="s3cret"))
    for path in ("/", "/ping", "/openapi.json", f"/unified/crm/contacts?{A}", "/integrated-account", "/nowhere"):
        for header in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic s3cret"}):
            assert client("GET", path, headers=header).status_code == 401
    assert client("GET", "/health").status_code == 200
    assert client("GET", "/ping", headers={"authorization": "bearer s3cret"}).status_code == 200


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80", "LOCALHOST"])
def test_without_a_token_this_machine_is_served(client: Client, host: str) -> None:
    assert client("GET", "/ping", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["example.com", "localhost.example.com", "127.0.0.1.nip.io", "10.0.0.1:8080", "", "[::1"]
)
def test_without_a_token_no_other_name_is_served(client: Client, host: str) -> None:
    assert client("GET", "/ping", headers={"host": host}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"content-type": "application/json; charset=utf-8"}, 201),
        ({"origin": "http://localhost:3000"}, 201),
        ({"origin": "https://example.com"}, 403),
        ({"origin": "null"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
    ],
)
def test_without_a_token_no_other_site_writes(client: Client, headers: dict[str, str], status: int) -> None:
    assert client("POST", f"/unified/crm/contacts?{A}", content=b"{}", headers=headers).status_code == status
    if status != 201:
        assert len(client.json("GET", f"/unified/crm/contacts?{A}")["result"]) == 5


# Keys


def test_a_key_with_another_body_is_a_422(client: Client) -> None:
    url, key = f"/unified/crm/contacts?{A}", {"idempotency-key": "k"}
    first = client("POST", url, json={"n": 1}, headers=key)
    assert client("POST", url, json={"n": 1}, headers=key).content == first.content
    other = client("POST", url, json={"n": 2}, headers=key)
    assert other.status_code == 422
    assert "another body" in other.json()["message"]


def test_a_failure_is_not_kept_under_a_key(client: Client) -> None:
    key = {"idempotency-key": "k"}
    assert client("DELETE", f"/unified/crm/contacts/new?{A}", headers=key).status_code == 404
    client("POST", f"/unified/crm/contacts?{A}", json={"id": "new"})
    assert client("DELETE", f"/unified/crm/contacts/new?{A}", headers=key).status_code == 200
    assert client("DELETE", f"/unified/crm/contacts/new?{A}", headers=key).status_code == 200


def test_kept_answers_are_bounded_in_bytes_the_oldest_go_first() -> None:
    made: list[str] = []

    async def ask() -> None:
        given = GivenAnswers(most_bytes=10_000)

        async def make(name: str) -> Answer:
            made.append(name)
            return json_answer(200, "x" * 2_000)

        for name in "abcdca":
            await given.once(name, b"", lambda name=name: make(name))  # type: ignore[misc]  # bound at once

    asyncio.run(ask())
    assert made == list("abcda")


def test_a_key_asked_for_with_another_body_meanwhile_is_a_422() -> None:
    async def ask() -> list[int]:
        given, begun, go = GivenAnswers(), asyncio.Event(), asyncio.Event()

        async def make() -> Answer:
            begun.set()
            await go.wait()
            return json_answer(200, 1)

        first = asyncio.ensure_future(given.once("k", b"1", make))
        await begun.wait()
        other = await given.once("k", b"2", make)
        same = asyncio.ensure_future(given.once("k", b"1", make))
        await asyncio.sleep(0)
        go.set()
        return [other.status, *(answer.status for answer in await asyncio.gather(first, same))]

    assert asyncio.run(ask()) == [422, 200, 200]


# Limits


def test_an_account_and_a_token_have_limits(folder: FixtureFolder) -> None:
    now = [0.0]
    limits = RateLimits(2, 5, clock=lambda: now[0])
    client = Client(make_app(FixtureWorld(folder), limits=limits))
    first = client("GET", f"/unified/crm/contacts/1?{A}")
    assert first.headers["ratelimit-limit"] == "2;w=10"
    assert (first.headers["ratelimit-remaining"], first.headers["ratelimit-reset"]) == ("1", "10")
    now[0] = 4.5
    assert client("GET", f"/unified/crm/contacts/1?{A}").status_code == 200
    refused = client("GET", f"/unified/crm/contacts/1?{A}")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "6")
    assert refused.json()["message"] == "more than 2 calls in 10 s for this account"
    other = "integrated_account_id=other"
    assert client("GET", f"/unified/crm/contacts/1?{other}").status_code == 200
    assert client("GET", "/integrated-account").status_code == 200
    assert client("GET", "/integrated-account").status_code == 429
    assert client("GET", "/health").status_code == 200
    now[0] = 10
    assert client("GET", f"/unified/crm/contacts/1?{A}").headers["ratelimit-remaining"] == "1"


def test_limits_are_written_as_two_numbers(folder: FixtureFolder) -> None:
    client = Client(make_app(FixtureWorld(folder), limits=RateLimits.of("2,500")))
    assert client("GET", f"/unified/crm/contacts/1?{A}").headers["ratelimit-limit"] == "2;w=10"
    for text in ("", "50", "0,5", "5,-1", "5,5,5", "5,99999999"):
        with pytest.raises(UsageError, match="ACCOUNT,TOKEN"):
            RateLimits.of(text)


def test_of_very_many_accounts_the_first_are_forgotten() -> None:
    limits = RateLimits(1, 10**6, clock=lambda: 0.0)
    # 10,000 windows: one is the token's.
    for number in range(9_999):
        limits.count("t", str(number))
    with pytest.raises(Refusal):
        limits.count("t", "0")
    for number in range(2):
        limits.count("t", f"more {number}")
    assert limits.count("t", "0")["ratelimit-remaining"] == "0"


# What goes out


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ({"big": 2**70}, '{"big":1180591620717411303424}'),
        ([float("inf"), float("nan")], "[null,null]"),
        ("\ud800", '"\\ud800"'),
    ],
)
def test_an_answer_is_strict_json(value: Any, text: str) -> None:
    assert encoded(value) == text.encode()


def test_every_digit_comes_out(client: Client) -> None:
    assert client.json("GET", f"/unified/crm/contacts/1?{A}")["big"] == 2**70
