"""A URL in any of the three spellings of arrays, and the query of a definition, ask fixtures for the same."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from batchctl import testing
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "5c3b5d2e-8f0a-4b8e-9a55-2f6d3c1e7a10"
PAGES: list[Any] = [
    {"id": "a", "n": 9, "at": "2024-05-01T10:00:00Z", "page": {"id": "p1", "parent": {"id": "r"}}, "tags": ["x"]},
    {"id": "b", "n": 10, "at": "2024-05-01T13:00:00+02:00", "page": {"id": "p2"}, "tags": ["x", "y"]},
    {"id": "c", "n": 11.5, "at": "2024-06-01", "page": {"id": "p3"}, "tags": []},
]
ASKED: list[tuple[str, Any]] = [
    ("id[]=a&id[]=c", {"id": ["a", "c"]}),
    ("id[0]=a&id[1]=c", {"id": ["a", "c"]}),
    ("id=a&id=c", {"id": ["a", "c"]}),
    ("id%5B%5D=a&id%5B%5D=c", {"id": ["a", "c"]}),
    ("page[id][]=p1&page[id][]=p2", {"page": {"id": ["p1", "p2"]}}),
    ("n[in][]=9&n[in][]=10", {"n": {"in": [9, 10]}}),
    ("n[in]=9&n[in]=10", {"n": {"in": [9, 10]}}),
    ("n[in]=9,10", {"n": {"in": "9,10"}}),
    ("n[gt]=9&n[lte]=11", {"n": {"gt": 9, "lte": 11}}),
    ("n[gte]=9&n[lt]=10", {"n": {"gte": 9, "lt": 10}}),
    ("n[eq]=10.0", {"n": {"eq": "10.0"}}),
    ("n[neq]=10", {"n": {"neq": 10}}),
    ("at[gt]=2024-05-01T10:30:00Z", {"at": {"gt": "2024-05-01T10:30:00Z"}}),
    ("page[parent][id]=r", {"page": {"parent": {"id": "r"}}}),
    ("page[id][gt]=p1", {"page": {"id": {"gt": "p1"}}}),
    ("page[idd]=p1", {"page": {"idd": "p1"}}),
    ("at[around]=5", {"at": {"around": 5}}),
    ("tags[id]=x", {"tags": {"id": "x"}}),
    ("nothing[gt]=5", {"nothing": {"gt": 5}}),
    ("sort_by[n]=desc", {"sort_by": {"n": "desc"}}),
    ("sort_by=id", {"sort_by": "id"}),
    ("sort_by=colour", {"sort_by": "colour"}),
    ("truto_exclude_fields=page,tags,at", {"truto_exclude_fields": "page,tags,at"}),
    ("truto_exclude_fields[]=page&truto_exclude_fields[]=at", {"truto_exclude_fields": ["page", "at"]}),
    ("limit=0", {"limit": 0}),
]


@pytest.mark.parametrize(("written", "query"), ASKED, ids=[written for written, _ in ASKED])
def test_a_url_and_a_definition_ask_for_the_same(tmp_path: Path, written: str, query: Any) -> None:
    path = tmp_path / "unified/kb/pages.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(PAGES), "utf-8")
    url = f"http://here/unified/kb/pages?integrated_account_id={ACCOUNT}&{written}"
    with httpx.Client(transport=testing.transport(tmp_path), headers={"Authorization": "Bearer t"}) as client:
        answered = client.get(url)
    reply = asyncio.run(FixtureBackend(tmp_path).send(Call("kb/pages", "list", query=query)))
    assert (answered.status_code, answered.json()) == (reply.status, reply.body)
    # What is not understood is never everything.
    if reply.status != 200:
        assert isinstance(reply.body, dict)
        assert (reply.status, bool(reply.body["message"])) == (400, True)
