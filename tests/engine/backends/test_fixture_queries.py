"""What a list's query asks of fixtures: arrays, operators, nested objects, order, fields to leave out."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.engine.backends.base import Reply

PAGES: list[Any] = [
    {"id": "a", "n": 9, "at": "2024-05-01T10:00:00Z", "page": {"id": "p1", "parent": {"id": "r"}}, "tags": ["x", "y"]},
    {"id": "b", "n": 10, "at": "2024-05-01T13:00:00+02:00", "page": {"id": "p2"}, "tags": ["y"], "rank": "10"},
    {"id": "c", "n": 11.5, "at": "2024-06-01", "page": None, "tags": [], "rank": "9", "in": {"gt": "odd"}},
    {"id": "d", "n": None, "at": None, "name": "Zoë", "links": [{"to": "p1"}, {"to": "p9"}], "remote_data": {"k": 1}},
]


@pytest.fixture
def backend(tmp_path: Path) -> FixtureBackend:
    path = tmp_path / "unified/kb/pages.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(PAGES))
    return FixtureBackend(tmp_path)


def send(backend: FixtureBackend, method: str = "list", record_id: str | None = None, **rest: Any) -> Reply:
    return asyncio.run(backend.send(Call("kb/pages", method, record_id, **rest)))


def ids(backend: FixtureBackend, query: Any) -> str:
    reply: Any = send(backend, query=query)
    assert reply.status == 200, reply.body
    return "".join(record["id"] for record in reply.body["result"])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"id": ["a", "c", "zz"]}, "ac"),
        ({"id": []}, ""),
        ({"tags": ["x"]}, "a"),
        ({"id[]": ["a", "c"]}, "ac"),
        ({"id[]": "a"}, "a"),
        ({"id[0]": "a", "id[1]": "b"}, "ab"),
        ({"n[gt]": 9}, "bc"),
        ({"n[gte]": 9, "n[lt]": 11}, "ab"),
        ({"page[parent][id]": "r"}, "a"),
        ({"page[parent]": {"id": "r"}}, "a"),
        ({"sort_by[id]": "desc"}, "dcba"),
        ({"not[": "a"}, "abcd"),
        ({"tags": "y"}, "ab"),
        ({"tags": ["x", "y"]}, "ab"),
        ({"n": {"gt": 9}}, "bc"),
        ({"n": {"gt": "9"}}, "bc"),
        ({"n": {"gte": "9.0", "lt": "1.15e1"}}, "ab"),
        ({"n": {"eq": "10.0"}}, "b"),
        ({"n": {"neq": 10}}, "acd"),
        ({"n": {"in": [9, "11.5"]}}, "ac"),
        ({"n": {"in": "9,10"}}, "ab"),
        ({"rank": {"gt": "9"}}, "b"),
        ({"at": {"gt": "2024-05-01T10:30:00Z"}}, "bc"),
        ({"at": {"lte": "2024-05-01T11:00:00.000Z"}}, "ab"),
        ({"at": {"eq": "2024-05-01T12:00:00+01:00"}}, "b"),
        ({"at": {"gte": "2024-05"}}, "abc"),
        ({"at": {"gte": "2024-05-02", "lt": "2024-07-01"}}, "c"),
        ({"at": {"lt": "soon"}}, "abc"),
        ({"name": {"gte": "Z"}}, "d"),
        ({"page": {"id": "p1"}}, "a"),
        ({"page": {"id": ["p1", "p2"]}}, "ab"),
        ({"page": {"parent": {"id": "r"}}}, "a"),
        ({"page": {"parent": {"id": "other"}}}, ""),
        ({"page": {"id": {"gt": "p1"}}}, "b"),
        ({"page": {"id": "none", "parent": {"id": "r"}}}, ""),
        ({"page": {"id": "p1"}, "id": "b"}, ""),
        ({"links": {"to": "p9"}}, "d"),
        ({"in": {"gt": "odd"}}, "c"),
        ({"n": {"gt": 9}, "tags": "y"}, "b"),
        ({"nothing": "x"}, "abcd"),
        ({"cursor": {"size": 10}}, "abcd"),
        ({"sort_by": "n"}, "abcd"),
        ({"sort_by": {"n": "desc"}}, "dcba"),
        ({"sort_by": {"at": "asc"}}, "abcd"),
        ({"sort_by": {"rank": "DESC"}, "n": {"gt": 9}}, "cb"),
        ({"sort_by": ["tags", "id"]}, "cabd"),
    ],
)
def test_a_query_finds_what_it_asks_for(backend: FixtureBackend, query: Any, found: str) -> None:
    assert ids(backend, query) == found


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"n": {"around": 5}}, '"around" in n[around] is no operator (they are gt, gte, lt, lte, in, eq, neq)'),
        ({"name": {"id": "x"}}, '"name" is not an object in any record'),
        ({"page": {"idd": "p1"}}, "no record of pages has page[idd]"),
        ({"page": {"parent": {"key": "r"}}}, "no record of pages has page[parent][key]"),
        ({"page": {}}, "empty object"),
        ({"n": 9, "n[gt]": 5}, '"n[gt]" gives n two shapes'),
        ({"n[gt]": 9, "n": 5}, '"n" gives n two shapes'),
        ({"links[][to]": "p1"}, 'can\'t answer the query key "links[][to]"'),
        ({"n[around]": 5}, '"around" in n[around] is no operator'),
        ({"n": {"gt": [1, 2]}}, "n[gt] is a list"),
        ({"nothing": {"gt": 1}}, 'no record has "nothing", so that nothing[gt] would keep all of them'),
        ({"nothing[in]": "a"}, 'no record has "nothing", so that nothing[in] would keep all of them'),
        (
            {"pagee": {"id": "p1"}},
            'no record has "pagee", so that pagee[id] would keep all of them (did you mean "page"?)',
        ),
        ({"n": {"in": [{"a": 1}]}}, "n[in] holds objects"),
        ({"tags": [{"id": 1}]}, '"tags" is a list that holds objects'),
        ({"or": [{"n": 1}]}, 'can\'t answer the query key "or"'),
        ({"sort_by": "colour"}, 'sort_by names "colour", which no record has'),
        ({"sort_by": {"n": "up"}}, 'sort_by[n] is "up": write asc or desc'),
    ],
)
def test_what_is_not_understood_is_a_400_that_says_so(backend: FixtureBackend, query: Any, said: str) -> None:
    reply: Any = send(backend, query=query)
    assert reply.status == 400
    assert said in reply.body["message"]


def test_a_query_of_both_spellings_is_left_as_it_is(backend: FixtureBackend) -> None:
    query: Any = {"page": {"parent": {"id": "r"}}, "page[id]": "p1"}
    assert ids(backend, query) == "a"
    assert query == {"page": {"parent": {"id": "r"}}, "page[id]": "p1"}


def test_a_query_that_nests_without_end_is_refused(backend: FixtureBackend) -> None:
    query: Any = "x"
    for _ in range(500):
        query = {"page": query}
    assert send(backend, query=query).status == 400


def test_a_sorted_list_is_followed_forwards_and_back(backend: FixtureBackend) -> None:
    query: Any = {"sort_by": {"id": "desc"}, "limit": 2}
    first: Any = send(backend, query=query).body
    second: Any = send(backend, query={**query, "next_cursor": first["next_cursor"]}).body
    assert [record["id"] for record in first["result"] + second["result"]] == list("dcba")
    assert second["next_cursor"] is None
    assert send(backend, query={**query, "next_cursor": second["prev_cursor"]}).body == first


def test_a_sorted_list_sees_a_write_and_says_when_its_cursor_is_gone(backend: FixtureBackend) -> None:
    query: Any = {"sort_by": "id", "limit": 1}
    first: Any = send(backend, query=query).body
    send(backend, "create", body={"id": "0"})
    assert ids(backend, {"sort_by": "id"}) == "0abcd"
    send(backend, "delete", "b")
    reply: Any = send(backend, query={**query, "next_cursor": first["next_cursor"]})
    assert reply.status == 400
    assert "not in the list any more" in reply.body["message"]


def test_fields_are_left_out_on_request(backend: FixtureBackend) -> None:
    reply: Any = send(
        backend, query={"id": "d", "truto_exclude_fields": "links, n,none", "truto_ignore_remote_data": True}
    )
    assert reply.body["result"] == [{"id": "d", "at": None, "name": "Zoë"}]
    reply = send(backend, "get", "d", query={"truto_exclude_fields": ["links", "n", "at", "remote_data"]})
    assert reply.body == {"id": "d", "name": "Zoë"}
    assert send(backend, "get", "d").body == PAGES[3]


@pytest.mark.parametrize("rest", [{"body": {"id": "a"}}, {"query": {"id": "a"}}])
def test_a_write_without_an_id_takes_it_from_the_body_or_the_query(backend: FixtureBackend, rest: Any) -> None:
    changed: Any = send(backend, "update", **{**rest, "body": {**rest.get("body", {}), "n": 1}})
    assert changed.body == {**PAGES[0], "n": 1}
    assert send(backend, "delete", **rest).body == {"id": "a"}
    assert send(backend, "delete", **rest).status == 404
    assert send(backend, "delete").status == 404


def test_filters_follow_every_kind_of_write(backend: FixtureBackend) -> None:
    assert ids(backend, {"tags": "y"}) == "ab"
    send(backend, "update", "a", body={"tags": ["z"]})
    send(backend, "update", "c", body={"tags": ["y"]})
    send(backend, "create", body={"id": "e", "tags": ["y", "y"]})
    send(backend, "create", body={"id": "f", "tags": "y"})
    send(backend, "delete", "f")
    assert ids(backend, {"tags": "y"}) == "bce"
    send(backend, "update", "e", body={"tags": ["z"], "extra": 1})
    assert ids(backend, {"tags": ["y", "z"]}) == "abce"
    assert ids(backend, {"extra": 1}) == "e"
    send(backend, "delete", "e")
    assert ids(backend, {"extra": 1}) == "abcd"
    page: Any = send(backend, query={"tags": ["y", "z"], "limit": 2}).body
    page = send(backend, query={"tags": ["y", "z"], "limit": 2, "next_cursor": page["next_cursor"]}).body
    assert [record["id"] for record in page["result"]] == ["c"]
    assert page["prev_cursor"] is not None
