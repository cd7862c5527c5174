"""Fixtures that are large, that change, that are kept, that belong to several accounts, that heal."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from batchctl.engine.backends.fixture_database import open_database
from batchctl.engine.backends.fixture_folder import FixtureFolder
from batchctl.engine.backends.fixture_records import MemoryRecords
from batchctl.engine.backends.fixture_state import State
from batchctl.engine.backends.fixture_store import Table
from batchctl.engine.backends.fixtures import FixtureBackend
from batchctl.engine.backends.local import PatientBackend
from batchctl.errors import FixtureError
from batchctl.truto.backoff import Backoff
from batchctl.truto.calls import Call

if TYPE_CHECKING:
    from pathlib import Path

    from batchctl.engine.backends.base import Reply
    from batchctl.engine.events import Event

RECORDS: list[Any] = [
    {"id": f"r{n}", "n": n, "kind": "odd" if n % 2 else "even", "tags": [f"t{n % 3}", "all"], "of": {"id": n % 5}}
    for n in range(2_000)
]
# What follows the last record of a window, and half characters, must not matter.
RECORDS[7]["text"] = '"]},[{' * 400_000


def write(path: Path, content: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def send(backend: FixtureBackend | PatientBackend, method: str, record_id: str | None = None, **rest: Any) -> Reply:
    return asyncio.run(backend.send(Call("crm/contacts", method, record_id, **rest)))


def names(backend: FixtureBackend, **query: Any) -> list[str]:
    body: Any = send(backend, "list", query=query).body
    return [record["id"] for record in body["result"]]


# Large files


@pytest.mark.parametrize("ending", ["json", "ndjson", "wrapped.json"])
def test_a_database_answers_as_memory_does(tmp_path: Path, ending: str) -> None:
    text = {
        "json": json.dumps(RECORDS, indent=1) + "\n\n",
        "ndjson": "\n".join(json.dumps(record) for record in RECORDS),
        "wrapped.json": json.dumps({"result": RECORDS}),
    }[ending]
    records = open_database(write(tmp_path / f"contacts.{ending}", text), tmp_path / "cache")
    big, small = Table("contacts", records), Table("contacts", MemoryRecords(RECORDS))
    queries: list[Any] = [
        {},
        {"kind": "odd", "limit": 7},
        {"kind": "odd", "tags": ["t1", "t2"]},
        {"tags": "all", "limit": 3},
        {"n": {"gt": 1990}},
        {"of": {"id": "3"}, "kind": "even"},
        {"sort_by": {"n": "desc"}, "limit": 4},
        {"kind": "none"},
    ]
    for query in queries:
        first: Any = small.page(query)
        assert big.page(query) == first
        cursor = first.body["next_cursor"]
        if cursor:
            assert big.page({**query, "next_cursor": cursor}) == small.page({**query, "next_cursor": cursor})
    for table in (big, small):
        table.update("r3", {"kind": "even"})
        table.delete("r5")
        table.create({"id": "new", "kind": "odd"})
    for query in queries:
        assert big.page(query) == small.page(query)
    assert big.get("r1999") == small.get("r1999")
    assert big.get("r5").status == 404


def test_a_database_is_built_once_and_again_when_the_file_changes(tmp_path: Path) -> None:
    source, cache = write(tmp_path / "contacts.json", RECORDS[:3]), tmp_path / "cache"
    assert len(open_database(source, cache)) == 3
    (database,) = cache.iterdir()
    built = database.stat().st_mtime_ns
    assert open_database(source, cache).places("kind", "even") is not None
    assert [path.name for path in cache.glob("*.sqlite")] == [database.name]
    write(source, RECORDS[:4])
    assert len(open_database(source, cache)) == 4
    database.write_bytes(b"no database")
    assert len(open_database(source, cache)) == 4
    assert database.stat().st_mtime_ns != built


@pytest.mark.skipif(os.name != "posix", reason="a file that is open can't be removed there")
def test_a_database_without_a_cache_leaves_nothing(tmp_path: Path) -> None:
    source = write(tmp_path / "contacts.csv", "id,n\n1,\n2,x\n")
    (tmp_path / "temporary").mkdir()
    code = (
        "import sys; from pathlib import Path; from batchctl.engine.backends.fixture_database import open_database\n"
        "print(open_database(Path(sys.argv[1]), None).record(1))"
    )
    variables = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    done = subprocess.run(
        [sys.executable, "-c", code, source], env=variables, capture_output=True, text=True, check=True
    )
    assert done.stdout == "{'id': '2', 'n': 'x'}\n"
    assert not list((tmp_path / "temporary").iterdir())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", '[\n{"id": 1},\n{"id": }]', r"a\.json:3:8: not JSON"),
        ("a.json", '[\n{"id": 1}\n{"id": 2}]', r"a\.json:3:1: not JSON"),
        ("a.json", "[1, 2", r"a\.json:1:\d+: not JSON"),
        ("a.json", "[1] 2", r"a\.json:1:\d+: not JSON"),
        ("a.json", "[NaN]", "NaN is not a JSON value"),
        ("a.json", "{}", "no list of records"),
        ("a.ndjson", '{"id": 1}\n{', r"a\.ndjson:2:\d: not JSON"),
        ("a.csv", "id\n1,2\n", r"a\.csv:2: 2 cells"),
    ],
)
def test_a_broken_large_file_names_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(FixtureError, match=said):
        open_database(write(tmp_path / name, text), tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def test_a_large_file_that_is_not_utf8_names_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", "")
    path.write_bytes(b'[1,\n"\xff"]')
    with pytest.raises(FixtureError, match=r"a\.json:2: not UTF-8"):
        open_database(path, None)


def test_a_folder_reads_large_files_through_a_database(tmp_path: Path) -> None:
    write(tmp_path / "unified/crm/contacts.json", RECORDS)
    backend = FixtureBackend(FixtureFolder(tmp_path, cache=tmp_path / "cache", big_bytes=1000))
    assert names(backend, n={"lt": 2}) == ["r0", "r1"]
    assert len(list((tmp_path / "cache").iterdir())) == 1


# Backends that share a folder


def test_each_backend_has_changes_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "unified/crm/contacts.json", [{"id": "1"}])
    write(tmp_path / "faults.json", [{"resource": "crm/contacts", "method": "get", "times": 1}])
    folder = FixtureFolder(tmp_path)
    one, other = FixtureBackend(folder), FixtureBackend(folder)
    send(one, "create", body={"id": "2"})
    assert (names(one), names(other)) == (["1", "2"], ["1"])
    assert [send(one, "get", "1").status, send(one, "get", "1").status, send(other, "get", "1").status] == [
        500,
        200,
        500,
    ]


def test_accounts_do_not_see_one_anothers_records(tmp_path: Path) -> None:
    write(tmp_path / "unified/crm/contacts.json", [{"id": "nobody's"}])
    for account in ("acc-1", "acc-2"):
        write(tmp_path / f"accounts/{account}/unified/crm/contacts.json", [{"id": account}])
    write(
        tmp_path / "accounts/acc-1/account.yaml", "tenant_id: t1\ncontext: {months: 3}\nintegration: {name: hubspot}\n"
    )
    folder = FixtureFolder(tmp_path)
    assert folder.accounts() == ["acc-1", "acc-2"]
    assert [names(FixtureBackend(folder, account=account)) for account in folder.accounts()] == [["acc-1"], ["acc-2"]]
    for unknown in ("acc-3", "..", None):
        reply: Any = send(FixtureBackend(folder, account=unknown), "list")
        assert reply.status == 404
        assert "no integrated account" in reply.body["message"]
    found = folder.account("acc-1")
    assert found is not None
    assert (found.id, found.tenant_id, found.context, found.integration) == ("acc-1", "t1", {"months": 3}, "hubspot")
    assert folder.account("acc-3") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1\n", "is not an object"),
        ("id: 5\n", "id is not text"),
        ("context: 3\n", "context is not an object"),
        ("integration: [1]\n", "integration has no name"),
    ],
)
def test_a_broken_account_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path / "account.yaml", text)
    with pytest.raises(FixtureError, match=said):
        FixtureFolder(tmp_path).account(None)


# Files that change


def watched(folder: Path) -> FixtureFolder:
    clock = iter(range(10_000))
    return FixtureFolder(folder, watch=True, clock=lambda: next(clock))


def test_a_changed_file_is_read_again_and_changes_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "unified/crm/contacts.json", [{"id": "1", "n": 1}, {"id": "2", "n": 1}])
    backend = FixtureBackend(watched(tmp_path))
    send(backend, "update", "1", body={"mine": True})
    send(backend, "delete", "2")
    send(backend, "create", body={"id": "new"})
    write(path, [{"id": "0"}, {"id": "1", "n": 2}, {"id": "2"}, {"id": "3"}])
    assert names(backend) == ["0", "1", "3", "new"]
    assert send(backend, "get", "1").body == {"id": "1", "n": 1, "mine": True}


def test_a_broken_file_is_an_error_until_it_is_whole_again(tmp_path: Path) -> None:
    path = write(tmp_path / "unified/crm/contacts.json", [{"id": "1"}])
    backend = FixtureBackend(watched(tmp_path))
    assert names(backend) == ["1"]
    write(path, '[{"id": "1"},\n{]')
    for _ in range(2):
        with pytest.raises(FixtureError, match=r"contacts\.json:2:2"):
            send(backend, "list")
    write(path, [{"id": "1"}, {"id": "9"}])
    assert names(backend) == ["1", "9"]


def test_new_files_and_new_faults_are_seen(tmp_path: Path) -> None:
    backend = FixtureBackend(watched(tmp_path))
    assert send(backend, "list").status == 404
    write(tmp_path / "unified/crm/contacts.json", [{"id": "1"}])
    assert names(backend) == ["1"]
    faults = write(tmp_path / "faults.json", [{"resource": "crm/contacts", "status": 503}])
    assert send(backend, "list").status == 503
    faults.unlink()
    assert send(backend, "list").status == 200


# State


def test_changes_are_there_for_the_next_process(tmp_path: Path) -> None:
    write(tmp_path / "unified/crm/contacts.json", [{"id": "1", "n": 1}, {"id": "2"}])
    folder = FixtureFolder(tmp_path)
    state = State(tmp_path / "state.sqlite")
    backend = FixtureBackend(folder, state=state)
    for method, record_id, body in (
        ("update", "1", {"n": 2}),
        ("delete", "2", None),
        ("create", None, {"n": 3}),
        ("create", None, {"n": 4}),
        ("delete", "contacts-1", None),
    ):
        assert send(backend, method, record_id, body=body).ok
    # Nothing is closed: the process was killed.
    state.close()
    again = FixtureBackend(FixtureFolder(tmp_path), state=State(tmp_path / "state.sqlite"))
    assert names(again) == ["1", "contacts-2"]
    assert send(again, "get", "1").body == {"id": "1", "n": 2}
    created: Any = send(again, "create", body={}).body
    assert created["id"] == "contacts-1"


def test_one_process_holds_a_state_file(tmp_path: Path) -> None:
    first = State(tmp_path / "state.sqlite")
    first.saver("", "crm/contacts")("1", {"id": "1"})
    with pytest.raises(FixtureError, match="another process has it open"):
        State(tmp_path / "state.sqlite")
    first.close()
    assert State(tmp_path / "state.sqlite").saved("", "crm/contacts") == [("1", {"id": "1"})]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    write(tmp_path / "state.sqlite", "text " * 1000)
    with pytest.raises(FixtureError, match="not a database"):
        State(tmp_path / "state.sqlite")


# Throttling, and answers that are partial


def patient(folder: Path, rule: dict[str, Any], retries: int = 3) -> tuple[PatientBackend, list[float], list[Event]]:
    write(folder / "unified/crm/contacts.json", [{"id": "1"}])
    write(folder / "faults.json", [{"resource": "crm/contacts", **rule}])
    waits: list[float] = []
    told: list[Event] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    backend = PatientBackend(FixtureBackend(folder), Backoff(retries), told.append, lambda: 0.0, sleep=sleep)
    return backend, waits, told


def test_throttling_heals_by_asking_again(tmp_path: Path) -> None:
    backend, waits, told = patient(tmp_path, {"retry_after": 7, "times": 2})
    reply = send(backend, "create", body={"id": "2"})
    assert (reply.status, reply.retries, waits, len(told)) == (201, 2, [7, 7], 2)
    assert send(backend, "list").retries == 0


def test_throttling_without_end_is_the_answer(tmp_path: Path) -> None:
    backend, waits, _ = patient(tmp_path, {"status": 429}, retries=2)
    assert send(backend, "list").status == 429
    assert waits == [10, 10]


def test_other_faults_are_answers_at_once(tmp_path: Path) -> None:
    backend, waits, _ = patient(tmp_path, {"status": 503, "times": 1})
    assert [send(backend, "list").status for _ in range(2)] == [503, 200]
    assert not waits


def test_a_fault_can_mark_an_answer_as_partial_and_give_it_headers(tmp_path: Path) -> None:
    rule = {"method": "list", "partial": True, "headers": {"RateLimit-Remaining": 3}, "times": 1}
    backend, _, _ = patient(tmp_path, rule)
    first: Any = send(backend, "list")
    assert (first.status, first.body["is_partial_response"], dict(first.headers)) == (
        200,
        True,
        {"ratelimit-remaining": "3"},
    )
    second: Any = send(backend, "list")
    assert (second.body["is_partial_response"], dict(second.headers)) == (False, {})


def test_a_file_that_was_missing_is_found_once_it_is_there(tmp_path: Path) -> None:
    """Also in a folder that has not changed for long, where a missing file is not looked for each time."""
    for folder in (tmp_path, tmp_path / "unified"):
        folder.mkdir(exist_ok=True)
        os.utime(folder, ns=(10**18, 10**18))
    fixtures = FixtureFolder(tmp_path)
    for segments in (["top"], ["unified", "notes"], ["unified", "crm", "contacts"]):
        for _ in range(2):
            assert fixtures.records(segments) is None
        file = tmp_path.joinpath(*segments).with_suffix(".json")
        file.parent.mkdir(exist_ok=True)
        file.write_text('[{"id": "1"}]')
        assert fixtures.records(segments) is not None
